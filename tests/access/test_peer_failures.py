"""The security failures of peers (Keycloak, Zitadel, les emplois, Canaille, Signon), each as one test of ours: the name
of each says what went wrong elsewhere. What its own part tests in depth is only shown here."""

from typing import Any

import pytest
from django.urls import URLPattern

from parvis.access.actions import changes, lifecycle, links
from parvis.access.actions.creation import Grant
from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.models import Membership, Profile, Right
from parvis.access.organisation.actions import portfolios
from parvis.access.registry import get
from parvis.access.standing import standing
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.lockout import take_try
from parvis.journal.models import Event
from tests.access.accounts.hands import SignedIn
from tests.access.first_link.hands import invite, untouched
from tests.access.parallel.hands import at_once
from tests.access.reading import acting
from tests.access.why.hands import centre, delegate, delegation
from tests.entering import code_now
from tests.identity.lockout.hands import FAILURES, SIGN_IN, WRONG_PASSWORD, request
from tests.identity.lockout.parallel.conftest import committed, person  # noqa: F401  (fixtures)
from tests.plugins.html import ReadingClient
from tests.test_addresses import OF_ESTABLISHMENT, rule_of
from tests.world import PASSWORD, Someone, World, someone

CONTRACTS, CORRESPONDENTS = "contrats", "correspondants"


def here(world: World, rest: str = "") -> str:
    return f"/etablissements/{world.here.siret}/{rest}"


def level(who: Someone, place: int, code: str) -> Level:
    service = get(code)
    assert service is not None
    with tenancy.scope(person=who.person.pk, establishment=place):
        return decide(standing(who.person.pk, place), service).level


def test_keycloak_cve_2026_94000_who_administers_a_part_gains_nothing_by_joining_a_group_that_carries_more(
    as_owner: object, world: World, signed_in: SignedIn
) -> None:
    """An organisation's administrator joins the team of a portfolio: the delegation stays the bound, and nothing of the
    client's accounts opens."""
    place = centre()
    delegation(world.here, place, {CONTRACTS: Level.READ})
    delegate(place, world.here, Level.READ, portfolio="Secteur")
    chief = someone(place, "Cyr", "Essai", Profile.ADMINISTRATOR)
    with acting(chief) as who:
        ref = portfolios.Portfolio.objects.get().ref
        portfolios.set_member(who=who, ref=ref, account_id=chief.account_id, level=Level.WRITE)
    assert level(chief, world.here.pk, CONTRACTS) is Level.READ
    assert level(chief, world.here.pk, CORRESPONDENTS) is Level.NONE
    for page in ("comptes/", "comptes/matrice/", f"comptes/{world.user.account_id}/", "historique/"):
        assert signed_in(chief).get(here(world, page)).status_code == 403
    # Nor, in one's own establishment, by changing one's own profile or rights.
    with acting(world.administrator) as who:
        with pytest.raises(Refused):
            changes.set_rights(who=who, account_id=who.membership_id, grants=[Grant(CONTRACTS, Level.READ)])
        with pytest.raises(Refused):
            changes.change_profile(who=who, account_id=who.membership_id, profile=Profile.USER)


def _filled(world: World, name: str, route: str) -> str | None:
    """The address of a route with the ids of this world; None where it needs an object that is not there."""
    known = {"<siret:siret>": world.here.siret, "<int:account_id>": str(world.reader.account_id),
             "<uuid:ref>": str(world.reader.membership.ref), "<slug:code>": CONTRACTS}  # fmt: skip
    for part, value in known.items():
        route = route.replace(part, value)
    return None if "<" in route else f"/{route}"


def test_keycloak_49312_no_sibling_of_a_page_forgets_the_check(world: World, signed_in: SignedIn) -> None:
    """Whatever shows accounts to administrators (pages, files, PDF, tabs): none opens to who does not administer."""
    browser, tried = signed_in(world.user), 0
    for name, route, pattern in OF_ESTABLISHMENT:
        rule = rule_of(pattern)
        where = _filled(world, name, route)
        if rule is not None and rule.kind == "administrator" and "GET" in rule.methods and where is not None:
            answer = browser.get(where)
            assert answer.status_code == 403, f"{name} {where}"
            assert "Marc Petit" not in answer.content.decode(), name
            tried += 1
    assert tried > 20


@pytest.mark.parametrize("page", ["comptes/", "comptes/comptes.csv", "comptes/matrice/", "historique/"])
def test_keycloak_cve_2026_14209_14614_14615_no_search_and_no_list_of_children_shows_what_the_page_would_hide(
    page: str, world: World, signed_in: SignedIn
) -> None:
    """A search in one's own establishment finds nobody of another; a foreign account's tabs do not exist."""
    browser = signed_in(world.stranger)
    own = f"/etablissements/{world.there.siret}/"
    found = browser.get(f"{own}{page}", {"q": "Martin"}).content.decode()
    assert "Léa" not in found and world.user.membership.email not in found
    for child in ("", "droits/", "historique/", "fiche.pdf", "modifier/"):
        assert browser.get(f"{own}comptes/{world.user.account_id}/{child}").status_code == 404
    assert browser.get(f"{own}comptes/matrice/{world.user.membership.ref}/").status_code == 404


def test_keycloak_cve_2026_1529_an_invitation_opens_the_one_account_that_it_was_made_for(
    world: World, client: ReadingClient
) -> None:
    """Neither a token changed by a letter nor another establishment's identifier makes it open anything else."""
    invited = invite(world)
    other = invite(world, by=world.stranger)
    forged = invited.token[:-1] + ("A" if invited.token[-1] != "A" else "B")
    assert client.get(f"/premiere-connexion/{forged}/").status_code in (404, 410, 200)
    assert not links.open_link(token=forged, identifier=invited.account.identifier, password=PASSWORD).accepted
    assert not links.open_link(token=invited.token, identifier=other.account.identifier, password=PASSWORD).accepted
    assert untouched(invited) and untouched(other)


def test_keycloak_cve_2026_1609_a_closed_account_opens_nothing_not_even_to_a_session_that_is_open(
    world: World, signed_in: SignedIn
) -> None:
    browser = signed_in(world.user)
    assert browser.get(here(world)).status_code == 200
    with acting(world.administrator) as who:
        lifecycle.deactivate(who=who, account_id=world.user.account_id)
    for page in ("", "mon-etablissement/", "comptes/"):
        assert browser.get(here(world, page)).status_code == 403, page
    assert level(world.user, world.here.pk, CONTRACTS) is Level.NONE


def test_keycloak_offboarding_a_right_taken_away_counts_for_the_session_that_is_open(
    world: World, signed_in: SignedIn
) -> None:
    """From the next request; and with the account, the last one, the session itself ends."""
    browser, service = signed_in(world.user), get(CONTRACTS)
    assert service is not None and browser.get(service.address(world.here.siret)).status_code == 200
    with acting(world.administrator) as who:
        changes.set_rights(who=who, account_id=world.user.account_id, grants=[])
    assert browser.get(service.address(world.here.siret)).status_code == 403
    with acting(world.administrator) as who:
        lifecycle.delete(who=who, account_id=world.user.account_id)
    assert browser.get(here(world))["Location"].startswith("/connexion/")


def test_zitadel_ghsa_7h8m_parallel_tries_never_exceed_the_lockout(person: Someone) -> None:  # noqa: F811
    def one() -> bool:
        return take_try(request(), person_id=person.person.pk, name=person.identifier).refused

    assert at_once(*[one] * 20).count(False) == FAILURES


def test_zitadel_ghsa_7j7j_codes_lock_as_passwords_do(world: World, client: ReadingClient) -> None:
    """Wrong codes count on the same counter: the sixth try is refused, were it the right code."""
    client.post(SIGN_IN, {"login": world.user.identifier, "password": PASSWORD})
    answers = [client.post("/second-facteur/?par=application", {"code": "000000"}) for _ in range(FAILURES)]
    assert answers[-1].status_code == 429
    last = client.post("/second-facteur/?par=application", {"code": code_now()})
    assert last.status_code != 302 or last["Location"].startswith("/connexion/")
    assert client.session.get("_auth_user_id") is None


def test_les_emplois_5430_nobody_stays_in_by_an_invitation_of_their_own(world: World) -> None:
    """Who administers cannot open, for themselves, an account that they made for somebody else."""
    invited = invite(world, by=world.second)
    with pytest.raises(Refused, match="déjà"):
        links.open_link(
            token=invited.token, identifier=invited.account.identifier, person=world.second.person
        )  # fmt: skip
    assert untouched(invited)
    with acting(world.administrator) as who:
        lifecycle.delete(who=who, account_id=world.second.account_id)
        # What they had sent stays in the list of whoever administers, and closes like any account.
        assert Membership.objects.filter(pk=invited.account.pk, created_by=world.second.membership.ref).exists()
        lifecycle.deactivate(who=who, account_id=invited.account.pk)
    assert not links.open_link(
        token=invited.token, identifier=invited.account.identifier, password=PASSWORD
    ).accepted  # fmt: skip


def _writing() -> list[Any]:
    return [
        pytest.param(name, route, pattern, id=name) for name, route, pattern in OF_ESTABLISHMENT
        if (rule := rule_of(pattern)) is not None and "POST" in rule.methods
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "route", "pattern"), _writing())
def test_canaille_0_3_7_no_get_changes_anything_nor_makes_one_somebody_else(
    name: str, route: str, pattern: URLPattern, world: World, signed_in: SignedIn
) -> None:
    where = _filled(world, name, route)
    if where is None:
        where = here(world)
    browser = signed_in(world.administrator)
    with tenancy.scope(establishment=world.here.pk):
        before = (list(Membership.objects.order_by("pk").values()), list(Right.objects.order_by("pk").values()))
        events = Event.objects.count()
    answer = browser.get(where, {"answer": "accept", "compte": str(world.reader.account_id), "confirmer": "1"})
    assert answer.status_code in (200, 302, 403, 404, 405)
    with tenancy.scope(establishment=world.here.pk):
        accounts = list(Membership.objects.order_by("pk").values())
        for row in (*accounts, *before[0]):
            row.pop("last_visit_at"), row.pop("expired_at")
        assert (accounts, list(Right.objects.order_by("pk").values())) == before
        assert Event.objects.count() == events
    assert browser.session["_auth_user_id"] == str(world.administrator.person.pk)


def test_signon_a_suspended_account_with_the_right_password_is_refused_and_leaves_an_event(
    world: World, client: ReadingClient
) -> None:
    for _ in range(FAILURES):
        client.post(SIGN_IN, {"login": world.user.identifier, "password": WRONG_PASSWORD})
    assert client.post(SIGN_IN, {"login": world.user.identifier, "password": PASSWORD}).status_code == 429
    assert client.session.get("_auth_user_id") is None
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        kinds = list(Event.objects.filter(person_id=world.user.person.pk).values_list("kind", flat=True))
    assert "identity.locked" in kinds
