"""The platform's models of rights: data (`data/platform.toml`), read and checked once, when the application starts."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parvis.access.levels import Level
from parvis.access.registry import Service
from parvis.establishments.funds import ALL

FILE = Path(__file__).parent / "data" / "platform.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """A level for the services of these themes, funds and codes; a set left empty excludes nothing."""

    level: Level
    themes: frozenset[str]
    funds: frozenset[str]
    services: frozenset[str]

    def fits(self, service: Service) -> bool:
        """Whether the rule speaks of the service. One that is offered whatever the contracts belongs to every fund."""
        return (
            (not self.themes or service.theme.code in self.themes)
            and (not self.funds or not service.funds or bool(self.funds & service.funds))
            and (not self.services or service.code in self.services)
        )


@dataclass(frozen=True, slots=True)
class PlatformPreset:
    """A model of the platform's."""

    code: str
    name: str
    purpose: str
    rules: tuple[Rule, ...]

    def level(self, service: Service) -> Level:
        """The level on a service: that of the first rule that fits, or the highest one offered below."""
        wanted = next((rule.level for rule in self.rules if rule.fits(service)), Level.NONE)
        return max(level for level in service.levels if level <= wanted)


def _rule(values: Mapping[str, Any]) -> Rule:
    if unknown := set(values) - {"level", "themes", "funds", "services"}:
        raise ValueError(f"Unknown keys in a rule of the platform's models: {sorted(unknown)}.")
    level, funds = Level.of(values["level"]), frozenset(values.get("funds", ()))
    if level is Level.NONE or funds - ALL:
        raise ValueError(f"A rule of the platform's models gives nothing, or names an unknown fund: {dict(values)}.")
    return Rule(level, frozenset(values.get("themes", ())), funds, frozenset(values.get("services", ())))


def read(text: str) -> dict[str, PlatformPreset]:
    """The models that a file describes, by code. Raises ValueError or KeyError for one that says something wrong."""
    found: dict[str, PlatformPreset] = {}
    for values in tomllib.loads(text)["model"]:
        rules = tuple(_rule(one) for one in values["rule"])
        preset = PlatformPreset(values["code"], values["name"], values["purpose"], rules)
        if preset.code in found or not 0 < len(preset.code) < 36:
            raise ValueError(f"The code of a model is taken, or its length is wrong: {preset.code!r}.")
        found[preset.code] = preset
    return found


PLATFORM = read(FILE.read_text(encoding="utf-8"))
