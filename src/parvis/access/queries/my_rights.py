"""« Mes droits »: what a person holds in one of their establishments, and why, as the one decision says it."""

import datetime
from dataclasses import dataclass

from parvis.access.decision import Reason, decide
from parvis.access.levels import Level
from parvis.access.registry import by_theme, catalogue
from parvis.access.rights_form import TONES
from parvis.access.standing import Holding, Standing, standing
from parvis.ground import tenancy
from parvis.ground.pages.filters import date_long
from parvis.journal.queries import names

SOMEBODY = "une personne qui administrait l’établissement"


@dataclass(frozen=True, slots=True)
class Line:
    """A service of the catalogue: the level in force, and the sentences that say why."""

    service: str
    level: str
    tone: str
    held: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MyRights:
    """One establishment: who the person is there, and each service by theme."""

    standing: Standing
    groups: tuple[tuple[str, tuple[Line, ...]], ...]

    @property
    def held(self) -> int:
        """How many services the person holds today."""
        return sum(line.held for _, lines in self.groups for line in lines)


def my_rights(person_id: int, siret: str) -> MyRights | None:
    """The rights of the person in the establishment of that SIRET, with reasons; None without an account there."""
    where = tenancy.Lookup("access_enter", (person_id, siret))
    with tenancy.scope(person=person_id, establishment=where, read_only=True) as here:
        who = standing(person_id, here.establishment) if here.establishment else None
        if who is None:
            return None
        given_by = names(holding.granted_by for holding in who.holdings.values())
        groups = []
        for theme, services in by_theme(catalogue(who.funds)):
            lines = []
            for service in services:
                decision = decide(who, service)
                lines.append(
                    Line(
                        service.name,
                        decision.level.label,
                        TONES[decision.level],
                        decision.level > Level.NONE,
                        tuple(_sentence(reason, given_by, who) for reason in decision.reasons)
                        + _dated(who.holdings.get(service.code), who.today),
                    )
                )
            groups.append((theme.name, tuple(lines)))
        return MyRights(who, tuple(groups))


def _sentence(reason: Reason, given_by: dict[object, str], who: Standing) -> str:
    if reason.since is None:
        return f"{reason.path[:1].upper()}{reason.path[1:]}."
    by = "vous-même, seule personne à administrer alors" if reason.by == who.ref else given_by.get(reason.by, SOMEBODY)
    until = f", jusqu’au {date_long(reason.until)} inclus" if reason.until else ""
    return f"{reason.level.label} : attribué le {date_long(reason.since)} par {by}{until}."


def _dated(held: Holding | None, today: datetime.date) -> tuple[str, ...]:
    """Why a right that was given is not in force today."""
    if held is None or held.holds_on(today):
        return ()
    if held.starts_on is not None and today < held.starts_on:
        return (f"Ce droit commence le {date_long(held.starts_on)}.",)
    return (f"Ce droit s’est terminé le {date_long(held.ends_on)}.",) if held.ends_on is not None else ()
