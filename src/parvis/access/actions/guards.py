"""The rules that hold on every path: nobody acts on themselves; one active, confirmed administrator always remains."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from parvis.access.decision import Standing
from parvis.access.models import Membership, Profile
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.actions import Actor

LAST_ADMINISTRATOR = (
    "Il resterait un établissement sans administrateur ou administratrice. Donnez d’abord le profil "
    "« Administrateur », sans date de fin, à une autre personne dont le compte est actif."
)
ONESELF = "Personne ne change son propre profil, ses propres droits ni ses propres dates : demandez-le à {who}."


def actor_of(who: Standing) -> Actor:
    """The journal's actor for a person who acts in an establishment."""
    return Actor(ref=who.ref, person_id=who.person_id)


def locked(establishment: int) -> None:
    """Take the establishment's lock until the end of the transaction: changes of its administrators come one by one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM establishments_establishment WHERE id = %s FOR NO KEY UPDATE", [establishment])


def lasting_administrators() -> int:
    """How many administrators of the establishment in scope are active, confirmed, begun, and without an end date."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM access_membership WHERE establishment_id = %s AND profile = %s "
            "AND confirmed_at IS NOT NULL AND deactivated_at IS NULL AND ends_on IS NULL "
            "AND (starts_on IS NULL OR starts_on <= %s)",
            [tenancy.current().establishment, Profile.ADMINISTRATOR.value, clock.today()],
        )
        return int(cursor.fetchone()[0])


def active_administrators() -> int:
    """How many administrators of the establishment in scope are active today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM access_membership WHERE establishment_id = %(e)s AND profile = %(p)s "
            "AND confirmed_at IS NOT NULL AND deactivated_at IS NULL AND (ends_on IS NULL OR ends_on >= %(d)s) "
            "AND (starts_on IS NULL OR starts_on <= %(d)s)",
            {
                "e": tenancy.current().establishment,
                "p": Profile.ADMINISTRATOR.value,
                "d": clock.today(),
            },
        )
        return int(cursor.fetchone()[0])


@contextmanager
def administered() -> Iterator[None]:
    """Around every change that could take an administrator away: locks before, counts after, refuses at zero.

    Under parallel requests the second waits for the first and then counts what the first left.
    """
    locked(tenancy.current().establishment)
    lasting, active = lasting_administrators(), active_administrators()
    yield
    # Where nobody lasting administered before (an import), what takes nobody away is still allowed.
    if lasting_administrators() == 0 and (lasting > 0 or active_administrators() < active):
        raise Refused(LAST_ADMINISTRATOR)


def not_oneself(who: Standing, account: Membership) -> None:
    """Refuse an act on one's own profile, rights or dates."""
    if account.pk == who.membership_id:
        raise Refused(ONESELF.format(who="un autre administrateur ou une autre administratrice"))


def account_for_update(account_id: int) -> Membership:
    """The account, locked until the end of the transaction. Raises Refused when it is no longer there."""
    account = Membership.objects.select_for_update(of=("self",)).filter(pk=account_id).first()
    if account is None:
        raise Refused("Ce compte n’existe plus : quelqu’un l’a supprimé entre-temps.")
    return account
