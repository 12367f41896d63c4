"""A delegation in words, for pages and letters: its services by theme, its dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from parvis.access.levels import Level
from parvis.access.models import Delegation
from parvis.access.registry import by_theme, catalogue
from parvis.access.rights_form import TONES
from parvis.establishments.funds import ALL
from parvis.ground.pages.filters import date_long, plural


@dataclass(frozen=True, slots=True)
class SaidLevel:
    """A service and its level, ready to show."""

    code: str
    service: str
    level: str
    tone: str
    help: str


def services_said(levels: Mapping[str, int], funds: Iterable[str] = ALL) -> list[tuple[str, list[SaidLevel]]]:
    """By theme, in the catalogue's order; `funds`: only what an establishment with these contracts has."""
    held = [service for service in catalogue(funds) if service.code in levels]
    return [
        (
            theme.name,
            [
                SaidLevel(
                    one.code,
                    one.name,
                    Level(levels[one.code]).label,
                    TONES[Level(levels[one.code])],
                    one.help(Level(levels[one.code])),
                )
                for one in services
            ],
        )
        for theme, services in by_theme(held)
    ]


def dates_said(delegation: Delegation) -> str:
    """« du 1ᵉʳ décembre 2026 au 30 novembre 2027 inclus »."""
    return f"du {date_long(delegation.starts_on)} au {date_long(delegation.ends_on)} inclus"


def summed(levels: Mapping[str, int], funds: Iterable[str] = ALL) -> str:
    """« 4 services, dont 2 en « Modification » »."""
    known = [levels[service.code] for service in catalogue(funds) if service.code in levels]
    written = sum(1 for level in known if level == Level.WRITE)
    said = plural(len(known), "service", "services")
    if not written:
        return f"{said} en « Lecture seule »"
    return f"{said} en « Modification »" if written == len(known) else f"{said}, dont {written} en « Modification »"
