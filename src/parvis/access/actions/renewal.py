"""Renewing: a new period from today, and the end date with it. One account, several at once, or one's own."""

import datetime
from collections.abc import Collection

from django.conf import settings
from django.db import connection

from parvis.access.actions.guards import (
    account_for_update,
    actor_of,
    administered,
    locked,
    not_oneself,
)
from parvis.access.actions.links import send_owed_link, send_owed_links
from parvis.access.models import Membership
from parvis.access.queries.account import status_of
from parvis.access.standing import Standing
from parvis.access.status import Status, expires_on, new_period
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long, number, plural
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Change, record, record_changes
from parvis.post.actions import queue, queue_each


def usual_end(account: Membership) -> datetime.date | None:
    """The end date after a renewal for the usual time: one that comes before the new period's end moves there."""
    return None if account.ends_on is None else max(account.ends_on, new_period(clock.today()))


def _said(account: Membership) -> dict[str, str]:
    """What the journal keeps of the dates, before and after."""
    days = {"starts_on": account.starts_on, "ends_on": account.ends_on, "expires_on": expires_on(account)}
    return {name: day.isoformat() for name, day in days.items() if day is not None}


def _begin(account: Membership, ends_on: datetime.date | None) -> Change | None:
    """Begin the new period, in memory; None where the same was done today already (a page sent twice)."""
    now = clock.now()
    last = account.renewed_at
    today = last is not None and last.astimezone(clock.PARIS).date() == clock.today()
    if today and account.ends_on == ends_on and account.expired_at is None:
        return None
    before = _said(account)
    account.renewed_at, account.ends_on, account.expired_at = now, ends_on, None
    return Change(account.ref, before, _said(account))


def _told(account: Membership) -> bool:
    """Whether its person is told: not while the account waits for a password or is closed."""
    return account.confirmed_at is not None and account.deactivated_at is None


def _shortens(account: Membership, ends_on: datetime.date | None) -> bool:
    """Whether a renewal until that day would end the account earlier than today's end date does."""
    return ends_on is not None and (account.ends_on is None or ends_on < account.ends_on)


@action
def renew(*, who: Standing, account_id: int, ends_on: datetime.date | None) -> Membership:
    """A new period, until `ends_on` at the latest (None: no end date). An account that had expired is open at once.

    Never one's own; no end for the only administrator who has none.
    """
    if ends_on is not None and ends_on < clock.today():
        raise Refused("La nouvelle date de fin est passée : choisissez un jour à venir.", field="ends_on")
    with administered():
        account = account_for_update(account_id)
        not_oneself(who, account, opening=not _shortens(account, ends_on))
        if account.starts_on and ends_on and ends_on < account.starts_on:
            raise Refused("La date de fin précède la date de début : corrigez l’une des deux.", field="ends_on")
        change = _begin(account, ends_on)
        if change is not None:
            account.save(update_fields=["renewed_at", "ends_on", "expired_at"])
            record(
                "account.renewed", actor=actor_of(who), object=change.object, before=change.before, after=change.after
            )
            send_owed_link(account, actor_of(who))
            if _told(account):
                queue("access.renewed", object_id=account.pk, establishment=account.establishment_id, detail=_by(who))
    return account


def _by(who: Standing) -> dict[str, str]:
    return {"by": str(who.ref)}


RENEW_SQL = """
UPDATE access_membership m SET renewed_at = %(now)s, ends_on = n.ends_on, expired_at = NULL
FROM unnest(%(ids)s::bigint[], %(ends)s::date[]) AS n(id, ends_on)
WHERE m.id = n.id AND m.establishment_id = %(establishment)s
"""


@action
def renew_several(*, who: Standing, account_ids: Collection[int]) -> int:
    """Each for the usual time, all of them or none, one event each; returns how many.

    The number of statements does not depend on theirs. Raises Refused where one is no longer there, is one's own, or
    is deactivated: nobody is renewed by a list that has changed since it was read.
    """
    wanted = set(account_ids)
    if not wanted:
        raise Refused("Aucun compte n’est choisi : cochez-en au moins un.")
    if len(wanted) > settings.PARVIS_RENEWAL_LIMIT:
        raise Refused(too_many(len(wanted)))
    establishment = tenancy.current().establishment
    locked(establishment)
    found = list(Membership.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    if len(found) < len(wanted):
        raise Refused(
            "Un compte de la liste n’existe plus : rien n’est renouvelé. Vérifiez la liste, puis recommencez."
        )
    for account in found:
        not_oneself(who, account, opening=True)
        if account.deactivated_at is not None:
            raise Refused(f"Le compte de {account.name} est désactivé : rien n’est renouvelé. Recommencez sans lui.")
    begun = [(account, change) for account in found if (change := _begin(account, usual_end(account)))]
    with connection.cursor() as cursor:
        cursor.execute(
            RENEW_SQL,
            {
                "now": clock.now(),
                "ids": [account.pk for account, _ in begun],
                "ends": [account.ends_on for account, _ in begun],
                "establishment": establishment,
            },
        )
    record_changes("account.renewed", actor=actor_of(who), changes=[change for _, change in begun])
    send_owed_links([account for account, _ in begun], actor_of(who))
    told = [(establishment, account.pk) for account, _ in begun if _told(account)]
    queue_each("access.renewed", told, detail=_by(who))
    return len(found)


def too_many(count: int) -> str:
    """The sentence for a list too long to be renewed in one action."""
    return (
        f"La liste compte {plural(count, 'compte', 'comptes')}, et l’on en renouvelle au plus "
        f"{number(settings.PARVIS_RENEWAL_LIMIT)} en une fois : réduisez-la avec un filtre."
    )


@action
def renew_oneself(*, who: Standing) -> Membership:
    """The last administrator, past the day: a new period, and no end date where theirs has passed.

    Judged again under the establishment's lock: of two who were past the same day, the first to renew renews the other.
    """
    locked(who.establishment_id)
    account = account_for_update(who.membership_id)
    status = status_of(account)
    if status is Status.EXPIRED:
        raise Refused(
            "Quelqu’un d’autre administre désormais cet établissement : demandez-lui de renouveler votre accès."
        )
    if status is not Status.RENEWING:
        raise Refused(f"Votre accès est ouvert jusqu’au {date_long(expires_on(account))} : il n’y a rien à renouveler.")
    ended = account.ends_on is not None and account.ends_on < clock.today()
    change = _begin(account, None if ended else account.ends_on)
    if change is not None:
        account.save(update_fields=["renewed_at", "ends_on", "expired_at"])
        record(
            "account.renewed_by_oneself",
            actor=actor_of(who),
            object=change.object,
            before=change.before,
            after=change.after,
        )
        queue("access.renewed_by_oneself", object_id=account.pk, establishment=account.establishment_id)
    return account
