"""Preparing a succession, giving it up, asking for the second adviser, and carrying it out: all of it or nothing."""

import datetime
import uuid

from django.db import IntegrityError, transaction

from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.acting import fund_of, within
from parvis.backoffice.succession.queries import OTHER_FUNDS, preview, weight
from parvis.establishments.models import Establishment, Succession
from parvis.ground import clock
from parvis.ground.pages.filters import de
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record

KIND = "succession"
GONE = "Cette reprise n’est plus à préparer : elle est faite, ou abandonnée."


def established(who: AdviserStanding, siret: str, field: str) -> Establishment:
    """The establishment of the directory that an adviser may merge. Raises Refused."""
    found = Establishment.objects.filter(siret=siret).first()
    if found is None:
        raise Refused("Ce SIRET n’est pas dans le répertoire : vérifiez-le.", field=field)
    if not weight(found.pk).reachable:
        raise Refused(f"{found.name} {OTHER_FUNDS}", field=field)
    return found


@action
def prepare(
    *, who: AdviserStanding, old_siret: str, new_siret: str, cause: str, on: datetime.date, reason: str
) -> Succession:
    """Keep what is wanted; nothing moves yet. Raises Refused."""
    old = established(who, old_siret, "old")
    new = established(who, new_siret, "new")
    if old.pk == new.pk:
        raise Refused("Un établissement ne prend pas sa propre place : indiquez deux SIRET différents.", field="new")
    if Succession.objects.filter(predecessor=new, cancelled_at=None).exists():
        raise Refused(f"{new.name} est lui-même repris par un autre : indiquez celui qui prend sa place.", field="new")
    if not weight(old.pk).own:
        raise Refused(f"{old.name} n’a pas de contrat avec l’un de vos fonds.", field="old")
    try:
        with transaction.atomic():
            made = Succession.objects.create(
                predecessor=old,
                successor=new,
                cause=cause,
                on=on,
                reason=reason,
                fund=fund_of(who, old.pk),
                prepared_at=clock.now(),
                prepared_by=who.ref,
            )
    except IntegrityError as fault:
        raise Refused(
            f"Une reprise {de(old.name)} est déjà préparée ou faite : voyez la liste des reprises.", field="old"
        ) from fault
    with within(who, old.pk):
        record("succession.prepared", actor=who.actor, object=made.ref, after=_other(new))
    return made


@action
def cancel(*, who: AdviserStanding, ref: uuid.UUID) -> Succession:
    """Give it up: nothing has moved. What waits for a second adviser is withdrawn or refused first."""
    found = prepared(ref)
    if waiting_act(found) is not None:
        raise Refused("Un second conseiller doit décider de cette reprise : retirez d’abord l’acte, ou refusez-le.")
    found.cancelled_at = clock.now()
    found.save(update_fields=["cancelled_at"])
    with within(who, found.predecessor_id):
        record("succession.cancelled", actor=who.actor, object=found.ref, after=_other(found.successor))
    return found


@action
def ask(*, who: AdviserStanding, ref: uuid.UUID) -> SensitiveAct:
    """Ask for the second adviser's decision. Raises Refused where something stands in the way."""
    found = prepared(ref)
    obstacles = preview(who, found.predecessor, found.successor, found.on).obstacles
    if obstacles:
        raise Refused(" ".join(obstacles))
    return four_eyes.ask(
        who=who,
        kind=KIND,
        fund=found.fund,
        establishment_id=found.predecessor_id,
        subject=str(found.ref),
        reason=found.reason,
    )


def prepared(ref: uuid.UUID | str) -> Succession:
    """The succession, locked, while nothing has moved. Raises Refused."""
    found = (
        Succession.objects.select_for_update(of=("self",))
        .select_related("predecessor", "successor")
        .filter(ref=ref, done_at=None, cancelled_at=None)
        .first()
    )
    if found is None:
        raise Refused(GONE)
    return found


def waiting_act(one: Succession) -> SensitiveAct | None:
    """The act that a second adviser has to decide, if it was asked for."""
    return SensitiveAct.objects.filter(kind=KIND, subject=str(one.ref), state=SensitiveAct.State.WAITING).first()


def _other(place: Establishment) -> dict[str, str]:
    return {"with": place.name, "siret": place.siret}
