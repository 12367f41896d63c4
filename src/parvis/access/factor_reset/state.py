"""What a reset of a lost second factor is worth now, and when one may be asked for: the rule, in one place.

Only for an account whose person has no other employer: elsewhere nobody here knows them, and the advisers check who is
calling. It tells the person at once and takes effect after `PARVIS_FACTOR_RESET_DELAY`, unless they refuse; at once
when a second administrator confirms. It never touches the password, and a new password never touches the factor.
"""

import enum

from django.db import connection

from parvis.access.models import FactorReset, Membership
from parvis.access.queries.account import status_of
from parvis.access.standing import Standing
from parvis.access.status import Status
from parvis.ground import clock
from parvis.identity.queries.factors import factors_of


class State(enum.Enum):
    """`WAITING` may still be refused; the others are over."""

    UNKNOWN = "unknown"
    WAITING = "waiting"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    DONE = "done"


def state_of(reset: FactorReset | None) -> State:
    """Where the reset is. Past its time it counts as done: whoever looks next makes it so."""
    if reset is None:
        return State.UNKNOWN
    if reset.refused_at is not None:
        return State.REFUSED
    if reset.cancelled_at is not None:
        return State.CANCELLED
    if reset.done_at is not None or reset.effective_at <= clock.now():
        return State.DONE
    return State.WAITING


def waiting(account_id: int) -> FactorReset | None:
    """The reset of that account which is neither refused, cancelled nor done; in the scope of its establishment."""
    return FactorReset.objects.filter(
        membership_id=account_id, refused_at=None, cancelled_at=None, done_at=None
    ).first()


class Obstacle(enum.Enum):
    """Why no reset may be asked for."""

    ONESELF = "oneself"
    CLOSED = "closed"
    ELSEWHERE = "elsewhere"
    NO_FACTOR = "no factor"


def obstacle(who: Standing, account: Membership) -> Obstacle | None:
    """What stands against a reset of that account by that administrator; None for nothing."""
    if account.pk == who.membership_id:
        return Obstacle.ONESELF
    if (found := closed_or_elsewhere(account)) is not None:
        return found
    return None if factors_of(account.person_id or 0).any else Obstacle.NO_FACTOR


def closed_or_elsewhere(account: Membership) -> Obstacle | None:
    """What must still hold on the day of the effect: an active account, and no other employer."""
    if account.person_id is None or status_of(account) not in (Status.ACTIVE, Status.RENEWING):
        return Obstacle.CLOSED
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_only_here(%s, %s)", [account.person_id, account.establishment_id])
        return None if cursor.fetchone()[0] else Obstacle.ELSEWHERE
