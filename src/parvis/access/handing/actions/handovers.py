"""Hand-overs: planned by an administrator, carried out on the day in one transaction, or found impossible then.

Locks, as everywhere: the establishment, the hand-over, then the accounts in the order of their numbers. What passes is
what the leaver holds on the day, and nobody ends with less than before (`merging.py`).
"""

import datetime
import uuid

from django.conf import settings
from django.db import IntegrityError, transaction

from parvis.access.actions.guards import (
    ONESELF,
    account_for_update,
    active_administrator_ids,
    actor_of,
    administered,
    lasting_administrators,
    locked,
)
from parvis.access.actions.many import as_grant
from parvis.access.handing.actions.deputies import keep_profile, lent_to
from parvis.access.handing.actions.telling import administrators_but, tell
from parvis.access.handing.merging import Passing, Verdict, passings
from parvis.access.handing.queries.passing import funds_here, offered_grants
from parvis.access.handing.state import may_receive
from parvis.access.models import Handover, Membership, Profile, Right
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.pages.filters import date_long, de
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import SYSTEM, Actor, record

OVER = "Cette passation n’est plus prévue : elle a été faite ou annulée entre-temps."
PLANNED = {"done_at": None, "cancelled_at": None, "failed_at": None}


def check_day(who: Standing, leaver: Membership, on: datetime.date) -> None:
    """Refuse a day that is over, or further away than `PARVIS_HANDOVER_HORIZON`; one's own begins tomorrow."""
    today = clock.today()
    if on < today:
        raise Refused("Ce jour est déjà passé : choisissez aujourd’hui ou un jour à venir.", field="on")
    if on == today and leaver.pk == who.membership_id:
        raise Refused("Votre propre compte se ferme au plus tôt demain : choisissez un jour à venir.", field="on")
    if on - today > settings.PARVIS_HANDOVER_HORIZON:
        last = today + settings.PARVIS_HANDOVER_HORIZON
        raise Refused(f"Ce jour est trop lointain : choisissez-en un au plus tard le {date_long(last)}.", field="on")


def check_people(who: Standing, leaver: Membership, receiver: Membership, *, profile: bool) -> None:
    """Refuse rights for oneself, accounts that cannot give or receive, and an establishment left without anybody."""
    if receiver.pk == who.membership_id:
        raise Refused(ONESELF.format(who="un autre administrateur ou une autre administratrice"), field="receiver")
    if receiver.pk == leaver.pk:
        raise Refused("Choisissez deux personnes différentes : l’une part, l’autre reprend.", field="receiver")
    if leaver.deactivated_at is not None:
        raise Refused(f"Le compte {de(leaver.name)} est déjà désactivé : réactivez-le d’abord.", field="leaver")
    if who.stands_in_for == leaver.pk:
        raise Refused(
            f"Vous assurez la suppléance {de(leaver.name)} : une personne suppléante ne ferme pas ce compte.",
            field="leaver",
        )
    if not may_receive(receiver):
        raise Refused(
            f"Le compte {de(receiver.name)} est désactivé ou expiré : réactivez-le ou renouvelez-le d’abord, ou "
            "choisissez une autre personne.",
            field="receiver",
        )
    if profile and (leaver.profile != Profile.ADMINISTRATOR or lent_to(leaver.pk)):
        raise Refused(f"{leaver.name} n’a pas le profil « Administrateur » à transmettre.", field="profile")
    _check_somebody_remains(leaver, receiver, profile=profile)


def _check_somebody_remains(leaver: Membership, receiver: Membership, *, profile: bool) -> None:
    """On the planning day already: better told now than on the day itself, when it is looked at again."""
    if leaver.pk not in active_administrator_ids() or lasting_administrators() - {leaver.pk}:
        return
    takes_over = profile and receiver.confirmed_at is not None and receiver.ends_on is None
    if not takes_over:
        raise Refused(
            f"{leaver.name} est seul ou seule à administrer l’établissement. Cochez « Le profil Administrateur passe "
            "aussi », et choisissez pour cela une personne dont le compte est actif et sans date de fin.",
            field="profile",
        )


@action
def plan(*, who: Standing, leaver_id: int, receiver_id: int, on: datetime.date, profile: bool) -> Handover:
    """On `on` the leaver's rights pass to the receiver and the old account closes; at once where that is today.

    One's own account may be handed over, never to oneself. `profile`: the administrator's profile passes too.
    """
    locked(who.establishment_id)
    accounts = {number: account_for_update(number) for number in sorted({leaver_id, receiver_id})}
    leaver, receiver = accounts[leaver_id], accounts[receiver_id]
    check_day(who, leaver, on)
    check_people(who, leaver, receiver, profile=profile)
    try:
        with transaction.atomic():
            made = Handover.objects.create(
                establishment_id=who.establishment_id,
                leaver=leaver,
                leaver_name=leaver.name[:250],
                receiver=receiver,
                receiver_name=receiver.name[:250],
                on=on,
                profile=profile,
                created_at=clock.now(),
                created_by=who.ref,
            )
    except IntegrityError as fault:
        raise Refused(
            f"Une passation est déjà prévue pour {leaver.name} : annulez-la d’abord pour en prévoir une autre.",
            field="leaver",
        ) from fault
    record(
        "handover.planned",
        actor=actor_of(who),
        object=leaver.ref,
        after={"receiver": str(receiver.ref), "on": on.isoformat(), "profile": profile},
    )
    if on <= clock.today():
        _carry_out(made, leaver, receiver, actor_of(who))
    else:
        tell("handover_planned", made.pk, [leaver.pk, receiver.pk, *administrators_but(who.membership_id)])
    return made


@action
def cancel(*, who: Standing, ref: uuid.UUID) -> Handover:
    """Nothing passes, nothing closes; whoever was told is told."""
    locked(who.establishment_id)
    found = Handover.objects.select_for_update(of=("self",)).select_related("leaver").filter(ref=ref, **PLANNED).first()
    if found is None:
        raise Refused(OVER)
    found.cancelled_at, found.cancelled_by = clock.now(), who.ref
    found.save(update_fields=["cancelled_at", "cancelled_by"])
    record(
        "handover.cancelled",
        actor=actor_of(who),
        object=found.leaver.ref if found.leaver else found.ref,
        before={"on": found.on.isoformat()},
    )
    tell("handover_cancelled", found.pk, [found.leaver_id, found.receiver_id, *administrators_but(who.membership_id)])
    return found


def carry_out_due(handover_id: int) -> bool:
    """By `parvis daily`, in the establishment's scope: done, or found impossible, once. True where it was done."""
    with transaction.atomic():
        found = Handover.objects.filter(pk=handover_id).first()
        if found is None:
            return False
        locked(found.establishment_id)
        found = Handover.objects.select_for_update(of=("self",)).filter(pk=handover_id, **PLANNED).first()
        if found is None or found.on > clock.today():
            return False
        numbers = sorted(number for number in (found.leaver_id, found.receiver_id) if number is not None)
        accounts = {one.pk: one for one in Membership.objects.select_for_update(of=("self",)).filter(pk__in=numbers)}
        leaver, receiver = accounts.get(found.leaver_id or 0), accounts.get(found.receiver_id or 0)
        if leaver is None:
            return _fail(found, None, Handover.Fault.LEAVER_GONE)
        if receiver is None:
            return _fail(found, leaver, Handover.Fault.RECEIVER_GONE)
        if not may_receive(receiver):
            return _fail(found, leaver, Handover.Fault.RECEIVER_CLOSED)
        try:
            with transaction.atomic():
                _carry_out(found, leaver, receiver, SYSTEM)
        except Refused:
            return _fail(found, leaver, Handover.Fault.LAST_ADMINISTRATOR)
        return True


def _carry_out(handover: Handover, leaver: Membership, receiver: Membership, actor: Actor) -> None:
    """Rights, profile, closing, events and e-mails. Raises Refused where nobody would be left to administer."""
    told = [leaver.pk, receiver.pk, *administrators_but(leaver.pk, receiver.pk)]
    with administered():
        passed = _pass_rights(handover, leaver, receiver, actor)
        handover.profile = _pass_profile(handover, leaver, receiver, actor)
        if leaver.deactivated_at is None:
            leaver.deactivated_at = clock.now()
            leaver.save(update_fields=["deactivated_at"])
            record("account.deactivated", actor=actor, object=leaver.ref)
    handover.done_at = clock.now()
    handover.left = [one.service for one in passed if one.verdict is Verdict.LEFT]
    handover.save(update_fields=["done_at", "left", "profile"])
    record(
        "handover.done",
        actor=actor,
        object=leaver.ref,
        after={
            "receiver": str(receiver.ref),
            "passed": [one.service for one in passed if one.verdict in (Verdict.PASSES, Verdict.RAISED)],
            "left": handover.left,
            "profile": handover.profile,
        },
    )
    tell("handover_done", handover.pk, told)


def _pass_profile(handover: Handover, leaver: Membership, receiver: Membership, actor: Actor) -> bool:
    """Give the receiver the profile, if it was to pass and the leaver still has it for their own. Whether it passed."""
    if not handover.profile or leaver.profile != Profile.ADMINISTRATOR or lent_to(leaver.pk):
        return False
    # A deputy keeps what they had been lent.
    keep_profile(receiver, actor)
    if receiver.profile != Profile.ADMINISTRATOR:
        receiver.profile = Profile.ADMINISTRATOR
        receiver.save(update_fields=["profile"])
        record(
            "account.profile_changed",
            actor=actor,
            object=receiver.ref,
            before={"profile": Profile.USER},
            after={"profile": Profile.ADMINISTRATOR, "handover": str(handover.ref)},
        )
    return True


def _pass_rights(handover: Handover, leaver: Membership, receiver: Membership, actor: Actor) -> list[Passing]:
    """Write what changes for the receiver; `granted_by` is who planned it."""
    held = {right.service: right for right in receiver.rights.all()}
    grants = {service: as_grant(right) for service, right in held.items()}
    found = passings(offered_grants(leaver, funds_here()), grants, clock.today())
    before, after, now = {}, {}, clock.now()
    for one in found:
        if one.after is None or one.after == one.before:
            continue
        if one.before is not None:
            before[one.service] = one.before.as_json()
            held[one.service].delete()
        after[one.service] = one.after.as_json()
        Right.objects.create(
            establishment_id=receiver.establishment_id,
            membership=receiver,
            service=one.service,
            level=one.after.level,
            starts_on=one.after.starts_on,
            ends_on=one.after.ends_on,
            granted_at=now,
            granted_by=handover.created_by,
            origin=one.after.origin,
        )
    if after:
        record(
            "rights.changed",
            actor=actor,
            object=receiver.ref,
            before={"rights": before},
            after={"rights": after, "handover": str(handover.ref)},
        )
    return found


def _fail(handover: Handover, leaver: Membership | None, fault: Handover.Fault) -> bool:
    """Nothing passes and nothing closes: the administrators and whoever is still there are told why."""
    handover.failed_at, handover.fault = clock.now(), fault
    handover.save(update_fields=["failed_at", "fault"])
    record(
        "handover.failed",
        actor=SYSTEM,
        object=leaver.ref if leaver else handover.ref,
        after={"fault": fault.value, "on": handover.on.isoformat()},
    )
    tell("handover_failed", handover.pk, [*administrators_but(), handover.receiver_id])
    return False
