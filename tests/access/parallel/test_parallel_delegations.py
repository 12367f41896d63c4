"""Delegations: both sides act at the same moment."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings

from parvis.access.delegation.actions import accept, propose, withdraw
from parvis.access.delegation.state import Side, State, state_of
from parvis.access.delegation.terms import ProposedTerms
from parvis.access.levels import Level
from parvis.access.models import Delegation, Profile
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from tests.access.parallel.hands import ROUNDS, Made, acting, at_once, place
from tests.world import Someone, someone

Committed = Callable[[Made], Any]


def terms() -> ProposedTerms:
    today = clock.today()
    return ProposedTerms({"contrats": Level.READ}, today, today + datetime.timedelta(days=30), "Un motif.")


def sides(committed: Committed) -> tuple[Someone, Someone]:
    """Who administers the giver, and who administers an organisation that may act for others."""

    def make() -> tuple[Someone, Someone]:
        giver, organisation = place(), place()
        Establishment.objects.filter(pk=organisation.pk).update(acts_for_others=True)
        return (
            someone(giver, "Alix", "Essai", Profile.ADMINISTRATOR),
            someone(organisation, "Zoé", "Essai", Profile.ADMINISTRATOR),
        )

    return committed(make)


def proposal(who: Someone, to: Someone, side: str) -> Callable[[], Any]:
    other = to.membership.establishment_id
    return acting(who, lambda here: propose(who=here, other_id=other, terms=terms(), side=side))


def row(where: int, ref: uuid.UUID) -> Delegation:
    with tenancy.scope(establishment=where):
        return Delegation.objects.get(ref=ref)


def test_accepted_and_withdrawn_at_once_is_one_of_both(committed: Committed) -> None:
    giver, organisation = sides(committed)
    where = giver.membership.establishment_id
    for _ in range(ROUNDS):
        made = proposal(giver, organisation, Side.ESTABLISHMENT)()
        taken, given = at_once(
            acting(giver, lambda here, r=made.ref: withdraw(who=here, ref=r)),
            acting(organisation, lambda here, r=made.ref: accept(who=here, ref=r)),
        )
        assert sum(isinstance(answer, Refused) for answer in (taken, given)) == 1
        state = state_of(row(where, made.ref))
        assert state is (State.WITHDRAWN if isinstance(given, Refused) else State.IN_FORCE)
        for here in (giver, organisation):
            with tenancy.scope(establishment=here.membership.establishment_id):
                kinds = set(Event.objects.filter(object=made.ref).values_list("kind", flat=True))
            assert kinds == {
                "delegation.proposed",
                "delegation.withdrawn" if state is State.WITHDRAWN else "delegation.accepted",
            }


def test_both_sides_propose_at_once_and_one_proposal_waits(committed: Committed) -> None:
    for _ in range(ROUNDS):
        giver, organisation = sides(committed)
        answers = at_once(
            proposal(giver, organisation, Side.ESTABLISHMENT), proposal(organisation, giver, Side.ORGANISATION)
        )
        assert sum(isinstance(answer, Refused) for answer in answers) == 1
        with tenancy.scope(establishment=giver.membership.establishment_id):
            assert Delegation.objects.count() == 1


def test_the_last_place_is_taken_once(committed: Committed, monkeypatch: Any) -> None:
    monkeypatch.setattr(settings, "PARVIS_DELEGATION_OPEN", 1)
    for _ in range(ROUNDS):
        (first, organisation), (second, _) = sides(committed), sides(committed)
        answers = at_once(
            *(proposal(giver, organisation, Side.ESTABLISHMENT) for giver in (first, second)),
        )
        assert sum(isinstance(answer, Refused) for answer in answers) == 1


def test_two_colleagues_accept_at_once_and_one_replaces(committed: Committed) -> None:
    giver, organisation = sides(committed)
    colleague = committed(lambda: someone(organisation.membership.establishment, "Noé", "Essai", Profile.ADMINISTRATOR))
    where = giver.membership.establishment_id
    for _ in range(ROUNDS):
        made = proposal(giver, organisation, Side.ESTABLISHMENT)()
        press = [acting(who, lambda here, r=made.ref: accept(who=here, ref=r)) for who in (organisation, colleague)]
        assert sum(isinstance(answer, Refused) for answer in at_once(*press)) == 1
        with tenancy.scope(establishment=where):
            assert Delegation.objects.filter(accepted_at__isnull=False, replaced_at=None).count() == 1
