"""Closing and opening accounts: deactivate, reactivate, delete; each concerns this establishment alone."""

from django.db import connection
from django.db.models import Q

from parvis.access.actions.guards import account_for_update, actor_of, administered, not_oneself
from parvis.access.actions.links import send_owed_link
from parvis.access.models import Membership
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.pages.filters import de
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Actor, record


@action
def deactivate(*, who: Standing, account_id: int) -> Membership:
    """Close the account here until it is reactivated; its rights are kept. From the person's next request on."""
    with administered():
        account = account_for_update(account_id)
        not_oneself(who, account)
        if account.deactivated_at is None:
            account.deactivated_at = clock.now()
            account.save(update_fields=["deactivated_at"])
            record("account.deactivated", actor=actor_of(who), object=account.ref)
    return account


@action
def reactivate(*, who: Standing, account_id: int) -> Membership:
    """Open a deactivated account again, with the rights that it had."""
    account = account_for_update(account_id)
    not_oneself(who, account)
    if account.deactivated_at is None:
        raise Refused(f"Le compte {de(account.name)} n’est pas désactivé.")
    account.deactivated_at = None
    account.save(update_fields=["deactivated_at"])
    record("account.reactivated", actor=actor_of(who), object=account.ref)
    send_owed_link(account, actor_of(who))
    return account


@action
def delete(*, who: Standing, account_id: int) -> str:
    """Delete the account. Returns the name, for the message.

    With the person's last membership their e-mails, telephones, password and sessions are erased at once; the name
    stays readable in the journal for the time that the retention says. The identifier is never given again.
    """
    with administered():
        account = account_for_update(account_id)
        not_oneself(who, account)
        return _erase(actor_of(who), account)


@action
def delete_over(*, actor: Actor, account_id: int, over: Q) -> bool:
    """The same without anybody who asks for it, where the account still is one of `over`; whether it was."""
    with administered():
        account = Membership.objects.select_for_update(of=("self",)).filter(over, pk=account_id).first()
        if account is not None:
            _erase(actor, account)
    return account is not None


def _erase(actor: Actor, account: Membership) -> str:
    name, person_id, identifier = account.name, account.person_id, account.identifier
    record(
        "account.deleted",
        actor=actor,
        object=account.ref,
        before={
            "profile": account.profile,
            "rights": {right.service: {"level": right.level} for right in account.rights.all()},
        },
    )
    account.delete()
    with connection.cursor() as cursor:
        if person_id is not None:
            cursor.execute(
                "SELECT access_withdraw(%s, %s, %s, %s)", [identifier, person_id, account.email, account.phone]
            )
            cursor.execute("SELECT access_forget_person(%s, %s)", [person_id, clock.now()])
    return name
