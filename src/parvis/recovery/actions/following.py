"""The requester's own steps, on the follow-up page: the code of the letter, more proofs, taking it back."""

import secrets
from collections.abc import Sequence

from django.db import connection

from parvis.ground import clock, files, tenancy
from parvis.ground.tenancy import action
from parvis.journal.actions import record
from parvis.post import postal
from parvis.post.postal.actions import plain
from parvis.recovery.actions.opening import ANYBODY, LETTER, case_for_update, keep_proofs, settle
from parvis.recovery.models import Case
from parvis.recovery.sealed import hashed


def where_of(reference: str) -> int:
    """The establishment in whose scope a request is read, outside of any scope; 0 where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT recovery_by_reference(%s)", [plain(reference)[:8]])
        return int(cursor.fetchone()[0] or 0)


def opened_with(reference: str, code: str) -> tuple[int, int] | None:
    """(establishment, request) that this follow-up code opens, else None; opens its own scope.

    A reference that does not exist takes the same work as a wrong code.
    """
    where, wanted = where_of(reference), hashed(code)
    with tenancy.scope(establishment=where, read_only=True):
        held = Case.objects.filter(reference=plain(reference)[:8]).values_list("pk", "code_hash").first()
    number, right = held or (0, "0" * 64)
    return (where, number) if secrets.compare_digest(wanted, right) and number else None


@action
def type_code(*, case_id: int, typed: str) -> postal.Spent:
    """Use the code of the letter that the legal representative received; an answer, never an exception: it counts."""
    case = case_for_update(case_id, Case.State.OPEN)
    if case.code_right_at is not None:
        return postal.Spent(postal.Outcome.RIGHT)
    spent = postal.spend(LETTER, case.pk, typed)
    case.moved_at = clock.now()
    if spent.outcome is postal.Outcome.RIGHT:
        case.code_right_at = case.moved_at
        record("recovery.code_right", actor=ANYBODY, object=case.ref, after={"reference": case.reference})
    case.save(update_fields=["moved_at", "code_right_at"])
    return spent


@action
def add_proofs(*, case_id: int, proofs: Sequence[files.Clean]) -> Case:
    """Keep more proofs with the request. Raises Refused beyond their number."""
    case = case_for_update(case_id, Case.State.OPEN)
    keep_proofs(case, proofs)
    case.moved_at = clock.now()
    case.save(update_fields=["moved_at"])
    record(
        "recovery.proofs_added",
        actor=ANYBODY,
        object=case.ref,
        after={"reference": case.reference, "count": len(proofs)},
    )
    return case


@action
def withdraw(*, case_id: int) -> Case:
    """Whoever asked takes it back: they got in, or somebody else administers."""
    case = case_for_update(case_id, Case.State.OPEN)
    settle(case, Case.State.WITHDRAWN, actor=ANYBODY)
    return case
