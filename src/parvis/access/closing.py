"""Accounts that nobody uses any more: deleted for good once their time is over. Run by `parvis daily`, as the owner."""

from django.db.models import Q

from parvis.access.actions.lifecycle import delete_over
from parvis.access.models import Membership
from parvis.ground import clock, tenancy
from parvis.ground.retention import before
from parvis.ground.tenancy import Refused
from parvis.journal.actions import SYSTEM


def delete_closed_accounts() -> int:
    """Delete the accounts deactivated or expired for `PARVIS_CLOSED_ACCOUNT_RETENTION`; returns how many.

    Each on its own, as « Supprimer » does it, in its establishment's scope: with the last one of a person, the person.
    """
    limit = before(clock.now(), "PARVIS_CLOSED_ACCOUNT_RETENTION")
    over = Q(deactivated_at__lt=limit) | Q(deactivated_at=None, expired_at__lt=limit)
    with tenancy.scope(role="parvis_owner", read_only=True):
        found = list(
            Membership.objects.filter(over).order_by("establishment_id", "id").values_list("establishment_id", "id")
        )
    return sum(_delete(where, number, over) for where, number in found)


def _delete(where: int, account_id: int, over: Q) -> bool:
    try:
        with tenancy.scope(establishment=where):
            return delete_over(actor=SYSTEM, account_id=account_id, over=over)
    except Refused:
        # Nobody else administers there: an adviser first sees to it that somebody does.
        return False
