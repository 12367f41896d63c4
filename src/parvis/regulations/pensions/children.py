"""What children and firefighting add: bonifications (amount and duration), increases of the insurance duration."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.parameters import NotKnown, value
from parvis.regulations.parameters.tables import value as cell
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import down


@dataclass(frozen=True, slots=True)
class Child:
    """A child, and what the agent did for it.

    `interrupted`: two months without work (or the part time that stands for them), for a child born before 2004.
    `borne_in_service`: the agent gave birth after she was recruited, for a child born from 2004 on.
    `raised`: long enough for the increase of the pension.
    """

    born_on: datetime.date
    interrupted: bool = True
    borne_in_service: bool = True
    raised: bool = True


@dataclass(frozen=True, slots=True)
class ChildQuarters:
    """Quarters for children: `bonification` counts in amount and duration, `duration` in the duration only."""

    bonification: int
    duration: int

    @property
    def insured(self) -> int:
        return self.bonification + self.duration


def child_quarters(children: Sequence[Child], effect: datetime.date) -> Result[ChildQuarters]:
    """Quarters for children (décret 2003-1306, art. 15 2° and 21; loi 2025-1403, art. 104 from 2026-09-01)."""
    steps = Steps()
    old = value("cnracl_pensions.child_bonification", on=datetime.date(2003, 12, 31))
    new = value("cnracl_pensions.child_duration", on=datetime.date(2004, 1, 1))
    before = sum(child.interrupted for child in children if child.born_on < new.valid_from)
    since = sum(child.borne_in_service for child in children if child.born_on >= new.valid_from)
    bonification, duration = before * int(old.value), since * int(new.value)
    steps.add(
        "Enfants nés avant 2004 : quatre trimestres de bonification chacun, pour qui a interrompu ou réduit son "
        "activité.",
        bonification,
        "",
        old,
        enfants=before,
    )
    steps.add(
        "Enfants nés depuis 2004 : deux trimestres de durée d’assurance chacun, pour qui a accouché après son "
        "recrutement.",
        duration,
        "",
        new,
        enfants=since,
    )
    try:
        moved = value("cnracl_pensions.child_duration_as_bonification", on=effect)
    except NotKnown:
        return steps.close(ChildQuarters(bonification, duration))
    if since:
        count = since * int(moved.value)
        steps.add(
            "Depuis le 1er septembre 2026, l’un de ces deux trimestres est une bonification.",
            count,
            "",
            moved,
            enfants=since,
        )
        bonification, duration = bonification + count, duration - count
    return steps.close(ChildQuarters(bonification, duration))


def firefighter_quarters(days: int, effect: datetime.date) -> Result[int]:
    """The bonification of professional firefighters: a fifth of their services, at most five years."""
    steps = Steps()
    part = value("cnracl_pensions.firefighter_share", on=effect)
    most = value("cnracl_pensions.firefighter_quarters", on=effect)
    quarter = value("cnracl_pensions.quarter_days", on=effect)
    found = min(down(days * part.rate / quarter.value), int(most.value))
    return steps.close(
        steps.add(
            "Sapeurs-pompiers professionnels : un cinquième des services, cinq ans au plus.",
            found,
            "",
            part,
            most,
            jours=days,
        )
    )


def volunteer_quarters(years: int, effect: datetime.date) -> Result[int]:
    """The bonification of volunteer firefighters, from 10, 20 and 25 years; none before 2026-07-01."""
    steps = Steps()
    try:
        found = cell("cnracl_early.volunteer_firefighter.quarters", on=effect, at=Decimal(years))
    except NotKnown:
        return steps.close(
            steps.add("Pas de bonification des volontaires avant juillet 2026.", 0, "décret 2026-18", effet=effect)
        )
    steps.add("Sapeurs-pompiers volontaires : 1, 2 ou 3 trimestres.", int(found.value), "", found, annees=years)
    return steps.close(int(found.value))
