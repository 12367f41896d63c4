"""What ends a registration: accepted (an account, at once), refused, stopped by a reported letter, over with time."""

from django.db import connection

from parvis.access.actions.first import create_first_administrator
from parvis.access.actions.guards import locked
from parvis.access.models import Link, Membership, Profile
from parvis.access.status import active_administrator_sql, values
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import SYSTEM, Actor, record
from parvis.post import postal
from parvis.post.actions import queue
from parvis.post.models import PostalLetter
from parvis.registration.actions.begun import LETTER
from parvis.registration.models import FirstSteps, Registration
from parvis.registration.sealed import unseal_coordinates

State = Registration.State
ADMINISTERED = (
    "Une personne administre maintenant cet établissement : cette inscription n’a plus d’objet. Demandez-lui un accès."
)


def tell(registration: Registration, letter: str) -> None:
    """One e-mail to whoever registers."""
    queue(f"registration.{letter}", object_id=registration.pk, establishment=registration.establishment_id)


def free_or_refused(establishment_id: int) -> None:
    """Take the establishment's lock, and refuse where somebody administers it, or is about to, by now."""
    locked(establishment_id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM access_membership m WHERE m.establishment_id = %(where)s "
            f"AND {active_administrator_sql('m')}), EXISTS (SELECT 1 FROM access_membership m "
            "JOIN access_link l ON l.membership_id = m.id WHERE m.establishment_id = %(where)s "
            "AND m.profile = 'administrateur' AND m.confirmed_at IS NULL AND m.deactivated_at IS NULL "
            "AND l.used_at IS NULL AND l.superseded_at IS NULL AND l.killed_at IS NULL AND l.expires_at > %(now)s)",
            {**values(), "where": establishment_id, "now": clock.now()},
        )
        administered, invited = cursor.fetchone()
    if administered or invited:
        raise Refused(ADMINISTERED)


@action
def accept(*, registration: Registration, actor: Actor) -> Membership:
    """The registration becomes the first administrator's account. In the establishment's scope.

    Raises Refused where somebody administers it meanwhile, or the registration waits for nothing.
    """
    if registration.state in (State.ACCEPTED, State.REFUSED, State.LAPSED, State.ABANDONED):
        raise Refused("Cette inscription est déjà terminée.")
    free_or_refused(registration.establishment_id)
    _close_forgotten()
    now = clock.now()
    account = create_first_administrator(
        establishment_id=registration.establishment_id,
        coordinates=unseal_coordinates(registration.coordinates),
        actor=actor,
    )
    postal.withdraw(kind=LETTER, object_id=registration.pk)
    registration.state, registration.account = State.ACCEPTED, account.ref
    registration.settled_at = registration.updated_at = now
    registration.save()
    FirstSteps.objects.update_or_create(
        establishment_id=registration.establishment_id,
        defaults={"opened_at": now, "marked": [], "closed_at": None, "closed_by": None},
    )
    record(
        "registration.accepted",
        actor=actor,
        object=account.ref,
        after={"reference": registration.reference, "proof": str(registration.proof)},
    )
    return account


def _close_forgotten() -> None:
    """Accounts of earlier registrations whose link nobody used in time: they open no more."""
    earlier = Registration.objects.filter(state=State.ACCEPTED).values("account")
    for account in Membership.objects.select_for_update(of=("self",)).filter(
        ref__in=earlier, profile=Profile.ADMINISTRATOR, confirmed_at=None, deactivated_at=None
    ):
        _close(account)


def _close(account: Membership) -> None:
    account.deactivated_at = clock.now()
    account.save(update_fields=["deactivated_at"])
    Link.objects.filter(membership=account, used_at=None, superseded_at=None).update(superseded_at=clock.now())
    record("account.deactivated", actor=SYSTEM, object=account.ref)


@action
def refuse(*, actor: Actor, registration: Registration, note: str) -> None:
    """An adviser refuses it, and says why: whoever registers reads it. In the establishment's scope."""
    if not note.strip():
        raise Refused("Dites pourquoi : la personne qui inscrit l’établissement le lira.", field="note")
    if registration.state not in (State.POSTED, State.CHECKING, State.STOPPED):
        raise Refused("Cette inscription est déjà terminée.")
    postal.withdraw(kind=LETTER, object_id=registration.pk)
    registration.state, registration.note, registration.settled_at = State.REFUSED, note.strip()[:1000], clock.now()
    registration.save(update_fields=["state", "note", "settled_at"])
    record("registration.refused", actor=actor, after={"reference": registration.reference})
    tell(registration, "refused")


@action
def clear_contest(*, actor: Actor, registration: Registration) -> None:
    """An adviser has spoken with who contested it: it goes on as before. In the establishment's scope."""
    if registration.contested_at is None:
        raise Refused("Cette inscription n’est pas signalée, ou ne l’est plus.")
    registration.contested_at, registration.contest = None, ""
    registration.save(update_fields=["contested_at", "contest"])
    record("registration.contest_cleared", actor=actor, after={"reference": registration.reference})


# --- What becomes of the letter --------------------------------------------------------------------------------------
def hold(object_id: str) -> None:
    """Lock the registration before its letter, as everything here does."""
    Registration.objects.select_for_update().filter(pk=int(object_id)).first()


def _of(letter: PostalLetter) -> Registration | None:
    return Registration.objects.select_for_update().filter(pk=int(letter.object_id)).first()


def letter_stolen(letter: PostalLetter) -> None:
    """The letter was reported: nothing opens until an adviser has looked. An account that nobody opened yet closes."""
    registration = _of(letter)
    if registration is None:
        return
    registration.reported_at = clock.now()
    if registration.state == State.POSTED:
        registration.state = State.STOPPED
        tell(registration, "stopped")
    elif registration.state == State.ACCEPTED and registration.account is not None:
        waiting = Membership.objects.select_for_update(of=("self",)).filter(
            ref=registration.account, confirmed_at=None, deactivated_at=None
        )
        for account in waiting:
            _close(account)
    registration.save(update_fields=["reported_at", "state"])
    record("registration.reported", actor=SYSTEM, after={"reference": registration.reference})


def letter_ended(letter: PostalLetter) -> None:
    """The letter died of wrong codes (another may be asked for), or of its age: the registration lapses."""
    registration = _of(letter)
    if registration is None or registration.state != State.POSTED:
        return
    if letter.state == PostalLetter.State.DEAD:
        tell(registration, "code_dead")
        return
    lapse(registration)


def lapse(registration: Registration) -> None:
    """Nobody went on with it in time: somebody may begin anew."""
    registration.state, registration.settled_at = State.LAPSED, clock.now()
    registration.save(update_fields=["state", "settled_at"])
    record("registration.lapsed", actor=SYSTEM, after={"reference": registration.reference})
    tell(registration, "lapsed")
