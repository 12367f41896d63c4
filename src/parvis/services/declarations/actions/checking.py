"""Checking an individual again, after a correction or because something else has changed; writing what follows."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import F

from parvis.agents.actions import Base, write_month
from parvis.agents.models import MonthlyBase
from parvis.dsn.shapes import Individual as Told
from parvis.ground import clock
from parvis.ground.identifiers.text import sort_key
from parvis.journal.actions import Actor
from parvis.obligations.actions import done_by_service
from parvis.services.declarations.admitting import admitted
from parvis.services.declarations.amounts import bases_of
from parvis.services.declarations.checks import CHECKS, Found, found
from parvis.services.declarations.checks.case import Case
from parvis.services.declarations.knowing import judged
from parvis.services.declarations.models import Anomaly, Declaration, Individual
from parvis.services.declarations.packing import packed, unpacked
from parvis.services.declarations.processing import anomaly_of, name_of
from parvis.services.declarations.standing import IN_FORCE, WAITING

MOST_OTHERS = 36
ALL_MENDED = "Vu dans « Déclarations individuelles (DI) » : plus aucune anomalie n’attend pour ce mois."


@dataclass(frozen=True, slots=True)
class Again:
    """What checking again came to: codes that are settled, new ones, those that stay; whether the bases are written
    now, and were not before."""

    settled: tuple[str, ...]
    new: tuple[str, ...]
    left: tuple[str, ...]
    applied: bool


def check_again(row: Individual, told: Told, *, actor: Actor) -> Again:
    """Check what is now said of an individual, and write what follows from it. Inside an action, in the scope of the
    establishment, whose lock is taken."""
    declaration = row.declaration
    cases = judged(row.establishment_id, declaration.month, [told])
    [one] = admitted(row.establishment_id, declaration.month, cases, declaration=declaration.ref)
    # What somebody said to be mended in payroll, or a later declaration has, stays as it was declared.
    shut = set(Anomaly.objects.filter(individual=row, state=Anomaly.State.CLOSED).values_list("code", flat=True))
    wrong = {check.code: what for check, what in found(one.case) if check.code not in shut}
    _named(row, told, one.key, one.case)
    settled, new = _settle(row, wrong, actor)
    blocked = any(CHECKS[code].blocking for code in wrong)
    was = row.applied
    bases: list[Base] = []
    if one.case.known is not None and not blocked and declaration.state in ("anomalies", "processed"):
        bases = list(bases_of(one.case, one.case.known.id))
        _write(row, declaration, bases)
        row.applied = True
    row.version += 1
    row.save()
    newly = row.applied and not was
    after(declaration, actor=actor, applied=int(newly and bool(bases)))
    return Again(tuple(settled), tuple(new), tuple(code for code in wrong if code not in new), newly)


def check_others(row: Individual, *, actor: Actor) -> int:
    """What other months say of the same person waited for the same thing: check it again too; how many were applied."""
    if not row.nir_key or not row.applied:
        return 0
    others = Individual.objects.select_related("declaration").filter(
        establishment_id=row.establishment_id,
        nir_key=row.nir_key,
        applied=False,
        declaration__test=False,
        declaration__state__in=IN_FORCE,
    )
    return sum(
        check_again(one, unpacked(one.sealed), actor=actor).applied for one in others.order_by("pk")[:MOST_OTHERS]
    )


def _named(row: Individual, told: Told, key: str, case: Case) -> None:
    row.sealed, row.nir_key, row.name = packed(told), key, name_of(told)
    row.sort_key = sort_key(f"{told.surname or ''} {told.first_names or ''}")[:250]
    if not row.applied:
        likely = case.twin.id if case.twin is not None else None
        row.agent_id = case.known.id if case.known is not None else likely


def _settle(row: Individual, wrong: dict[str, Found], actor: Actor) -> tuple[list[str], list[str]]:
    now = clock.now()
    held = {one.code: one for one in Anomaly.objects.select_for_update().filter(individual=row)}
    settled, new = [], []
    for code, one in held.items():
        if code in wrong:
            one.found, one.expected = wrong[code].found[:200], wrong[code].expected[:200]
            if one.state not in WAITING:
                one.state, one.settled_at, one.settled_by = Anomaly.State.OPEN, None, None
        elif one.state in WAITING:
            one.state, one.settled_at, one.settled_by = Anomaly.State.CORRECTED, now, actor.ref
            settled.append(code)
        one.who, one.sort_key, one.agent_id = row.name, row.sort_key, row.agent_id
        one.save()
    made = []
    for code, what in wrong.items():
        if code not in held:
            subject = row.nir_key or f"line:{row.line}"
            made.append(anomaly_of(row.declaration, CHECKS[code], what, subject=subject, person=row, at=now))
            new.append(code)
    Anomaly.objects.bulk_create(made)
    return settled, new


def _write(row: Individual, declaration: Declaration, bases: Sequence[Base]) -> None:
    """The bases of somebody who waited; of somebody whose bases were there, what has changed supersedes them."""
    if not row.applied:
        row.agent_id = bases[0].agent if bases else row.agent_id
        replaced = declaration.replaces
        write_month(
            establishment=row.establishment_id,
            month=declaration.month,
            declaration=declaration.ref,
            bases=bases,
            replaces=replaced,
        )
        return
    held = list(
        MonthlyBase.objects.filter(declaration=declaration.ref, agent=row.agent, withdrawn=False)
        .exclude(pk__in=MonthlyBase.objects.filter(supersedes__isnull=False).values("supersedes"))
        .order_by("pk")
    )
    # A correction may go back to what was said first: that row stands already, superseded, under the same rank.
    kept = MonthlyBase.objects.filter(declaration=declaration.ref, agent_id__in={one.agent for one in bases})
    taken: set[tuple[object, ...]] = set(
        kept.filter(withdrawn=False).values_list("agent_id", "code", "starts_on", "ends_on", "contract", "rank")
    )
    left = list(held)
    changed: list[Base] = []
    for one in bases:
        same = next((old for old in left if _place(old) == _place_of(one)), None)
        if same is not None and same.agent_id == one.agent:
            left.remove(same)
        else:
            changed.append(one)
    made = []
    for one in changed:
        old = next((row for row in left if row.code == one.code), None)
        if old is not None:
            left.remove(old)
        rank = one.rank
        while (one.agent, *_place_of(one), rank) in taken:
            rank += 1
        taken.add((one.agent, *_place_of(one), rank))
        made.append(
            Base(
                one.agent,
                one.fund,
                one.code,
                one.starts_on,
                one.ends_on,
                one.amount,
                one.agent_part,
                one.employer_part,
                one.contract,
                rank,
                old.pk if old is not None else None,
            )  # fmt: skip
        )
    write_month(establishment=row.establishment_id, month=declaration.month, declaration=declaration.ref, bases=made)
    if made:
        row.agent_id = made[0].agent


def _place(old: MonthlyBase) -> tuple[object, ...]:
    return (old.code, old.starts_on, old.ends_on, old.contract)


def _place_of(one: Base) -> tuple[object, ...]:
    return (one.code, one.starts_on, one.ends_on, one.contract)


def release(people: Iterable[int]) -> None:
    """Write the bases of these individuals (ids) as they were declared, where no anomaly that blocks waits any more:
    what payroll regularises later is added to them. Inside an action, in the scope of the establishment."""
    rows = (
        Individual.objects.select_related("declaration")
        .filter(pk__in=set(people), applied=False, declaration__test=False, declaration__state__in=IN_FORCE)
        .exclude(pk__in=Anomaly.objects.filter(blocking=True, state__in=WAITING).values("individual"))
        .order_by("declaration", "pk")
    )
    most = settings.PARVIS_DECLARATION_BATCH
    for _, own in itertools.groupby(rows, key=lambda row: row.declaration_id):
        held = list(own)
        for first in range(0, len(held), most):
            _released(held[first].declaration, held[first : first + most])


def _released(declaration: Declaration, rows: Sequence[Individual]) -> None:
    told = [unpacked(one.sealed) for one in rows]
    known: list[Individual] = []
    bases: list[Base] = []
    applied = 0
    for row, one in zip(rows, judged(declaration.establishment_id, declaration.month, told), strict=True):
        if one.case.known is not None:
            row.agent_id, row.applied = one.case.known.id, True
            known.append(row)
            own = list(bases_of(one.case, one.case.known.id))
            # Of whoever had none nothing waited.
            applied += bool(own)
            bases += own
    write_month(
        establishment=declaration.establishment_id,
        month=declaration.month,
        declaration=declaration.ref,
        bases=bases,
        replaces=declaration.replaces,
    )
    Individual.objects.bulk_update(known, ["agent", "applied"])
    Declaration.objects.filter(pk=declaration.pk).update(applied=F("applied") + applied)


_STATE_SQL = """UPDATE service_declarations_declaration d SET applied = d.applied + %(applied)s, state = CASE
  WHEN d.state NOT IN ('anomalies', 'processed') THEN d.state
  WHEN EXISTS (SELECT FROM service_declarations_anomaly a WHERE a.declaration_id = d.id
    AND a.state IN ('open', 'payroll')) THEN 'anomalies' ELSE 'processed' END
WHERE d.id = %(declaration)s
RETURNING (SELECT count(*) FROM service_declarations_anomaly a WHERE a.establishment_id = d.establishment_id
  AND a.month = d.month AND a.state = 'open')"""


def after(declaration: Declaration, *, actor: Actor, applied: int = 0, quiet: bool = False) -> None:
    """The declaration's state follows its anomalies, and counts who was `applied` meanwhile; with the last of the month
    the obligation is seen done, unless `quiet`."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE_SQL, {"declaration": declaration.pk, "applied": applied})
        left = cursor.fetchone()[0]
    if not left and not declaration.test and not quiet:
        done_by_service(actor=actor, fund="dsn", act="correct", day=declaration.month, reason=ALL_MENDED)
