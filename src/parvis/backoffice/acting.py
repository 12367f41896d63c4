"""How an adviser writes in an establishment: their check and fund first, then that establishment's own scope.

Everything is inside the request's transaction: the adviser's scope (rows of their funds, locked to this address's
establishment) is left for the establishment's, and comes back.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from parvis.advisers.standing import AdviserStanding
from parvis.establishments.models import Contract
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.actions import remember_name


def fund_of(who: AdviserStanding, establishment: int) -> str:
    """The fund under which a case of that establishment is opened: one of the adviser's that it deals with.

    A contract in force before one that has ended. Raises Refused where there is none: nothing may be done there.
    """
    held = Contract.objects.filter(establishment_id=establishment, fund__in=who.funds).order_by("ends_on", "fund")
    funds = sorted(held.values_list("ends_on", "fund"), key=lambda one: (one[0] is not None, one[1]))
    if not funds:
        raise Refused("Cet établissement n’a pas de contrat avec l’un de vos fonds.")
    return str(funds[0][1])


@contextmanager
def within(who: AdviserStanding, establishment: int) -> Iterator[None]:
    """The establishment's own scope, its journal knowing who acts. Raises Refused for one of other funds."""
    fund_of(who, establishment)
    with tenancy.scope(establishment=establishment):
        remember_name(who.ref, who.signature, establishment=establishment)
        yield
