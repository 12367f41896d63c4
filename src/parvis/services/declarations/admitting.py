"""Who is affiliated to the Ircantec by being declared: somebody whom nobody knew, or who comes back."""

import datetime
import uuid
from collections.abc import Sequence
from decimal import Decimal

from parvis.agents.actions import Declared, enrol, readmit
from parvis.dsn.shapes import Individual as Told
from parvis.services.declarations.checks.case import ELECTED_NATURES, FULL_WEEK, IRCANTEC, Case, scheme_of
from parvis.services.declarations.knowing import Judged, known_now


def declared(one: Told, *, month: datetime.date) -> Declared:
    """The individual as somebody to enter among the agents."""
    contract = one.contracts[-1]
    full = contract.full_time_hours or FULL_WEEK
    week = contract.weekly_hours
    status = {"01": "tenured", "08": "trainee", "02": "contract"}.get(contract.status or "", "other")
    minutes = round((week if week is not None else full) * 60 / 100)
    return Declared(
        nir=one.nir or "",
        ntt=one.ntt or "",
        surname=one.surname or "",
        first_names=one.first_names or "",
        used_name=one.used_name or "",
        born_on=one.born_on,
        birth_place=one.birth_place or "",
        payroll_number=one.payroll_number or "",
        scheme=scheme_of(one.contracts) or IRCANTEC,
        status="elected" if contract.nature in ELECTED_NATURES else status,
        entered_on=contract.start or month,
        minutes=max(1, minutes),
        full_minutes=round(full * 60 / 100),
        part_time=Decimal(contract.part_time_rate or 10_000) / 100,
        gross_index=contract.gross_index or "",
        major_index=contract.major_index,
        grade=(contract.label or "")[:80],
    )


def admitted(
    establishment: int, month: datetime.date, cases: Sequence[Judged], *, declaration: uuid.UUID
) -> Sequence[Judged]:
    """The same, where whoever is of the Ircantec and was not affiliated to it now is. Some statements more, whatever
    their number, and none where there is nobody."""
    new = [one for one in cases if _enters(one.case)]
    back = {one.case.known.id: one for one in cases if one.case.known is not None and one.case.comes_back}
    if new:
        people = [declared(one.case.one, month=month) for one in new]
        enrol(establishment=establishment, people=people, declaration=declaration)
    if back:
        again = {number: declared(one.case.one, month=month) for number, one in back.items()}
        readmit(establishment=establishment, people=again, declaration=declaration)
    if not new and not back:
        return cases
    return known_now(establishment, month, cases, [one.key for one in (*new, *back.values())])


def _enters(case: Case) -> bool:
    return case.known is None and case.twin is None and case.scheme == IRCANTEC and bool(case.one.nir or case.one.ntt)
