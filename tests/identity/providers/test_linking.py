"""An account at a provider becomes somebody's by their own hand alone: signed in, with a fresh second factor."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.models import Email, Session
from parvis.identity.providers import actions
from tests.identity.factors.hands import CHALLENGE, CONFIRM, code_now, stale
from tests.identity.providers.conftest import Configure
from tests.identity.providers.hands import (
    SLUG,
    at_provider,
    events,
    knows,
    letters,
    link,
    linked,
    set_out,
    signed_in_as,
    there_and_back,
)
from tests.identity.providers.small_provider import SmallProvider
from tests.plugins.html import ReadingClient
from tests.world import HERE, PASSWORD, Someone, World

LINK, ADD, GIVE_UP = (
    "/connexion/relier/",
    f"/mon-compte/fournisseurs/{SLUG}/relier/",
    "/connexion/relier/renoncer/",
)
MINE = "/mon-compte/identifiants/"


def password(client: ReadingClient, who: Someone, suite: str = "") -> Any:
    return client.post("/connexion/", {"login": who.identifier, "password": PASSWORD, "suite": suite})


def first_time(client: ReadingClient, who: Someone) -> None:
    """Back from the provider for the first time, then password and second factor: as far as the page that links."""
    assert there_and_back(client)["Location"] == "/connexion/"
    assert password(client, who)["Location"] == CHALLENGE
    assert client.post(CHALLENGE, {"code": code_now()})["Location"] == LINK


# --- The first time --------------------------------------------------------------------------------------------------
def test_the_first_time_a_person_signs_in_with_both_and_the_next_time_with_the_provider_alone(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    small.told = {"given_name": "Léa", "family_name": "Martin-Dubois"}
    answer = there_and_back(client)
    page = client.get(answer["Location"]).content.decode()
    assert "Léa Martin-Dubois" in page
    assert "n’est encore relié à aucun compte Parvis" in page
    assert password(client, world.user)["Location"] == CHALLENGE
    assert client.post(CHALLENGE, {"code": code_now()})["Location"] == LINK
    page = client.get(LINK).content.decode()
    assert "Léa Martin-Dubois" in page
    assert world.user.membership.name in page
    assert linked(world.user) == []
    answer = client.post(LINK, {"choix": "relier"})
    assert answer["Location"] == "/"
    assert "vous permet désormais de vous connecter" in client.get("/", follow=True).content.decode()
    assert linked(world.user) == [(SLUG, "compte-de-lea")]
    assert [kind for kind, _ in events(world.user)] == ["signed_in", "provider_linked"]
    assert letters(world.user)[-1:] == ["provider_linked"]
    client.post("/deconnexion/")
    assert there_and_back(client)["Location"] == "/"
    assert signed_in_as(client) == world.user.person.pk


def test_in_a_trusted_browser_the_second_factor_is_asked_before_linking_all_the_same(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    there_and_back(knows(client, world.user))
    assert password(client, world.user)["Location"] == LINK
    assert client.post(LINK, {"choix": "relier"})["Location"].split("?")[0] == CONFIRM
    assert linked(world.user) == []
    client.post(CONFIRM, {"code": code_now()})
    assert linked(world.user) == [(SLUG, "compte-de-lea")]


def test_the_page_that_was_wanted_comes_after_the_linking(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    answer = there_and_back(client, suite="/mes-etablissements/")
    assert answer["Location"] == "/connexion/?suite=%2Fmes-etablissements%2F"
    password(client, world.user, "/mes-etablissements/")
    assert client.post(CHALLENGE, {"code": code_now()})["Location"] == LINK
    assert client.post(LINK, {"choix": "relier"})["Location"] == "/mes-etablissements/"


def test_the_siret_proposes_the_establishment_after_the_linking(
    small: SmallProvider, as_described: Configure, world: World, client: ReadingClient
) -> None:
    as_described(siret_claims=["siret"])
    small.told = {"siret": HERE}
    first_time(client, world.user)
    assert client.post(LINK, {"choix": "relier"})["Location"] == f"/etablissements/{HERE}/"


def test_who_does_not_want_to_link_goes_on_and_is_asked_no_more(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    first_time(client, world.user)
    assert client.post(LINK, {"choix": "renoncer"})["Location"] == "/"
    assert client.get(LINK)["Location"] == "/"
    assert client.post(LINK, {"choix": "relier"})["Location"] == "/"
    assert linked(world.user) == []
    assert letters(world.user) == []


def test_who_gives_up_on_the_sign_in_page_signs_in_as_always(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    there_and_back(knows(client, world.user))
    assert client.post(GIVE_UP)["Location"] == "/connexion/"
    assert "relié à aucun compte" not in client.get("/connexion/").content.decode()
    assert password(client, world.user)["Location"] == "/"


def test_an_account_of_nobody_waits_for_its_owner_a_quarter_of_an_hour(
    small: SmallProvider, world: World, client: ReadingClient, settings: Any, tmp_path: Path
) -> None:
    settings.PARVIS_CLOCK_FILE = tmp_path / "clock"
    there_and_back(knows(client, world.user))
    clock.move(settings.PARVIS_PROVIDERS_LINK_VALIDITY)
    assert "relié à aucun compte" not in client.get("/connexion/").content.decode()
    assert password(client, world.user)["Location"] == "/"
    assert client.get(LINK)["Location"] == "/"


def test_nobody_is_recognised_by_an_email(small: SmallProvider, world: World, client: ReadingClient) -> None:
    """Not even by one that the provider says it verified, and that signs in here."""
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        address = Email.objects.get(person=world.user.person).address
    small.claims = small.told = {"email": address, "email_verified": True}
    answer = there_and_back(knows(client, world.user))
    assert answer["Location"] == "/connexion/"
    assert signed_in_as(client) is None
    assert linked(world.user) == []


def test_the_next_person_at_a_shared_computer_links_nothing_in_passing(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    small.told = {"given_name": "Léa", "family_name": "Martin"}
    there_and_back(client)
    knows(client, world.reader)
    assert password(client, world.reader)["Location"] == LINK
    page = client.get(LINK).content.decode()
    assert "Léa Martin" in page
    assert world.reader.membership.name in page
    client.get("/mon-compte/")
    assert linked(world.reader) == []


@pytest.mark.parametrize(
    ("told", "warned"),
    [
        ({"given_name": "Zoé", "family_name": "Blanc"}, True),
        ({"given_name": "LÉA", "family_name": "MARTIN"}, False),
        ({"given_name": "Léa", "family_name": "Dubois-Martin"}, False),
        ({"name": "lea@annecy.example"}, False),
        ({"given_name": None, "family_name": None}, False),
    ],
)
def test_two_accounts_of_other_names_are_linked_with_a_warning(
    told: dict[str, Any], warned: bool, small: SmallProvider, world: World, client: ReadingClient
) -> None:
    small.told = told
    first_time(client, world.user)
    assert ("ne portent pas le même nom" in client.get(LINK).content.decode()) == warned


def test_linking_is_by_a_form_of_ours_alone(small: SmallProvider, world: World, client: ReadingClient) -> None:
    first_time(client, world.user)
    assert client.get(LINK, {"choix": "relier"}).status_code == 200
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    strict.post(LINK, {"choix": "relier"})
    assert linked(world.user) == []


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"name": "<script>alert(1)</script>"}, "&lt;script&gt;"),
        ({"name": "L" * 300}, "L" * 80 + "…"),
        ({"name": "", "given_name": 3, "family_name": ["x"], "email": "lea@annecy.example"}, "lea@annecy.example"),
        ({"name": "\u202eLéa\n\x00Martin", "given_name": None}, "Léa"),
        ({"given_name": None, "family_name": None}, "Compte sans nom"),
        ({"given_name": "Léa", "family_name": None, "usual_name": "Martin"}, "Léa Martin"),
    ],
)
def test_the_providers_name_for_somebody_is_shown_as_text(
    told: dict[str, Any], shown: str, small: SmallProvider, world: World, client: ReadingClient
) -> None:
    small.told = told
    first_time(client, world.user)
    page = client.get(LINK).content.decode()
    assert shown in page
    assert "<script>alert" not in page
    assert "\u202e" not in page


# --- From « Mon compte » ---------------------------------------------------------------------------------------------
def test_who_is_signed_in_adds_an_account_with_a_fresh_second_factor(
    small: SmallProvider, world: World, signed_in: Any
) -> None:
    client = signed_in(world.user)
    assert "Relier un compte Petit Connect" in client.get(MINE).content.decode()
    back = at_provider(client.get(ADD)["Location"])
    assert client.get(back)["Location"] == LINK
    assert linked(world.user) == []
    assert client.post(LINK, {"choix": "relier"})["Location"] == MINE
    assert linked(world.user) == [(SLUG, "compte-de-lea")]
    assert "Petit Connect" in client.get(MINE).content.decode()


def test_adding_asks_for_the_second_factor_again_and_goes_on(
    small: SmallProvider, world: World, signed_in: Any
) -> None:
    client = stale(signed_in(world.user))
    assert client.get(ADD)["Location"].split("?")[0] == CONFIRM
    assert small.asked == []
    assert client.post(CONFIRM, {"code": code_now()})["Location"] == ADD
    assert client.get(ADD)["Location"].startswith(small.issuer)


def test_nobody_signed_in_adds_nothing(small: SmallProvider, db: None, client: ReadingClient) -> None:
    assert client.get(ADD)["Location"].startswith("/connexion/?suite=")
    assert client.get(LINK)["Location"].startswith("/connexion/?suite=")
    assert client.post(LINK, {"choix": "relier"})["Location"].startswith("/connexion/?suite=")


def test_an_account_that_signs_somebody_else_in_is_refused_and_says_what_to_do(
    small: SmallProvider, world: World, signed_in: Any
) -> None:
    link(world.reader)
    client = signed_in(world.user)
    answer = client.get(at_provider(client.get(ADD)["Location"]))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "déjà à une autre personne" in page
    assert "détachez-le" in page
    assert world.reader.membership.name not in page
    assert linked(world.user) == []
    assert linked(world.reader) == [(SLUG, "compte-de-lea")]


def test_an_account_that_somebody_links_meanwhile_is_refused(
    small: SmallProvider, world: World, signed_in: Any
) -> None:
    client = signed_in(world.user)
    client.get(at_provider(client.get(ADD)["Location"]))
    link(world.reader)
    answer = client.post(LINK, {"choix": "relier"})
    assert answer.status_code == 409
    assert "déjà à une autre personne" in answer.content.decode()
    assert linked(world.user) == []
    assert letters(world.user) == []


def test_adding_ones_own_again_changes_nothing(small: SmallProvider, world: World, signed_in: Any) -> None:
    link(world.user)
    client = signed_in(world.user)
    assert client.get(at_provider(client.get(ADD)["Location"]))["Location"] == MINE
    actions.link(person_id=world.user.person.pk, slug=SLUG, subject="compte-de-lea")
    assert linked(world.user) == [(SLUG, "compte-de-lea")]
    assert letters(world.user) == []


def test_what_one_began_to_add_is_not_added_to_somebody_else(
    small: SmallProvider, world: World, signed_in: Any
) -> None:
    client = signed_in(world.user)
    back = at_provider(client.get(ADD)["Location"])
    kept = client.session["provider_states"]
    client.force_login(world.reader.person, backend="parvis.identity.backend.PersonBackend")
    session = client.session
    session["provider_states"] = kept
    session.save()
    assert client.get(back).status_code == 400
    assert linked(world.reader) == linked(world.user) == []
    assert small.count("/token") == 0


def test_an_account_added_by_who_has_signed_out_meanwhile_is_not(
    small: SmallProvider, world: World, signed_in: Any
) -> None:
    client = signed_in(world.user)
    back = at_provider(client.get(ADD)["Location"])
    client.post("/deconnexion/")
    assert client.get(back).status_code == 400
    assert small.count("/token") == 0


def test_a_person_may_have_accounts_at_several_providers_and_several_at_one(
    small: SmallProvider, other: SmallProvider, world: World, client: ReadingClient
) -> None:
    for slug, subject in ((SLUG, "a"), (SLUG, "b"), ("autre", "a")):
        actions.link(person_id=world.user.person.pk, slug=slug, subject=subject)
    assert len(linked(world.user)) == 3
    small.account = "b"
    there_and_back(knows(client, world.user))
    assert signed_in_as(client) == world.user.person.pk


def test_a_stranger_who_answers_for_an_account_in_another_session_finds_nothing_waiting(
    small: SmallProvider, world: World, client: ReadingClient, signed_in: Any
) -> None:
    there_and_back(client)
    assert signed_in(world.stranger).get(LINK)["Location"] == "/"


def test_who_comes_back_signed_in_already_with_an_account_of_nobody_is_asked(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    """Two tabs: in one the password, in the other the provider."""
    knows(client, world.user)
    back = at_provider(set_out(client))
    password(client, world.user)
    assert signed_in_as(client) == world.user.person.pk
    assert client.get(back)["Location"] == LINK


# --- Unlinked --------------------------------------------------------------------------------------------------------
def test_an_unlinked_account_signs_in_no_more_and_ends_what_it_opened(
    small: SmallProvider, world: World, client: ReadingClient, signed_in: Any
) -> None:
    row = link(world.user)
    there_and_back(knows(client, world.user))
    here = signed_in(world.user)
    page = here.get(MINE).content.decode()
    assert f'value="{row.pk}"' in page
    assert here.post(MINE, {"detacher": row.pk})["Location"] == MINE
    assert linked(world.user) == []
    assert client.get("/mon-compte/").status_code == 302
    assert here.get("/mon-compte/").status_code == 200
    assert events(world.user)[-1][0] == "provider_unlinked"
    assert letters(world.user)[-1:] == ["provider_unlinked"]
    assert there_and_back(client)["Location"] == "/connexion/"


def test_unlinking_in_the_session_that_it_opened_leaves_that_one_open(
    small: SmallProvider, world: World, client: ReadingClient
) -> None:
    row = link(world.user)
    there_and_back(knows(client, world.user))
    assert client.post(MINE, {"detacher": row.pk})["Location"].split("?")[0] == CONFIRM
    client.post(CONFIRM, {"code": code_now()})
    assert linked(world.user) == []
    assert client.get("/mon-compte/").status_code == 200
    assert Session.objects.filter(person_id=world.user.person.pk).count() == 1


def test_nobody_unlinks_an_account_of_others(small: SmallProvider, world: World, signed_in: Any) -> None:
    row = link(world.user)
    signed_in(world.stranger).post(MINE, {"detacher": row.pk})
    assert linked(world.user) == [(SLUG, "compte-de-lea")]
    with pytest.raises(Refused):
        actions.unlink(person_id=world.stranger.person.pk, account_id=row.pk)
    assert linked(world.user) == [(SLUG, "compte-de-lea")]
    assert letters(world.stranger) == []


def test_an_account_of_a_provider_that_is_gone_can_still_be_unlinked(
    small: SmallProvider, world: World, signed_in: Any, settings: Any
) -> None:
    row = link(world.user)
    settings.PARVIS_PROVIDERS_FILE = ""
    client = signed_in(world.user)
    assert "petit" in client.get(MINE).content.decode()
    client.post(MINE, {"detacher": row.pk})
    assert linked(world.user) == []


def test_when_the_account_served_last_is_noted(small: SmallProvider, world: World, client: ReadingClient) -> None:
    row = link(world.user)
    there_and_back(knows(client, world.user))
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        row.refresh_from_db()
    assert row.last_used_at is not None
    assert clock.now() - row.last_used_at < datetime.timedelta(minutes=1)
