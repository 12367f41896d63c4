"""Checking an individual again, after a correction or because something else has changed; writing what follows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from parvis.agents.actions import Base, write_month
from parvis.agents.models import MonthlyBase
from parvis.dsn.shapes import Individual as Told
from parvis.ground import clock
from parvis.ground.identifiers.text import sort_key
from parvis.journal.actions import Actor
from parvis.obligations.actions import done_by_service
from parvis.services.declarations.amounts import bases_of
from parvis.services.declarations.checks import CHECKS, Found, found
from parvis.services.declarations.checks.case import Case
from parvis.services.declarations.knowing import judged
from parvis.services.declarations.models import Anomaly, Declaration, Individual
from parvis.services.declarations.packing import packed, unpacked
from parvis.services.declarations.processing import anomaly_of, name_of

WAITING = (Anomaly.State.OPEN, Anomaly.State.PAYROLL)
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
    [one] = judged(row.establishment_id, declaration.month, [told])
    wrong = {check.code: what for check, what in found(one.case)}
    _named(row, told, one.key, one.case)
    settled, new = _settle(row, wrong, actor)
    blocked = any(CHECKS[code].blocking for code in wrong)
    was = row.applied
    if one.case.known is not None and not blocked and declaration.state in ("anomalies", "processed"):
        _write(row, declaration, list(bases_of(one.case, one.case.known.id)))
        row.applied = True
    row.version += 1
    row.save()
    newly = row.applied and not was
    after(declaration, actor=actor, applied=newly)
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
        declaration__state__in=["anomalies", "processed"],
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


_STATE_SQL = """UPDATE service_declarations_declaration d SET applied = d.applied + %(applied)s, state = CASE
  WHEN d.state NOT IN ('anomalies', 'processed') THEN d.state
  WHEN EXISTS (SELECT FROM service_declarations_anomaly a WHERE a.declaration_id = d.id
    AND a.state IN ('open', 'payroll')) THEN 'anomalies' ELSE 'processed' END
WHERE d.id = %(declaration)s
RETURNING (SELECT count(*) FROM service_declarations_anomaly a WHERE a.establishment_id = d.establishment_id
  AND a.month = d.month AND a.state = 'open')"""


def after(declaration: Declaration, *, actor: Actor, applied: bool = False) -> None:
    """The declaration's state follows its anomalies; with the last of the month the obligation is seen done."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE_SQL, {"declaration": declaration.pk, "applied": int(applied)})
        left = cursor.fetchone()[0]
    if not left and not declaration.test:
        done_by_service(actor=actor, fund="dsn", act="correct", day=declaration.month, reason=ALL_MENDED)
