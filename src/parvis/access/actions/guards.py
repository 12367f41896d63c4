"""The rules that hold on every path: nobody acts on themselves; one active, confirmed administrator always remains."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection

from parvis.access.decision import decide, mandate_behind
from parvis.access.models import Membership
from parvis.access.registry import get
from parvis.access.standing import Standing
from parvis.access.status import EXPIRES_SQL, active_administrator_sql, values
from parvis.ground import tenancy
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused
from parvis.journal.actions import DELEGATE, Actor

LAST_ADMINISTRATOR = (
    "Il resterait un établissement sans administrateur ou administratrice. Donnez d’abord le profil "
    "« Administrateur », sans date de fin, à une autre personne dont le compte est actif."
)
ONESELF = "Personne ne change son propre profil, ses propres droits ni ses propres dates : demandez-le à {who}."

STOOD_IN_FOR = (
    "Vous administrez à la place de {name} : son compte reste tel quel jusqu’à son retour. Si cette personne ne "
    "revient pas, donnez le profil « Administrateur » à quelqu’un d’autre, qui pourra le fermer."
)

LIMITED = (
    "Votre accès vient d’être rétabli : jusqu’au {until} inclus, vous consultez les comptes et l’historique sans rien "
    "y changer."
)


def actor_of(who: Standing, *, service: str = "") -> Actor:
    """The journal's actor for a person who acts in an establishment; a delegate acts « pour le compte de ».

    `service`: the code of the one that is acted in. Who has an account of their own acts by it, unless a delegation
    alone gives them the level there.
    """
    if who.delegate is not None:
        return Actor(ref=who.ref, person_id=who.person_id, origin=DELEGATE)
    declared = get(service) if service and who.mandates else None
    if declared is not None and (mandate := mandate_behind(decide(who, declared))) is not None:
        return Actor(ref=mandate.member, person_id=who.person_id, origin=DELEGATE)
    return Actor(ref=who.ref, person_id=who.person_id)


def locked(establishment: int) -> None:
    """Take the establishment's lock until the end of the transaction: changes of its administrators come one by one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM establishments_establishment WHERE id = %s FOR NO KEY UPDATE", [establishment])


class Counted(NamedTuple):
    """An active administrator: without an end date, and still open by the calendar alone."""

    lasting: bool
    open: bool


ADMINISTRATORS_SQL = f"""
SELECT m.id, m.ends_on IS NULL, {EXPIRES_SQL} >= %(today)s FROM access_membership m
WHERE m.establishment_id = %(establishment)s AND {active_administrator_sql()}
"""


def _administrators() -> dict[int, Counted]:
    with connection.cursor() as cursor:
        cursor.execute(ADMINISTRATORS_SQL, {"establishment": tenancy.current().establishment, **values()})
        return {number: Counted(lasting, open) for number, lasting, open in cursor}


def active_administrator_ids() -> list[int]:
    """The accounts of the active administrators of the establishment in scope."""
    return sorted(_administrators())


def lasting_administrators() -> set[int]:
    """Those of them who are open by the calendar and have no end date: one must be left by what takes others away."""
    return {number for number, one in _administrators().items() if one.lasting and one.open}


def active_administrators() -> int:
    """How many administrators of the establishment in scope are active today, « À renouveler » included."""
    return len(_administrators())


@contextmanager
def administered() -> Iterator[None]:
    """Around every change that could take an administrator away: locks before, counts after, refuses at zero.

    Under parallel requests the second waits for the first and then counts what the first left. Whoever would come back
    as « À renouveler » only because the others go does not count: nobody knows whether they are still there.
    """
    locked(tenancy.current().establishment)
    before = _administrators()
    yield
    left = {number: one for number, one in _administrators().items() if one.open or number in before}
    lasted = any(one.lasting for one in before.values())
    # Where nobody lasting administered before (an import), what takes nobody away is still allowed.
    if not any(one.lasting for one in left.values()) and (lasted or len(left) < len(before)):
        raise Refused(LAST_ADMINISTRATOR)


def not_limited(who: Standing) -> None:
    """Refuse to who got the profile through a recovery, as long as those who know the establishment may object.

    The pages refuse first (`rules.administrator`); this holds whatever way leads to the act.
    """
    if who.limited and who.limited_until is not None:
        raise Refused(LIMITED.format(until=date_long(who.limited_until)))


def not_oneself(who: Standing, account: Membership, *, opening: bool = False) -> None:
    """Refuse an act on one's own profile, rights or dates.

    A deputy who administers in somebody's place may not close or change their account either, so that they find it as
    it was: to open it (`opening`: renew, unblock) is all.
    """
    not_limited(who)
    if account.pk == who.membership_id:
        raise Refused(ONESELF.format(who="un autre administrateur ou une autre administratrice"))
    if account.pk == who.stands_in_for and not opening:
        raise Refused(STOOD_IN_FOR.format(name=account.name))


def account_for_update(account_id: int) -> Membership:
    """The account, locked until the end of the transaction. Raises Refused when it is no longer there."""
    account = Membership.objects.select_for_update(of=("self",)).filter(pk=account_id).first()
    if account is None:
        raise Refused("Ce compte n’existe plus : quelqu’un l’a supprimé entre-temps.")
    return account
