"""The work on one declaration: batches of individuals are checked, their bases written, what is wrong kept."""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from parvis.agents.actions import Base, Declared, enrol, write_month
from parvis.dsn.shapes import Individual as Told
from parvis.ground.identifiers.text import sort_key
from parvis.services.declarations.amounts import bases_of
from parvis.services.declarations.checks import Check, Found, found
from parvis.services.declarations.checks.case import ELECTED_NATURES, FULL_WEEK, IRCANTEC, Case, scheme_of
from parvis.services.declarations.knowing import Judged, judged, known_now
from parvis.services.declarations.models import Anomaly, Declaration, Individual
from parvis.services.declarations.packing import packed


@dataclass(slots=True)
class Sums:
    """What a declaration comes to: cents due by fund (agents, employer), number and sum of the bases by code."""

    individuals: int = 0
    applied: int = 0
    due: dict[str, list[int]] = field(default_factory=dict)
    bases: dict[str, list[int]] = field(default_factory=dict)
    anomalies: Counter[str] = field(default_factory=Counter)
    left: list[int] = field(default_factory=list)

    def add(self, bases: Iterable[Base]) -> None:
        """Count the bases of an individual."""
        for one in bases:
            due = self.due.setdefault(one.fund, [0, 0])
            due[0] += one.agent_part
            due[1] += one.employer_part
            held = self.bases.setdefault(one.code, [0, 0])
            held[0] += 1
            held[1] += one.amount


def name_of(one: Told) -> str:
    """As shown: first names, then the name they are called by."""
    return f"{one.first_names or ''} {one.used_name or one.surname or ''}".strip()[:170]


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


def anomaly_of(
    row: Declaration, check: Check, wrong: Found, *, subject: str, person: Individual | None, at: datetime.datetime
) -> Anomaly:
    """What a check found, as it is kept; in a test sending it is for information."""
    return Anomaly(
        establishment_id=row.establishment_id,
        declaration=row,
        individual=person,
        agent_id=person.agent_id if person is not None else None,
        month=row.month,
        code=check.code,
        family=check.family.value,
        blocking=check.blocking,
        line=wrong.line,
        who=person.name if person is not None else "",
        sort_key=person.sort_key if person is not None else "",
        subject=subject[:70],
        found=wrong.found[:200],
        expected=wrong.expected[:200],
        state=Anomaly.State.TOLD if row.test else Anomaly.State.OPEN,
        at=at,
    )


class Work:
    """One declaration, batch after batch, in the scope of its establishment."""

    def __init__(self, row: Declaration, *, replaces: Declaration | None = None) -> None:
        """`replaces`: the declaration in whose place it comes."""
        self.row, self.sums, self.at = row, Sums(), row.received_at
        self.replaces = replaces.ref if replaces is not None else None

    def batch(self, people: Sequence[Told]) -> None:
        """Check a batch, and write what it says; nothing of a test sending but what was wrong."""
        row, place = self.row, self.row.establishment_id
        cases = judged(place, row.month, people)
        if not row.test and (entered := self._enrol(cases)):
            cases = known_now(place, row.month, cases, entered)
        bases: list[Base] = []
        kept: list[Individual] = []
        anomalies: list[Anomaly] = []
        for one in cases:
            bases += self._one(one.key, one.case, kept, anomalies)
        if kept:
            Individual.objects.bulk_create(kept, batch_size=2_000)
            Anomaly.objects.bulk_create(anomalies, batch_size=2_000)
        if bases and not row.test:
            write_month(establishment=place, month=row.month, declaration=row.ref, bases=bases, replaces=self.replaces)

    def _enrol(self, cases: Iterable[Judged]) -> list[str]:
        """Somebody of the Ircantec whom nobody knew is affiliated by being declared; their keys."""
        new = [one for one in cases if _enters(one.case)]
        if new:
            enrol(
                establishment=self.row.establishment_id,
                people=[declared(one.case.one, month=self.row.month) for one in new],
                declaration=self.row.ref,
            )
        return [one.key for one in new]

    def _one(self, key: str, case: Case, kept: list[Individual], anomalies: list[Anomaly]) -> list[Base]:
        one, sums = case.one, self.sums
        wrong = list(found(case))
        agent = case.known.id if case.known is not None else 0
        bases = list(bases_of(case, agent))
        sums.individuals += 1
        sums.add(bases)
        if agent and any(contract.endings for contract in one.contracts):
            sums.left.append(agent)
        blocked = any(check.blocking for check, _ in wrong)
        applied = bool(agent) and not blocked
        sums.applied += applied or not bases
        if wrong:
            name = name_of(one)
            person = Individual(
                establishment_id=self.row.establishment_id,
                declaration=self.row,
                line=one.line,
                name=name,
                sort_key=sort_key(f"{one.surname or ''} {one.first_names or ''}")[:250],
                payroll_number=(one.payroll_number or "")[:30],
                nir_key=key,
                sealed=packed(one),
                agent_id=agent or (case.twin.id if case.twin is not None else None),
                applied=applied and not self.row.test,
            )
            kept.append(person)
            for check, what in wrong:
                sums.anomalies[check.code] += 1
                anomalies.append(
                    anomaly_of(self.row, check, what, subject=key or f"line:{one.line}", person=person, at=self.at)
                )
        return bases if applied else []


def _enters(case: Case) -> bool:
    return case.known is None and case.twin is None and case.scheme == IRCANTEC and bool(case.one.nir or case.one.ntt)
