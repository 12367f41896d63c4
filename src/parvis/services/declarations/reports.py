"""One declaration with its reports: receipt (AR) and business report (CRM), the second dated by the rules."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.services.declarations.checks import Check
from parvis.services.declarations.checks.case import euros
from parvis.services.declarations.models import Anomaly, Declaration
from parvis.services.declarations.queries import BASES, Row, row_of
from parvis.services.declarations.standing import WAITING
from parvis.services.declarations.words import check_of, problem_label


@dataclass(frozen=True, slots=True)
class Amount:
    """What is due to a fund by a declaration, ready to show."""

    fund: str
    agent: str
    employer: str
    total: str


@dataclass(frozen=True, slots=True)
class Report:
    """A declaration with its two reports: receipt (AR) and business report (CRM), the second dated by the rules."""

    row: Row
    id: int
    norm: str
    software: str
    order: int
    digest: str
    received_at: datetime.datetime
    processed_at: datetime.datetime | None
    reports_on: datetime.date | None
    ready: bool
    applied: int
    waiting: int
    amounts: tuple[Amount, ...]
    bases: tuple[tuple[str, int, str], ...]
    problems: tuple[dict[str, Any], ...]
    by_check: tuple[tuple[Check, int, int], ...]
    replaced_by: Row | None
    came_from: str
    in_force: bool


def declaration(establishment: int, ref: uuid.UUID) -> Report | None:
    """One declaration; three statements whatever its size. None: there is no such one here."""
    counted = Declaration.objects.filter(establishment_id=establishment).annotate(
        waiting=Count("anomalies", filter=Q(anomalies__state="open")),
        payroll=Count("anomalies", filter=Q(anomalies__state="payroll")),
    )
    one = counted.filter(ref=ref).first()
    if one is None:
        return None
    by_check = [
        (check_of(code), total, left)
        for code, total, left in Anomaly.objects.filter(declaration=one)
        .values_list("code")
        .annotate(total=Count("pk"), left=Count("pk", filter=Q(state__in=WAITING)))
        .order_by("-total", "code")
    ]
    newer = counted.filter(replaces=ref).first() if one.state == Declaration.State.REPLACED else None
    return Report(
        row=row_of(one),
        id=one.pk,
        norm=one.norm,
        software=one.software,
        order=one.order,
        digest=one.digest,
        received_at=one.received_at,
        processed_at=one.processed_at,
        reports_on=one.reports_on,
        ready=one.reports_on is not None and one.reports_on <= clock.today(),
        applied=one.applied,
        waiting=max(0, one.individuals - one.applied),
        amounts=_amounts(one.due),
        bases=tuple((BASES.get(code, code), *_base(one.bases[code])) for code in sorted(one.bases)),
        problems=tuple(
            {**problem, "label": problem_label(problem["code"])[0], "mending": problem_label(problem["code"])[1]}
            for problem in one.problems
        ),
        by_check=tuple(by_check),
        replaced_by=row_of(newer) if newer is not None else None,
        came_from=one.came_from,
        in_force=not one.test and one.state in ("anomalies", "processed"),
    )


def _base(held: Sequence[int]) -> tuple[int, str]:
    return held[0], euros(held[1])


def _amounts(due: dict[str, Sequence[int]]) -> tuple[Amount, ...]:
    return tuple(
        Amount(FUNDS[fund].short, euros(due[fund][0]), euros(due[fund][1]), euros(sum(due[fund])))
        for fund in FUNDS
        if fund in due
    )
