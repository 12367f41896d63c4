"""The clients (« établissements suivis ») of the organisation in scope, read under the role `parvis_portfolio`."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection

from parvis.access.standing import Standing
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused

NOT_ACTING = "Votre établissement n’agit pas pour d’autres : il n’a pas d’établissements suivis."
NOT_CLIENTS = (
    "Un établissement choisi ne vous a pas donné de délégation, ou y a mis fin : rien n’est enregistré. "
    "Revenez à la liste, puis recommencez sans lui."
)


@contextmanager
def as_portfolio(who: Standing) -> Iterator[None]:
    """For a while: what others gave the organisation of `who`, to be read alone."""
    with tenancy.scope(person=who.person_id, establishment=who.establishment_id, role=tenancy.PORTFOLIO):
        yield


def acting(who: Standing) -> None:
    """Refuse who does not administer an organisation that acts for others."""
    if not who.acts_for_others or not who.administers:
        raise Refused(NOT_ACTING)


# Delegation d was accepted, and is neither replaced nor over: it holds, or will.
OPEN_SQL = "d.accepted_at IS NOT NULL AND d.replaced_at IS NULL AND d.ended_at IS NULL AND d.ends_on >= %(today)s"


def open_clients(who: Standing, wanted: Collection[int]) -> dict[int, str]:
    """The SIRET of each client, by id. Raises Refused where one gave no delegation that holds or will."""
    with as_portfolio(who), connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT e.id, e.siret FROM establishments_establishment e WHERE e.id = ANY(%(wanted)s)
            AND EXISTS (SELECT 1 FROM access_delegation d WHERE d.establishment_id = e.id
              AND d.organisation_id = %(organisation)s AND {OPEN_SQL}) ORDER BY e.sort_key, e.id""",
            {"wanted": list(wanted), "organisation": who.establishment_id, "today": clock.today()},
        )
        found = dict(cursor.fetchall())
    if len(found) < len(set(wanted)):
        raise Refused(NOT_CLIENTS)
    return found


def sirets_of(who: Standing, wanted: Collection[int]) -> dict[int, str]:
    """The SIRET of establishments that a delegation, whatever became of it, binds to the organisation."""
    with as_portfolio(who), connection.cursor() as cursor:
        cursor.execute("SELECT id, siret FROM establishments_establishment WHERE id = ANY(%s)", [list(wanted)])
        return dict(cursor.fetchall())
