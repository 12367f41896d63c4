"""Resetting a lost second factor: asked, confirmed by a second administrator, refused by the person, abandoned, done.

Locks: the establishment, the account, the reset, then the person. Each step leaves an event, and its e-mail.
"""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import connection

from parvis.access.actions.guards import account_for_update, active_administrator_ids, actor_of, locked
from parvis.access.factor_reset.state import Obstacle, State, closed_or_elsewhere, obstacle, state_of, waiting
from parvis.access.models import FactorReset, FactorResetToken, Membership
from parvis.access.standing import Standing
from parvis.ground import clock, tenancy
from parvis.ground.adviser_line import ADVISER_LINE
from parvis.ground.identifiers.tokens import draw_token, hash_token
from parvis.ground.tenancy import Refused, action
from parvis.identity.actions.lost_factors import forget_factors, verified_emails
from parvis.identity.models import Session
from parvis.journal.actions import SYSTEM, Actor, record
from parvis.post.actions import queue

REFUSALS = {
    Obstacle.ONESELF: "Vous ne pouvez pas réinitialiser votre propre second facteur : demandez-le à une autre personne "
    "qui administre l’établissement.",
    Obstacle.CLOSED: "Ce compte n’est pas actif : il n’y a rien à réinitialiser.",
    Obstacle.ELSEWHERE: "Cette personne a un compte chez un autre employeur : qu’elle appelle un conseiller au "
    f"{ADVISER_LINE.phone}.",
    Obstacle.NO_FACTOR: "Cette personne n’a pas de second facteur : il lui sera proposé à sa prochaine connexion.",
}
OVER = "Cette demande n’est plus en cours : rechargez la page du compte."
WAITING = "Une demande est déjà en cours pour cette personne."
ONE_VOICE = "Vous avez fait la demande : c’est à une autre personne qui administre l’établissement de la confirmer."


# --- By administrators -----------------------------------------------------------------------------------------------
@action
def ask(*, who: Standing, account_id: int) -> FactorReset:
    """Start a reset: the person is told at once, on each confirmed address, and the other administrators too."""
    locked(tenancy.current().establishment)
    account = account_for_update(account_id)
    if (why := obstacle(who, account)) is not None:
        raise Refused(REFUSALS[why])
    if waiting(account_id) is not None:
        raise Refused(WAITING)
    now = clock.now()
    reset = FactorReset.objects.create(
        establishment_id=account.establishment_id,
        membership=account,
        person_id=account.person_id or 0,  # known: the account is active
        asked_by=who.ref,
        asked_at=now,
        effective_at=now + settings.PARVIS_FACTOR_RESET_DELAY,
    )
    record("factor_reset.asked", actor=actor_of(who), object=account.ref)
    _tell_person("access.factor_reset_asked", reset)
    _tell_administrators("access.factor_reset_to_confirm", reset, but=who.membership_id)
    return reset


@action
def confirm(*, who: Standing, account_id: int, reset_id: int) -> Membership:
    """A second administrator agrees: the reset takes effect at once. Raises Refused for whoever asked for it."""
    account, reset = _locked(account_id, reset_id)
    if account.pk == who.membership_id:
        raise Refused(REFUSALS[Obstacle.ONESELF])
    if reset.asked_by == who.ref:
        raise Refused(ONE_VOICE)
    if (why := closed_or_elsewhere(account)) is not None:
        raise Refused(REFUSALS[why])
    reset.confirmed_by, reset.confirmed_at = who.ref, clock.now()
    reset.save(update_fields=["confirmed_by", "confirmed_at"])
    record("factor_reset.confirmed", actor=actor_of(who), object=account.ref)
    _take_effect(account, reset, actor_of(who))
    return account


@action
def cancel(*, who: Standing, account_id: int, reset_id: int) -> Membership:
    """An administrator abandons the reset: the factor was found again, or the request was a mistake."""
    account, reset = _locked(account_id, reset_id)
    if state_of(reset) is not State.WAITING:
        raise Refused(OVER)
    _close(reset, account, "cancelled", actor_of(who))
    return account


def _locked(account_id: int, reset_id: int) -> tuple[Membership, FactorReset]:
    """The account and its reset, locked. Raises Refused where it is over."""
    locked(tenancy.current().establishment)
    account = account_for_update(account_id)
    reset = FactorReset.objects.select_for_update(of=("self",)).filter(pk=reset_id, membership=account).first()
    if reset is None or reset.refused_at or reset.cancelled_at or reset.done_at:
        raise Refused(OVER)
    return account, reset


# --- By the person ---------------------------------------------------------------------------------------------------
@action
def new_token(reset: FactorReset) -> str:
    """A token for one sending; only its hash is kept."""
    token = draw_token()
    FactorResetToken.objects.create(hash=hash_token(token), establishment_id=reset.establishment_id, reset=reset)
    return token


def _found(token: str) -> tuple[int, int] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reset_id, establishment_id FROM access_reset_by_token(%s)", [hash_token(token)])
        return cursor.fetchone()


def look(token: str) -> tuple[State, FactorReset | None]:
    """What the link to refuse is worth now; looking changes nothing."""
    found = _found(token)
    if found is None:
        return State.UNKNOWN, None
    reset_id, establishment = found
    with tenancy.scope(establishment=establishment, read_only=True):
        reset = FactorReset.objects.select_related("membership", "establishment").filter(pk=reset_id).first()
        return state_of(reset), reset


def refuse_by_link(token: str) -> State:
    """The person refuses, from the e-mail: nobody has to be signed in."""
    found = _found(token)
    if found is None:
        return State.UNKNOWN
    reset_id, establishment = found
    return _refuse(reset_id, establishment)


def refuse_own(*, person_id: int) -> State:
    """The person, signed in with the factor that was said to be lost, refuses."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        reset = FactorReset.objects.filter(
            person_id=person_id, refused_at=None, cancelled_at=None, done_at=None
        ).first()
    return _refuse(reset.pk, reset.establishment_id) if reset else State.UNKNOWN


def _refuse(reset_id: int, establishment: int) -> State:
    with tenancy.scope(establishment=establishment):
        account, reset = _of(reset_id, establishment)
        if account is None or reset is None:
            return State.UNKNOWN
        state = state_of(reset)
        if state is State.DONE and reset.done_at is None:
            # Too late: its time has come before anybody looked.
            return State.DONE if _take_effect(account, reset, SYSTEM) else State.CANCELLED
        if state is not State.WAITING:
            return state
        _close(reset, account, "refused", Actor(ref=account.ref, person_id=account.person_id))
        return State.REFUSED


def _of(reset_id: int, establishment: int) -> tuple[Membership | None, FactorReset | None]:
    """The account and the reset, locked in the house's order; None where either is gone."""
    locked(establishment)
    seen = FactorReset.objects.filter(pk=reset_id).only("membership_id").first()
    if seen is None:
        return None, None
    account = Membership.objects.select_for_update(of=("self",)).filter(pk=seen.membership_id).first()
    return account, FactorReset.objects.select_for_update(of=("self",)).filter(pk=reset_id).first()


# --- By time ---------------------------------------------------------------------------------------------------------
def apply_due(person_id: int) -> bool:
    """Make the person's reset whose time has come take effect; whether one did. Called at each sign-in."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        due = _due(clock.now()).filter(person_id=person_id).first()
    return due is not None and _apply(due.pk, due.establishment_id)


def apply_all_due() -> int:
    """The same for everybody, as the owner, by `parvis daily`; returns how many took effect."""
    due = _due(clock.now()).order_by("establishment_id", "id").values_list("id", "establishment_id")
    return sum(_apply(reset_id, establishment) for reset_id, establishment in list(due))


def _due(now: datetime):  # type: ignore[no-untyped-def]
    return FactorReset.objects.filter(effective_at__lte=now, refused_at=None, cancelled_at=None, done_at=None)


def _apply(reset_id: int, establishment: int) -> bool:
    with tenancy.scope(establishment=establishment):
        account, reset = _of(reset_id, establishment)
        over = reset is None or reset.refused_at or reset.cancelled_at or reset.done_at
        if account is None or reset is None or over:
            return False
        return _take_effect(account, reset, SYSTEM)


def _take_effect(account: Membership, reset: FactorReset, actor: Actor) -> bool:
    """All factors go, trust in browsers and sessions end; nothing does where the account changed meanwhile (False)."""
    if closed_or_elsewhere(account) is not None:
        _close(reset, account, "lapsed", actor)
        return False
    reset.done_at = clock.now()
    reset.save(update_fields=["done_at"])
    forget_factors(reset.person_id)
    Session.objects.filter(person_id=reset.person_id).delete()
    record("factor_reset.done", actor=actor, object=account.ref)
    return True


def _close(reset: FactorReset, account: Membership, how: str, actor: Actor) -> None:
    field = "refused_at" if how == "refused" else "cancelled_at"
    setattr(reset, field, clock.now())
    reset.save(update_fields=[field])
    record(f"factor_reset.{how}", actor=actor, object=account.ref)
    if how == "refused":
        _tell_administrators("access.factor_reset_refused", reset)
    else:
        _tell_person("access.factor_reset_cancelled", reset)


def _tell_person(kind: str, reset: FactorReset) -> None:
    for email_id in verified_emails(reset.person_id):
        queue(kind, object_id=reset.pk, establishment=reset.establishment_id, detail={"email": email_id})


def _tell_administrators(kind: str, reset: FactorReset, *, but: int = 0) -> None:
    for account_id in active_administrator_ids():
        if account_id not in (but, reset.membership_id):
            queue(kind, object_id=reset.pk, establishment=reset.establishment_id, detail={"to": account_id})


def name_of(ref: uuid.UUID | None) -> str:
    """The name of the administrator of that reference, as their account says it today; a phrase where it is gone."""
    account = Membership.objects.filter(ref=ref).first() if ref else None
    return account.name if account else "Une personne qui administre l’établissement"
