"""Step 2 and the tab « Ses droits »: a level and dates for each service of the catalogue."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms

from parvis.access.actions.creation import Grant
from parvis.access.forms import FrenchDateField
from parvis.access.levels import Level
from parvis.access.registry import Service, Theme, by_theme, catalogue
from parvis.establishments.funds import Fund
from parvis.ground.identifiers.text import showable


@dataclass(frozen=True, slots=True)
class Option:
    """One segment of the choice of a level."""

    value: str
    label: str
    help: str


@dataclass(slots=True)
class Line:
    """A service as shown in the form, with what was typed and what is wrong with it."""

    service: Service
    funds: list[Fund]
    options: list[Option]
    level: str
    starts_on: str
    ends_on: str
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def dated(self) -> bool:
        """Whether to show the dates open."""
        return bool(self.starts_on or self.ends_on or self.errors)


def _shown(day: datetime.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


class RightsForm:
    """Bound to what was typed (`niveau-<code>`, `debut-<code>`, `fin-<code>`), or filled with grants.

    A service outside of the catalogue or a level that is not offered is an error: nothing is saved. `origin`: the key
    of the model of rights that filled it last.
    """

    def __init__(
        self,
        funds: frozenset[str],
        *,
        typed: Mapping[str, str] | None = None,
        grants: Iterable[Grant] = (),
        origin: str = "",
    ) -> None:
        self.bound = typed is not None
        held = {grant.service: grant for grant in grants}
        self.origin = showable((typed or {}).get("origine", origin))[:40]
        self.lines: list[Line] = []
        for service in catalogue(funds):
            grant = held.get(service.code)
            line = Line(
                service=service,
                funds=service.shown_funds(funds),
                options=[Option(level.slug, level.label, service.help(level)) for level in service.levels],
                level=grant.level.slug if grant else Level.NONE.slug,
                starts_on=_shown(grant.starts_on) if grant else "",
                ends_on=_shown(grant.ends_on) if grant else "",
            )
            # A service that is not among what was sent keeps what is held: a page cut short takes nothing away.
            if typed is not None and f"niveau-{service.code}" in typed:
                line.level = typed[f"niveau-{service.code}"]
                line.starts_on = showable(typed.get(f"debut-{service.code}", ""))[:30]
                line.ends_on = showable(typed.get(f"fin-{service.code}", ""))[:30]
            self.lines.append(line)
        self.foreign = sorted(
            {name[len("niveau-") :] for name in (typed or ()) if name.startswith("niveau-")}
            - {line.service.code for line in self.lines}
        )

    @property
    def groups(self) -> list[tuple[Theme, list[Line]]]:
        """The lines by theme."""
        lines = {line.service.code: line for line in self.lines}
        return [
            (theme, [lines[service.code] for service in services])
            for theme, services in by_theme(line.service for line in self.lines)
        ]

    def grants(self) -> list[Grant] | None:
        """What was chosen; None when something is wrong (then `problems` says what)."""
        found = []
        for line in self.lines:
            line.errors = {}
            values: dict[str, Any] = {}
            try:
                level = Level.of(line.level)
                if level not in line.service.levels:
                    raise ValueError
            except ValueError:
                line.errors["niveau"] = f"« {line.service.name} » : choisissez l’un des niveaux proposés."
                continue
            for name, text in (("debut", line.starts_on), ("fin", line.ends_on)):
                try:
                    values[name] = FrenchDateField(label="").clean(text) if level > Level.NONE else None
                except forms.ValidationError as fault:
                    line.errors[name] = f"« {line.service.name} » : {fault.messages[0]}"
            if values.get("debut") and values.get("fin") and values["fin"] < values["debut"]:
                line.errors["fin"] = (
                    f"« {line.service.name} » : la fin précède le début, corrigez l’une des deux dates."
                )
            if not line.errors:
                found.append(Grant(line.service.code, level, values["debut"], values["fin"]))
        return None if self.problems else found

    @property
    def problems(self) -> list[tuple[str, str]]:
        """For the summary at the top."""
        wrong = [(text, f"id_{name}-{line.service.code}") for line in self.lines for name, text in line.errors.items()]
        if self.foreign:
            wrong.insert(
                0,
                (
                    "Un service demandé n’est pas au catalogue de votre établissement : rien n’a été enregistré. "
                    "Vérifiez les droits ci-dessous et continuez.",
                    "",
                ),
            )
        return wrong

    def fill_group(self, theme_code: str, level: Level) -> str:
        """The shortcut: the whole group at a level, or at the highest one offered below. Returns the group's name."""
        name = ""
        for line in self.lines:
            if line.service.theme.code == theme_code:
                name = line.service.theme.name
                line.level = max(offered for offered in line.service.levels if offered <= level).slug
        return name

    def fill_from(self, grants: Iterable[Grant]) -> None:
        """« Copier les droits de… »: a colleague's levels; dates are theirs alone and are not copied."""
        held = {grant.service: grant for grant in grants}
        for line in self.lines:
            grant = held.get(line.service.code)
            level = grant.level if grant and grant.level in line.service.levels else Level.NONE
            line.level, line.starts_on, line.ends_on = level.slug, "", ""


@dataclass(frozen=True, slots=True)
class Said:
    """A right in words, for the check page."""

    service: str
    level: str
    tone: str
    help: str
    dates: str


def in_words(grants: Iterable[Grant], funds: frozenset[str]) -> list[tuple[str, list[Said]]]:
    """What will be given, by theme, « Aucun » included."""
    held = {grant.service: grant for grant in grants}
    groups = []
    for theme, services in by_theme(catalogue(funds)):
        said = []
        for service in services:
            grant = held.get(service.code)
            level = grant.level if grant else Level.NONE
            dates = []
            if grant and grant.starts_on:
                dates.append(f"à partir du {grant.starts_on:%d/%m/%Y}")
            if grant and grant.ends_on:
                dates.append(f"jusqu’au {grant.ends_on:%d/%m/%Y} inclus")
            said.append(Said(service.name, level.label, TONES[level], service.help(level), ", ".join(dates)))
        groups.append((theme.name, said))
    return groups


TONES = {Level.NONE: "neutral", Level.READ: "act", Level.WRITE: "well"}
