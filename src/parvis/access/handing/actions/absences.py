"""Absences: a colleague receives chosen rights from a day to a day, besides their own; they end by themselves.

The rights hold by the days alone (`standing.Cover`): nothing runs for them to begin or to end.
"""

import datetime
import uuid

from django.conf import settings

from parvis.access.actions.creation import Grant, checked_grants
from parvis.access.actions.guards import ONESELF, account_for_update, actor_of, locked
from parvis.access.handing.actions.telling import administrators_but, tell
from parvis.access.handing.state import may_receive
from parvis.access.models import Absence, AbsenceRight, Membership
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.pages.filters import de, duration
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import SYSTEM, Actor, record

NOTHING = "Aucun droit n’est choisi : donnez au moins un niveau sur un service."
OVER = "Cette absence est déjà terminée : il n’y a plus rien à changer."


def check_dates(starts_on: datetime.date, ends_on: datetime.date) -> None:
    """Refuse a period that is over, turned round, or longer than `PARVIS_ABSENCE_LIMIT`."""
    if starts_on < clock.today():
        raise Refused("Le premier jour est déjà passé : choisissez aujourd’hui ou un jour à venir.", field="starts_on")
    if ends_on < starts_on:
        raise Refused("Le dernier jour précède le premier : corrigez l’un des deux.", field="ends_on")
    if ends_on - starts_on >= settings.PARVIS_ABSENCE_LIMIT:
        raise Refused(
            f"Une absence dure au plus {duration(settings.PARVIS_ABSENCE_LIMIT)} : choisissez un dernier jour plus "
            "proche. Pour une durée plus longue, modifiez les droits du compte.",
            field="ends_on",
        )


def check_people(who: Standing, absent: Membership, receiver: Membership) -> None:
    """Refuse rights for oneself, for the absent themselves, or on an account that could not use them."""
    if receiver.pk == who.membership_id:
        raise Refused(ONESELF.format(who="un autre administrateur ou une autre administratrice"), field="receiver")
    if receiver.pk == absent.pk:
        raise Refused("Choisissez deux personnes différentes : l’une est absente, l’autre reçoit.", field="receiver")
    if not may_receive(receiver):
        raise Refused(
            f"Le compte {de(receiver.name)} est désactivé ou expiré : réactivez-le ou renouvelez-le d’abord, ou "
            "choisissez une autre personne.",
            field="receiver",
        )


@action
def plan(
    *,
    who: Standing,
    absent_id: int,
    receiver_id: int,
    starts_on: datetime.date,
    ends_on: datetime.date,
    grants: list[Grant],
) -> Absence:
    """The receiver holds these rights on these days. Never oneself; one absence of a person per receiver at a time.

    A service of the catalogue alone, at a level that it offers; dates of single grants are not kept.
    """
    check_dates(starts_on, ends_on)
    wanted = checked_grants(grants, who.funds)
    if not wanted:
        raise Refused(NOTHING)
    locked(who.establishment_id)
    # In the order in which every other act on several takes them.
    accounts = {number: account_for_update(number) for number in sorted({absent_id, receiver_id})}
    absent, receiver = accounts[absent_id], accounts[receiver_id]
    check_people(who, absent, receiver)
    if Absence.objects.filter(
        absent=absent, receiver=receiver, ended_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on
    ).exists():
        raise Refused(
            f"{receiver.name} reçoit déjà des droits pendant une absence {de(absent.name)} à ces dates : mettez-y fin "
            "d’abord, ou choisissez d’autres dates.",
            field="starts_on",
        )
    begins = starts_on <= clock.today()
    made = Absence.objects.create(
        establishment_id=who.establishment_id,
        absent=absent,
        absent_name=absent.name[:250],
        receiver=receiver,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=clock.now(),
        created_by=who.ref,
        begun_at=clock.now() if begins else None,
    )
    AbsenceRight.objects.bulk_create(
        AbsenceRight(establishment_id=who.establishment_id, absence=made, service=grant.service, level=grant.level)
        for grant in wanted
    )
    record("absence.planned", actor=actor_of(who), object=receiver.ref, after=_said(made))
    if begins:
        tell("absence_begun", made.pk, [receiver.pk])
    tell("absence_told", made.pk, administrators_but(who.membership_id, receiver.pk), what="planned")
    return made


def _said(absence: Absence) -> dict[str, object]:
    return {
        "absence": str(absence.ref),
        **({"absent": str(absence.absent.ref)} if absence.absent is not None else {}),
        "starts_on": absence.starts_on.isoformat(),
        "ends_on": absence.ends_on.isoformat(),
        "rights": {one.service: {"level": one.level} for one in absence.rights.all()},
    }


@action
def end(*, who: Standing, ref: uuid.UUID) -> Absence:
    """The absence is over before its last day, or does not take place; from the receiver's next request on."""
    absence = Absence.objects.select_for_update(of=("self",)).select_related("receiver").filter(ref=ref).first()
    if absence is None or absence.ended_at is not None or absence.ends_on < clock.today():
        raise Refused(OVER)
    if absence.receiver_id == who.membership_id:
        raise Refused(ONESELF.format(who="un autre administrateur ou une autre administratrice"))
    absence.ended_by = who.ref
    _close(absence, actor_of(who))
    tell("absence_told", absence.pk, administrators_but(who.membership_id, absence.receiver_id), what="over")
    return absence


def begin_due(absence_id: int) -> bool:
    """By `parvis daily`, in the establishment's scope: the receiver is told that the absence begins, once."""
    absence = Absence.objects.select_for_update(of=("self",)).filter(pk=absence_id).first()
    if absence is None or absence.begun_at or absence.ended_at or not absence.starts_on <= clock.today():
        return False
    absence.begun_at = clock.now()
    absence.save(update_fields=["begun_at"])
    if absence.ends_on >= clock.today():
        tell("absence_begun", absence.pk, [absence.receiver_id])
    return True


def end_due(absence_id: int) -> bool:
    """By `parvis daily`, in the establishment's scope: its last day has passed, which is told and noted once."""
    absence = Absence.objects.select_for_update(of=("self",)).select_related("receiver").filter(pk=absence_id).first()
    if absence is None or absence.ended_at or absence.ends_on >= clock.today():
        return False
    _close(absence, SYSTEM)
    tell("absence_told", absence.pk, administrators_but(absence.receiver_id), what="over")
    return True


def _close(absence: Absence, actor: Actor) -> None:
    """Noted and told; where it never began, its receiver was told nothing and is told nothing."""
    absence.ended_at = clock.now()
    absence.save(update_fields=["ended_at", "ended_by"])
    kind = "absence.over" if actor is SYSTEM else "absence.ended"
    record(kind, actor=actor, object=absence.receiver.ref, before=_said(absence))
    if absence.begun_at is not None:
        tell("absence_over", absence.pk, [absence.receiver_id])
