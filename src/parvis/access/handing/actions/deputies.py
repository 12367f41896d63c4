"""Deputies: named by an administrator, accepted by the deputy, who administers while the only administrator stays away.

Locks, as everywhere: the establishment, the deputyship, then the accounts. The profile is lent: what the deputyship
gave it takes back, on the administrator's next visit (`come_back`, called once the visit is noted), when it is
withdrawn, or when another person administers. Both the daily run and the visit decide again under the lock.
"""

import uuid

from django.conf import settings

from parvis.access.actions.guards import (
    ONESELF,
    account_for_update,
    active_administrator_ids,
    actor_of,
    administered,
    locked,
)
from parvis.access.handing.actions.telling import administrators_but, tell
from parvis.access.handing.state import last_sign
from parvis.access.models import Deputyship, Membership, Profile
from parvis.access.queries.account import status_of
from parvis.access.standing import Standing
from parvis.access.status import Status
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import de
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import SYSTEM, Actor, record

NOT_ASKED = "Cette suppléance ne vous est plus proposée : elle a été retirée ou a déjà reçu une réponse."
OVER = "Cette suppléance est déjà terminée : rechargez la page."


def _open() -> Deputyship | None:
    """The open deputyship of the establishment in scope, locked after the establishment."""
    locked(tenancy.current().establishment)
    return Deputyship.objects.select_for_update(of=("self",)).filter(closed_at=None).first()


def check_deputy(who: Standing, account: Membership) -> None:
    """Refuse oneself, who administers already, and an account that is not active."""
    if account.pk == who.membership_id:
        raise Refused("Vous ne pouvez pas être votre propre suppléant ou suppléante : choisissez une autre personne.")
    if account.profile == Profile.ADMINISTRATOR:
        raise Refused(f"{account.name} administre déjà l’établissement : choisissez une autre personne.")
    if status_of(account) is not Status.ACTIVE:
        raise Refused(f"Le compte {de(account.name)} n’est pas actif : choisissez une personne qui se connecte déjà.")


@action
def name(*, who: Standing, deputy_id: int) -> Deputyship:
    """Name a deputy, who is asked to accept; one at a time."""
    if who.stands_in_since:
        raise Refused("Vous administrez comme personne suppléante : vous ne pouvez pas en désigner une autre.")
    found = _open()
    if found is not None:
        raise Refused(f"{found.deputy_name} est déjà la personne suppléante : retirez d’abord cette suppléance.")
    account = account_for_update(deputy_id)
    check_deputy(who, account)
    made = Deputyship.objects.create(
        establishment_id=who.establishment_id,
        deputy=account,
        deputy_name=account.name[:250],
        named_at=clock.now(),
        named_by=who.ref,
    )
    record("deputy.named", actor=actor_of(who), object=account.ref)
    tell("deputy_asked", made.pk, [account.pk])
    return made


@action
def accept(*, who: Standing) -> Deputyship:
    """By the person who was named: from now on they are the deputy, without any right more for the time being."""
    found = _open()
    if found is None or found.deputy_id != who.membership_id or found.accepted_at is not None:
        raise Refused(NOT_ASKED)
    found.accepted_at = clock.now()
    found.save(update_fields=["accepted_at"])
    record("deputy.accepted", actor=actor_of(who), object=who.ref)
    tell("deputy_answered", found.pk, administrators_but(who.membership_id))
    return found


@action
def decline(*, who: Standing) -> Deputyship:
    """By the person who was named: they refuse, or give up what they had accepted; while they administer, the profile
    with it. Raises Refused where nobody else would be left to administer."""
    with administered():
        found = _open()
        if found is None or found.deputy_id != who.membership_id:
            raise Refused(NOT_ASKED)
        outcome = Deputyship.Outcome.RESIGNED if found.accepted_at else Deputyship.Outcome.REFUSED
        _close(found, outcome, actor_of(who))
    tell("deputy_answered", found.pk, administrators_but(who.membership_id))
    return found


@action
def withdraw(*, who: Standing) -> Deputyship:
    """By an administrator: the deputy is none any more; while they administer, no longer. Never by the deputy, who
    declines. Raises Refused where nobody else would be left to administer."""
    with administered():
        found = _open()
        if found is None:
            raise Refused(OVER)
        if found.deputy_id == who.membership_id:
            raise Refused(ONESELF.format(who="un autre administrateur ou une autre administratrice"))
        told = found.deputy_id
        _close(found, Deputyship.Outcome.WITHDRAWN, actor_of(who))
    tell("deputy_withdrawn", found.pk, [told])
    return found


def _close(found: Deputyship, outcome: Deputyship.Outcome, actor: Actor) -> None:
    """The deputyship is over; the profile that it lent goes back first."""
    if found.serving_since is not None:
        _give_back(found, actor, outcome.value)
    found.closed_at, found.closed_by, found.outcome = clock.now(), actor.ref, outcome
    found.save(update_fields=["closed_at", "closed_by", "outcome"])
    record(f"deputy.{outcome.value}", actor=actor, object=_object(found))


def _object(found: Deputyship) -> uuid.UUID:
    deputy = Membership.objects.filter(pk=found.deputy_id).first() if found.deputy_id else None
    return deputy.ref if deputy is not None else found.ref


def _give_back(found: Deputyship, actor: Actor, why: str) -> None:
    """The deputy administers no longer; both are told. `why`: return, another, profile, or how it is closed."""
    since, found.serving_since = found.serving_since, None
    found.warned_for = found.warned_days = found.warned_on = None
    found.save(update_fields=["serving_since", "warned_for", "warned_days", "warned_on"])
    deputy = Membership.objects.select_for_update(of=("self",)).filter(pk=found.deputy_id or 0).first()
    if deputy is not None and deputy.profile == Profile.ADMINISTRATOR:
        _set_profile(deputy, Profile.USER, actor, found)
    record(
        "deputy.over",
        actor=actor,
        object=deputy.ref if deputy is not None else found.ref,
        before={"since": since.isoformat()} if since else {},
        after={"why": why},
    )
    tell("deputy_over", found.pk, [found.deputy_id, found.serving_for_id], why=why)


def _set_profile(deputy: Membership, profile: Profile, actor: Actor, found: Deputyship) -> None:
    before, deputy.profile = deputy.profile, profile
    deputy.save(update_fields=["profile"])
    record(
        "account.profile_changed",
        actor=actor,
        object=deputy.ref,
        before={"profile": before},
        after={"profile": profile, "deputyship": str(found.ref)},
    )


# --- When the administrator comes back -------------------------------------------------------------------------------
@action
def come_back(*, who: Standing) -> bool:
    """The administrator in whose place a deputy administers has visited: the profile goes back. True where it did.

    To be called once the visit is committed: whoever looks at the visits under the lock then sees it.
    """
    found = _open()
    if found is None or found.serving_since is None or found.serving_for_id != who.membership_id:
        return False
    # Nobody is left without an administrator: who came back is one.
    if who.membership_id not in active_administrator_ids():
        return False
    _give_back(found, actor_of(who), "return")
    return True


def served(membership_id: int) -> bool:
    """Whether a deputy administers in the place of that account, in the establishment in scope; one statement."""
    return Deputyship.objects.filter(closed_at=None, serving_since__isnull=False, serving_for_id=membership_id).exists()


def lent_to(membership_id: int) -> bool:
    """Whether that account administers as a deputy, in the establishment in scope."""
    return Deputyship.objects.filter(closed_at=None, serving_since__isnull=False, deputy_id=membership_id).exists()


def keep_profile(account: Membership, actor: Actor) -> None:
    """An administrator gives for good what the account had been lent: the deputyship ends, the profile stays."""
    found = Deputyship.objects.select_for_update(of=("self",)).filter(closed_at=None, deputy=account).first()
    if found is None:
        return
    found.serving_since = None
    found.closed_at, found.closed_by, found.outcome = clock.now(), actor.ref, Deputyship.Outcome.PROMOTED
    found.save(update_fields=["serving_since", "closed_at", "closed_by", "outcome"])
    record("deputy.promoted", actor=actor, object=account.ref)


# --- Once a day ------------------------------------------------------------------------------------------------------
def follow(deputyship_id: int) -> bool:
    """By `parvis daily`, in the establishment's scope and a transaction: warn, give the profile, take it back, close.

    Everything is looked at again under the locks. True where something was done.
    """
    found = _open()
    if found is None or found.pk != deputyship_id:
        return False
    deputy = Membership.objects.select_for_update(of=("self",)).filter(pk=found.deputy_id or 0).first()
    if deputy is None or status_of(deputy) not in (Status.ACTIVE, Status.RENEWING):
        _close(found, Deputyship.Outcome.GONE, SYSTEM)
        tell("deputy_lapsed", found.pk, administrators_but(found.deputy_id))
        return True
    if found.serving_since is not None:
        return _still_serving(found, deputy)
    if deputy.profile == Profile.ADMINISTRATOR:
        _close(found, Deputyship.Outcome.PROMOTED, SYSTEM)
        return True
    return found.accepted_at is not None and _stand_in(found, deputy)


def _still_serving(found: Deputyship, deputy: Membership) -> bool:
    """Take back what is no longer needed: somebody else administers, or the administrator's return was missed."""
    others = set(active_administrator_ids()) - {deputy.pk}
    away = Membership.objects.select_for_update(of=("self",)).filter(pk=found.serving_for_id or 0).first()
    visited = away.last_visit_at if away is not None else None
    if deputy.profile != Profile.ADMINISTRATOR:
        why = "profile"
    elif others and (away is None or away.pk not in others):
        why = "another"
    elif others and visited and found.serving_since and visited > found.serving_since:
        why = "return"
    else:
        return False
    _give_back(found, SYSTEM, why)
    return True


def _stand_in(found: Deputyship, deputy: Membership) -> bool:
    """Warn, or give the profile: only where one active administrator exists, after all warnings, each in its time."""
    active = active_administrator_ids()
    if len(active) != 1:
        return False
    # The visit of this very moment is waited for, or waits: it then finds the deputy serving, and ends it.
    away = Membership.objects.select_for_update(of=("self",)).get(pk=active[0])
    today, last = clock.today(), last_sign(away)
    stages, limit = settings.PARVIS_DEPUTY_WARNING_DAYS, settings.PARVIS_DEPUTY_DAYS
    days = (today - last).days
    due = max((stage for stage in stages if stage <= days), default=0)
    told = (found.warned_days or 0) if (found.warned_for, found.serving_for_id) == (last, away.pk) else 0
    if due > told:
        found.warned_for, found.warned_days, found.warned_on = last, due, today
        found.serving_for, found.serving_name = away, away.name[:250]
        found.save(update_fields=["warned_for", "warned_days", "warned_on", "serving_for", "serving_name"])
        record("deputy.warned", actor=SYSTEM, object=deputy.ref, after={"days": due})
        tell("deputy_warning", found.pk, [away.pk, deputy.pk])
        return True
    last_warned = told == max(stages) and found.warned_on is not None
    if days < limit or not last_warned or (today - (found.warned_on or today)).days < limit - max(stages):
        return False
    found.serving_since = clock.now()
    found.save(update_fields=["serving_since"])
    _set_profile(deputy, Profile.ADMINISTRATOR, SYSTEM, found)
    record("deputy.serving", actor=SYSTEM, object=deputy.ref, after={"days": days})
    tell("deputy_serving", found.pk, [deputy.pk, away.pk])
    return True
