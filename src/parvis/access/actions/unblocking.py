"""An administrator unblocks a colleague whose password sign-in is refused until somebody does."""

from parvis.access.actions.guards import account_for_update, actor_of, not_oneself
from parvis.access.models import Membership
from parvis.access.standing import Standing
from parvis.ground import tenancy
from parvis.ground.pages.filters import de
from parvis.ground.tenancy import Refused, action
from parvis.identity import lockout
from parvis.identity.models import Email
from parvis.journal.actions import record
from parvis.post.actions import queue


@action
def unblock(*, who: Standing, account_id: int) -> Membership:
    """Every counter of failures of the person starts anew; they are told at each of their verified addresses.

    Nothing else changes: neither password nor second factor. Raises Refused where nothing is blocked any more.
    """
    account = account_for_update(account_id)
    not_oneself(who, account, opening=True)
    if account.person_id is None or not lockout.blocked_among([account.person_id]):
        raise Refused(f"Le compte {de(account.name)} n’est pas, ou n’est plus, bloqué : il n’y a rien à faire.")
    lockout.unblock(account.person_id)
    record("account.unblocked", actor=actor_of(who), object=account.ref)
    with tenancy.scope(person=account.person_id, role=tenancy.PERSON, read_only=True):
        verified = Email.objects.filter(verified_at__isnull=False).order_by("id")
        emails = list(verified.values_list("pk", flat=True))
    for email_id in emails:
        queue(
            "access.unblocked",
            object_id=account.pk,
            establishment=account.establishment_id,
            detail={"by": who.membership_id, "email": email_id},
        )
    return account
