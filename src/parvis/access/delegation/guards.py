"""What holds before a proposal is made or accepted: who administers, room for it, and two people who want it."""

from django.conf import settings
from django.db import connection

from parvis.access.actions.guards import active_administrators, not_limited
from parvis.access.delegation.parties import Parties
from parvis.access.delegation.state import asked_since
from parvis.access.models import Delegation, Membership
from parvis.access.standing import Standing
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import de
from parvis.ground.tenancy import Refused

NOT_YOURS = "Seule une personne qui administre l’établissement peut le faire."
WITH_ONESELF = (
    "Vous avez fait vous-même cette proposition pour {facing} : une autre personne qui administre l’un des deux "
    "établissements doit y répondre, ou la faire à votre place."
)


def administering(who: Standing) -> None:
    """Refuse whoever does not administer, or only reads for now. Raises Refused."""
    if not who.administers:
        raise Refused(NOT_YOURS)
    not_limited(who)


def take_place(parties: Parties) -> None:
    """One of the organisation's open proposals; counted one request after the other. Raises Refused when all are."""
    most, today = settings.PARVIS_DELEGATION_OPEN, clock.today()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT access_proposal_place(%s, %s, %s, %s)",
            [parties.organisation.id, most, asked_since(today), today],
        )
        if not cursor.fetchone()[0]:
            raise Refused(
                f"{most} propositions {de(parties.organisation.name)} attendent déjà une réponse : c’est le plus "
                "possible. Attendez des réponses, ou retirez des propositions."
            )


def not_with_oneself(who: Standing, delegation: Delegation, parties: Parties) -> None:
    """Refuse who accepts on one side what they proposed on the other: by way of the organisation they would give
    themselves rights that nobody gave. As with one's own rights, the giver's only administrator may. In the giver's
    scope.
    """
    with tenancy.scope(person=who.person_id, role=tenancy.PERSON, read_only=True):
        own = Membership.objects.filter(ref=delegation.proposed_by).exists()
    if own and active_administrators() != 1:
        raise Refused(WITH_ONESELF.format(facing=parties.facing.name))
