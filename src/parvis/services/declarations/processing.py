"""The work on one declaration: batches of individuals are checked, their bases written, what is wrong kept."""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from parvis.agents.actions import Base, write_month
from parvis.dsn.shapes import Individual as Told
from parvis.ground.identifiers.text import sort_key
from parvis.services.declarations.admitting import admitted
from parvis.services.declarations.amounts import bases_of
from parvis.services.declarations.checks import Check, Found, found
from parvis.services.declarations.checks.case import Case
from parvis.services.declarations.knowing import Judged, judged
from parvis.services.declarations.models import Anomaly, Declaration, Individual
from parvis.services.declarations.packing import packed


@dataclass(slots=True)
class Sums:
    """What a declaration comes to: cents due by fund (agents, employer), number and sum of the bases by code; how many
    individuals have a base of each fund."""

    individuals: int = 0
    applied: int = 0
    due: dict[str, list[int]] = field(default_factory=dict)
    agents: Counter[str] = field(default_factory=Counter)
    bases: dict[str, list[int]] = field(default_factory=dict)
    anomalies: Counter[str] = field(default_factory=Counter)
    left: list[int] = field(default_factory=list)

    def add(self, bases: Iterable[Base]) -> None:
        """Count the bases of an individual."""
        listed = list(bases)
        self.agents.update({one.fund for one in listed})
        for one in listed:
            due = self.due.setdefault(one.fund, [0, 0])
            due[0] += one.agent_part
            due[1] += one.employer_part
            held = self.bases.setdefault(one.code, [0, 0])
            held[0] += 1
            held[1] += one.amount


def name_of(one: Told) -> str:
    """As shown: first names, then the name they are called by."""
    return f"{one.first_names or ''} {one.used_name or one.surname or ''}".strip()[:170]


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
        cases: Sequence[Judged] = judged(place, row.month, people)
        if not row.test:
            cases = admitted(place, row.month, cases, declaration=row.ref)
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
