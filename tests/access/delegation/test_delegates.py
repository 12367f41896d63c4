"""What a delegate does, what they never see, and that they never outlive the delegation."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from parvis.access import registry
from parvis.access.actions.guards import actor_of
from parvis.access.delegation.actions import end, narrow
from parvis.access.levels import Level
from parvis.access.models import Assignment, DelegateVisit, Membership, Right, TermsAcceptance
from parvis.access.standing import standing
from parvis.ground import clock, tenancy
from parvis.journal.actions import DELEGATE, record
from parvis.journal.models import Event
from parvis.journal.queries import HistoryFilters, history
from tests.access.delegation.conftest import Centre
from tests.access.delegation.hands import DAY, accepted, acting
from tests.plugins.html import ReadingClient
from tests.world import Someone, World, someone

SignedIn = Callable[[Someone], ReadingClient]


def at(world: World, rest: str = "") -> str:
    return f"/etablissements/{world.here.siret}/{rest}"


def opening(world: World, code: str) -> str:
    """A service's first page."""
    service = registry.get(code)
    assert service is not None
    return service.address(world.here.siret)


def test_a_delegate_opens_the_delegated_services_alone(world: World, centre: Centre, signed_in: SignedIn) -> None:
    accepted(world.administrator, centre.chief)
    browser = signed_in(centre.agent)
    home = browser.get(at(world)).content.decode()
    assert "Correspondants" in home and "Contrats avec les fonds" in home
    assert browser.get(opening(world, "correspondants")).status_code == 200
    assert browser.get(opening(world, "contrats")).status_code == 200
    refused = browser.get(opening(world, "mon-etablissement"))
    assert refused.status_code == 403
    assert "Sophie Roche" in refused.content.decode() and "Claire Dubois" not in refused.content.decode()


@pytest.mark.parametrize(
    "closed",
    [
        "comptes/",
        "comptes/creer/",
        "comptes/comptes.csv",
        "historique/",
        "historique/historique.csv",
        "delegations/",
        "delegations/proposer/",
        "delegations/demander/",
        "conditions-generales/",
        "mon-etablissement/",
        "modeles/",
    ],
)
def test_a_delegate_sees_no_accounts_rights_or_journal_and_delegates_no_further(
    world: World, centre: Centre, signed_in: SignedIn, closed: str
) -> None:
    accepted(world.administrator, centre.chief)
    refused = signed_in(centre.agent).get(at(world, closed))
    shown = refused.content.decode()
    assert refused.status_code == 403
    # Whom to ask: those of their own organisation.
    assert "Sophie Roche" in shown
    for hidden in ("Claire Dubois", "Paul Girard", "Léa Martin", world.administrator.membership.email):
        assert hidden not in shown


def test_a_delegate_accepts_nothing_for_the_establishment(world: World, centre: Centre, signed_in: SignedIn) -> None:
    accepted(world.administrator, centre.chief)
    for who in (centre.agent, centre.chief):
        answer = signed_in(who).post(at(world, "conditions-generales/"), {"version": "1", "text": "x"})
        assert answer.status_code in (403, 404)
        assert signed_in(who).post(at(world, "comptes/creer/")).status_code in (403, 404)


def test_every_way_from_a_delegates_home_leads_somewhere(
    world: World, centre: Centre, signed_in: SignedIn, as_owner: object
) -> None:
    """The terms too, while the establishment is asked to accept them, and once it is closed for want of it."""
    accepted(world.administrator, centre.chief)
    browser = signed_in(centre.agent)
    for asked in (False, True):
        if asked:
            TermsAcceptance.objects.filter(establishment=world.here).delete()
        home = browser.get(at(world)).content.decode()
        assert ("Conditions générales à accepter" in home) == asked
        for href in sorted(set(re.findall(r'href="(/(?!static/)[^"#]*)"', home))):
            assert browser.get(href, follow=True).status_code == 200, href


def test_a_delegate_reads_why_of_the_delegated_services_alone(
    world: World, centre: Centre, signed_in: SignedIn, as_owner: object
) -> None:
    """Which other services the establishment has says with which funds it holds contracts."""
    accepted(world.administrator, centre.chief)
    browser, mine = signed_in(centre.agent), f"/mon-compte/droits/{world.here.siret}/"
    assert browser.get(f"{mine}contrats/").status_code == 200
    for code in ("mon-etablissement", "gestion-des-comptes"):
        assert browser.get(f"{mine}{code}/").status_code == 404
    # No account of their own there.
    assert browser.get(mine).status_code == 404
    # An account that is closed: what they read is what they hold by the delegation.
    someone(world.here, "Hugo", "Blanc", person=centre.agent.person)
    Membership.objects.filter(establishment=world.here, person=centre.agent.person).update(deactivated_at=clock.now())
    answer = browser.get(mine)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Correspondants" in text and "Mon établissement</" not in text.partition("<main")[2]


def test_a_delegate_obeys_from_the_next_request_on(
    world: World, centre: Centre, signed_in: SignedIn, move: Any
) -> None:
    browser, where = signed_in(centre.agent), opening(world, "correspondants")
    made = accepted(world.administrator, centre.chief)
    assert browser.get(where).status_code == 200
    left = {"contrats": Level.READ}
    acting(
        world.administrator,
        lambda here: narrow(who=here, ref=made.ref, services=left, ends_on=clock.today() + DAY, letters=False),
    )
    assert browser.get(where).status_code == 403
    assert browser.get(opening(world, "contrats")).status_code == 200
    acting(centre.chief, lambda here: end(who=here, ref=made.ref, reason="La convention est dénoncée."))
    # Nothing says any more that the establishment is known here.
    assert browser.get(opening(world, "contrats")).status_code == 404
    assert browser.get(at(world)).status_code == 404


def test_a_delegate_does_not_outlive_the_last_day(world: World, centre: Centre, signed_in: SignedIn, move: Any) -> None:
    accepted(world.administrator, centre.chief, ends_on=clock.today() + DAY)
    assert signed_in(centre.agent).get(opening(world, "contrats")).status_code == 200
    move(DAY)
    assert signed_in(centre.agent).get(opening(world, "contrats")).status_code == 200
    move(DAY)
    assert signed_in(centre.agent).get(opening(world, "contrats")).status_code == 404


def test_working_for_a_client_renews_nobody_in_their_own_organisation(
    world: World, centre: Centre, signed_in: SignedIn, as_owner: object
) -> None:
    """The organisation's last administrator, past the day, reads there and here, until they renew themselves."""
    accepted(world.administrator, centre.chief)
    Assignment.objects.filter(membership=centre.agent.membership).update(membership=centre.chief.membership)
    # Both visit their clients; the one who is not past the day does not expire.
    for one, days in ((centre.chief, 700), (centre.aside, 30)):
        ago = clock.now() - days * DAY
        Membership.objects.filter(pk=one.account_id).update(
            created_at=ago, confirmed_at=ago, last_visit_at=ago, renewed_at=None
        )
    centre.assign_to(centre.aside, world.here)
    for one in (centre.chief, centre.aside):
        assert signed_in(one).get(opening(world, "contrats")).status_code == 200
    past, ongoing = (Membership.objects.get(pk=one.account_id) for one in (centre.chief, centre.aside))
    assert past.last_visit_at == past.created_at
    assert ongoing.last_visit_at is not None and ongoing.last_visit_at > ongoing.created_at


def test_the_journal_writes_on_whose_behalf(world: World, centre: Centre, signed_in: SignedIn) -> None:
    accepted(world.administrator, centre.chief)
    browser = signed_in(centre.agent)
    assert browser.get(at(world)).status_code == 200
    with tenancy.scope(person=centre.agent.person.pk, establishment=world.here.pk):
        here = standing(centre.agent.person.pk, world.here.pk)
        assert here is not None and here.delegate is not None
        record("account.exported", actor=actor_of(here), after={"rows": 1, "format": "csv", "filter": ""})
        assert Event.objects.latest("id").origin == DELEGATE
        line = history(HistoryFilters(kind="account.exported")).lines[0]
    assert line.actor == f"Hugo Blanc ({centre.place.name}), pour le compte de l’établissement"


def test_who_has_an_account_here_too_works_by_the_delegation_where_it_gives_more(
    world: World, centre: Centre, signed_in: SignedIn, as_owner: Any
) -> None:
    """A visit of the delegate's, and « pour le compte de », where their own account would not have been enough."""
    accepted(world.administrator, centre.chief)
    own = someone(
        world.here,
        "Hugo",
        "Blanc",
        person=centre.agent.person,
        rights={"contrats": Level.READ, "correspondants": Level.READ},
    )
    browser = signed_in(centre.agent)
    visits = DelegateVisit.objects.filter(establishment=world.here, member=centre.agent.membership.ref)
    for address in (at(world), opening(world, "contrats")):
        assert browser.get(address).status_code == 200
        assert not visits.exists()
    assert browser.get(opening(world, "correspondants")).status_code == 200
    assert visits.get().organisation_id == centre.place.pk
    actors = {
        code: _actor_at(world, centre.agent, code) for code in ("", "contrats", "correspondants", "mon-etablissement")
    }
    mine = (own.membership.ref, "web")
    assert actors == {
        "": mine,
        "contrats": mine,
        "mon-etablissement": mine,
        "correspondants": (centre.agent.membership.ref, DELEGATE),
    }
    # Their own account gives as much now: they work by it.
    Right.objects.filter(membership=own.membership, service="correspondants").update(level=Level.WRITE)
    assert _actor_at(world, centre.agent, "correspondants") == mine


def _actor_at(world: World, who: Someone, code: str) -> tuple[Any, str]:
    with tenancy.scope(person=who.person.pk, establishment=world.here.pk):
        here = standing(who.person.pk, world.here.pk)
        assert here is not None
        actor = actor_of(here, service=code)
        return actor.ref, actor.origin


def test_who_answered_on_the_other_side_is_named_with_their_establishment(world: World, centre: Centre) -> None:
    accepted(world.administrator, centre.chief)
    with tenancy.scope(establishment=world.here.pk):
        line = history(HistoryFilters(kind="delegation.accepted")).lines[0]
    assert line.actor == f"Sophie Roche ({centre.place.name})"
    assert f"Organisme\u00a0: {centre.place.name}" in line.text
    assert "Correspondants\u00a0: Modification" in line.text
    with tenancy.scope(establishment=centre.place.pk):
        line = history(HistoryFilters(kind="delegation.proposed")).lines[0]
    assert line.actor == "Claire Dubois (Annecy)"
