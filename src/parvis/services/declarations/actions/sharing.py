"""Who sees to an anomaly, and what is left to the payroll provider."""

import uuid
from collections.abc import Sequence

from parvis.access.actions.guards import actor_of
from parvis.access.standing import Standing
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Change, record_changes
from parvis.services.declarations.actions.checking import WAITING, after
from parvis.services.declarations.models import Anomaly
from parvis.services.declarations.service import CODE

MOST = 500


def _found(who: Standing, refs: Sequence[uuid.UUID]) -> list[Anomaly]:
    rows = (
        Anomaly.objects.select_for_update(of=("self",))
        .select_related("declaration")
        .filter(establishment_id=who.establishment_id, ref__in=list(refs)[:MOST], state__in=WAITING)
        .order_by("pk")
    )
    found = list(rows)
    if not found:
        raise Refused("Ces anomalies n’attendent plus : quelqu’un les a corrigées entre-temps.")
    return found


def _recorded(who: Standing, kind: str, rows: Sequence[Anomaly]) -> None:
    record_changes(
        kind,
        actor=actor_of(who, service=CODE),
        changes=[Change(one.ref, {}, {"month": one.month.isoformat(), "code": one.code}) for one in rows],
    )


@action
def take(*, who: Standing, refs: Sequence[uuid.UUID]) -> int:
    """« M’attribuer »: those that nobody took; how many. Raises Refused where none is left to take."""
    free = [one for one in _found(who, refs) if one.taken_by is None]
    if not free:
        raise Refused("Quelqu’un s’en occupe déjà : voyez avec cette personne.")
    for one in free:
        one.taken_by, one.taken_name = who.ref, who.name[:170]
    Anomaly.objects.bulk_update(free, ["taken_by", "taken_name"])
    _recorded(who, "declaration.taken", free)
    return len(free)


@action
def give_back(*, who: Standing, refs: Sequence[uuid.UUID]) -> int:
    """« Rendre »: whoever may correct may take an anomaly back from somebody who is away; how many."""
    rows = [one for one in _found(who, refs) if one.taken_by is not None]
    for one in rows:
        one.taken_by, one.taken_name = None, ""
    Anomaly.objects.bulk_update(rows, ["taken_by", "taken_name"])
    return len(rows)


@action
def leave_to_payroll(*, who: Standing, refs: Sequence[uuid.UUID], back: bool = False) -> int:
    """« À corriger en paie », or `back` among those to correct here; how many changed."""
    wanted = Anomaly.State.OPEN if back else Anomaly.State.PAYROLL
    rows = [one for one in _found(who, refs) if one.state != wanted]
    for one in rows:
        one.state = wanted
    Anomaly.objects.bulk_update(rows, ["state"])
    if rows and not back:
        _recorded(who, "declaration.payroll", rows)
    for declaration in {one.declaration_id: one.declaration for one in rows}.values():
        after(declaration, actor=actor_of(who, service=CODE))
    return len(rows)
