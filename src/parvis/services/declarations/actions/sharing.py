"""Who sees to an anomaly, and what is left to the payroll provider."""

import uuid
from collections.abc import Sequence

from parvis.access.actions.guards import actor_of, locked
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Change, record_changes
from parvis.services.declarations.actions.checking import after, release
from parvis.services.declarations.models import Anomaly, Individual
from parvis.services.declarations.service import CODE
from parvis.services.declarations.standing import IN_FORCE, WAITING
from parvis.services.declarations.words import here_first

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
    if not rows:
        return
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
    _recorded(who, "declaration.given_back", rows)
    return len(rows)


@action
def leave_to_payroll(*, who: Standing, refs: Sequence[uuid.UUID], back: bool = False) -> int:
    """« À corriger en paie », or `back` among those to correct here; how many changed."""
    wanted = Anomaly.State.OPEN if back else Anomaly.State.PAYROLL
    rows = [one for one in _found(who, refs) if one.state != wanted]
    for one in rows:
        one.state = wanted
    Anomaly.objects.bulk_update(rows, ["state"])
    _recorded(who, "declaration.payroll_back" if back else "declaration.payroll", rows)
    for declaration in {one.declaration_id: one.declaration for one in rows}.values():
        after(declaration, actor=actor_of(who, service=CODE))
    return len(rows)


@action
def mended_in_payroll(*, who: Standing, ref: uuid.UUID) -> bool:
    """« La paie est corrigée »: an anomaly that was left to payroll is closed, on somebody's word. Returns whether
    bases that waited for it are written now, as they were declared. Raises Refused.
    """
    locked(who.establishment_id)
    rows = Anomaly.objects.select_for_update(of=("self",)).select_related("declaration", "individual")
    one = rows.filter(establishment_id=who.establishment_id, ref=ref, state=Anomaly.State.PAYROLL).first()
    if one is None or one.declaration.state not in IN_FORCE:
        raise Refused("Cette anomalie n’est plus à corriger en paie : elle est close, ou à corriger ici.")
    if here_first(one):
        raise Refused(HERE_FIRST)
    one.state, one.settled_at, one.settled_by = Anomaly.State.CLOSED, clock.now(), who.ref
    one.save(update_fields=["state", "settled_at", "settled_by"])
    waited = one.individual is not None and not one.individual.applied
    if one.individual is not None:
        release([one.individual.pk])
    after(one.declaration, actor=actor_of(who, service=CODE))
    _recorded(who, "declaration.payroll_done", [one])
    return waited and Individual.objects.filter(anomalies=one, applied=True).exists()


HERE_FIRST = (
    "Les assiettes de ce mois attendent cette correction : faites-la ici aussi. La paie corrigée ne vaut que pour les "
    "mois suivants."
)
