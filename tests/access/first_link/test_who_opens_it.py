"""Who opens it · Looking · Another establishment's."""

import datetime
import re
from collections.abc import Callable

import pytest
from django.db import connection

from parvis.access.models import Link, LinkToken
from parvis.ground import clock, tenancy
from parvis.ground.identifiers.account import grouped
from parvis.identity.models import Credential, Email, Person, Phone
from parvis.identity.views.sign_in import WRONG
from parvis.post.models import Message
from tests.access.first_link.hands import (
    SignedIn,
    as_known,
    as_new,
    events_of,
    fresh,
    invite,
    link_of,
    untouched,
    who,
)
from tests.browsers import trusted
from tests.entering import confirm, enrol
from tests.invitations import FRESH, Invited
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, World


@pytest.mark.parametrize("typed", [str, grouped, str.lower, lambda code: f" {code[:4]} {code[4:]} "])
def test_a_new_person_types_the_identifier_chooses_a_password_and_is_in(
    typed: Callable[[str], str], invited: Invited, world: World, client: ReadingClient
) -> None:
    asked = as_new(client, invited, typed(invited.code))
    assert asked.status_code == 302
    assert who(client) is None
    answer = enrol(client, asked)
    assert answer["Location"] == f"/etablissements/{world.here.siret}/"
    account = fresh(invited)
    assert account.confirmed_at is not None
    assert account.person_id == who(client)
    home = client.get(answer["Location"])
    assert home.status_code == 200
    assert "Bienvenue. Votre accès est ouvert" in home.content.decode()
    assert link_of(invited).used_at is not None
    assert events_of(invited) == ["account.confirmed"]
    for login in (invited.code, invited.account.email.upper()):
        assert ReadingClient().post("/connexion/", {"login": login, "password": FRESH}).status_code == 302


def test_a_new_person_owns_the_names_and_the_email_and_the_telephone_that_were_declared(
    invited: Invited, client: ReadingClient
) -> None:
    as_new(client, invited)
    person_id = fresh(invited).person_id
    assert person_id is not None
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        person = Person.objects.get()
        assert (person.first_name, person.last_name) == ("Zoé", "Blanc")
        email = Email.objects.get()
        assert email.address == invited.account.email
        assert email.verified_at is not None
        assert list(person.phone_set.values_list("number", flat=True)) == [invited.account.phone]


def test_a_known_person_signs_in_on_the_link_and_gains_the_establishment(world: World, client: ReadingClient) -> None:
    invited = invite(world, email="ines.moreau@annecy.example")
    asked = as_known(client, invited, login=world.stranger.identifier)
    assert who(client) is None
    answer = confirm(client, asked)
    assert answer["Location"] == f"/etablissements/{world.here.siret}/"
    assert who(client) == world.stranger.person.pk == fresh(invited).person_id
    assert events_of(invited) == ["account.confirmed"]
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(f"/etablissements/{world.there.siret}/").status_code == 200
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert set(Credential.objects.values_list("code", flat=True)) == {world.stranger.identifier, invited.code}
    for login in (world.stranger.identifier, invited.code):
        assert ReadingClient().post("/connexion/", {"login": login, "password": PASSWORD}).status_code == 302


def test_an_address_that_an_establishment_declared_never_becomes_a_known_persons_own(
    world: World, client: ReadingClient
) -> None:
    """Whoever typed it, and reads it, could otherwise take the person's accounts elsewhere over."""
    invited = invite(world, email="pirate@annecy.example")
    confirm(client, as_known(client, invited, login=world.stranger.identifier))
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert not Email.objects.filter(address="pirate@annecy.example").exists()
        assert Phone.objects.count() == 1
    refused = ReadingClient().post("/connexion/", {"login": "pirate@annecy.example", "password": PASSWORD})
    assert refused.status_code == 200
    ReadingClient().post("/mot-de-passe-oublie/", {"login": "pirate@annecy.example"})
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert not Message.objects.filter(kind="identity.reset").exists()
    # The person may want it to be theirs, signed in: then a link goes to it, and only the link makes it so.
    page = client.get("/mon-compte/coordonnees/").content.decode()
    assert "M’en servir pour me connecter" in page
    assert client.post("/mon-compte/coordonnees/", {"confirmer": world.here.siret}).status_code == 302
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert Email.objects.get(address="pirate@annecy.example").verified_at is None
        assert Message.objects.filter(kind="identity.confirm_email").count() == 1


def test_a_known_person_with_a_wrong_password_opens_nothing_and_does_not_count(
    world: World, invited: Invited, client: ReadingClient
) -> None:
    page = as_known(client, invited, login=world.stranger.identifier, password="mauvais").content.decode()
    assert WRONG in page
    assert f'value="{invited.code}"' in page
    assert f'value="{world.stranger.identifier}"' in page
    assert who(client) is None
    assert untouched(invited)
    assert link_of(invited).tries == 0


def test_a_known_person_already_signed_in_gains_the_establishment_without_a_password(
    world: World, invited: Invited, signed_in: SignedIn
) -> None:
    browser = signed_in(world.stranger)
    page = browser.get(f"{invited.where}?compte=deja").content.decode()
    assert "Vous êtes connecté en tant que Inès Moreau" in page
    assert 'type="password"' not in page
    assert as_known(browser, invited)["Location"] == f"/etablissements/{world.here.siret}/"
    assert fresh(invited).person_id == world.stranger.person.pk
    assert browser.get(f"/etablissements/{world.here.siret}/").status_code == 200


def test_a_new_person_on_a_browser_where_somebody_else_is_signed_in_enters_as_themselves(
    world: World, invited: Invited, signed_in: SignedIn
) -> None:
    browser = signed_in(world.stranger)
    answer = enrol(browser, as_new(browser, invited))
    assert fresh(invited).person_id not in (None, world.stranger.person.pk)
    assert who(browser) == fresh(invited).person_id
    assert browser.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("how", ["signing in", "signed in already"])
def test_a_member_of_this_establishment_is_refused_with_a_sentence_and_the_link_still_serves(
    how: str, world: World, invited: Invited, client: ReadingClient, signed_in: SignedIn
) -> None:
    if how == "signing in":
        answer = as_known(client, invited, login=world.user.identifier)
    else:
        answer = as_known(signed_in(world.user), invited)
    assert answer.status_code == 200
    assert "Vous avez déjà un compte dans cet établissement" in answer.content.decode()
    assert untouched(invited)
    assert link_of(invited).tries == 0
    assert as_new(ReadingClient(), invited).status_code == 302


def test_an_account_that_begins_later_is_opened_and_says_from_when(
    world: World, client: ReadingClient, later: Callable[[datetime.timedelta], object]
) -> None:
    begins = clock.today() + datetime.timedelta(days=10)
    invited = invite(world, starts_on=begins)
    answer = enrol(client, as_new(client, invited))
    home = client.get(answer["Location"])
    assert home.status_code == 403
    later(datetime.timedelta(days=11))
    trusted(client, fresh(invited).person_id or 0)
    client.post("/connexion/", {"login": invited.code, "password": FRESH})
    assert client.get(answer["Location"]).status_code == 200


def test_two_people_who_share_an_email_each_open_their_own_account(world: World) -> None:
    shared = "mairie@annecy.example"
    first = invite(world, email=shared)
    second = invite(world, email=shared, first_name="Noé", last_name="Roux")
    assert as_new(ReadingClient(), first, code=second.code).status_code == 200
    browsers = (ReadingClient(), ReadingClient())
    for invited, browser in zip((first, second), browsers, strict=True):
        assert enrol(browser, as_new(browser, invited)).status_code == 302
        assert fresh(invited).person_id == who(browser)
    assert who(browsers[0]) != who(browsers[1])
    assert ReadingClient().post("/connexion/", {"login": shared, "password": FRESH}).status_code == 200
    assert ReadingClient().post("/connexion/", {"login": second.code, "password": FRESH}).status_code == 302


def test_looking_at_the_link_any_number_of_times_changes_nothing(invited: Invited, client: ReadingClient) -> None:
    before = (link_of(invited).__dict__ | {"_state": None}, events_of(invited))
    for ending in ("", "?compte=deja", "?compte=premier", "?compte=autre", f"?identifier={invited.code}&password=x"):
        assert client.get(invited.where + ending).status_code == 200
        assert client.head(invited.where + ending).status_code == 200
    assert (link_of(invited).__dict__ | {"_state": None}, events_of(invited)) == before
    assert untouched(invited)
    assert as_new(client, invited).status_code == 302


def test_the_page_of_the_link_shows_neither_the_identifier_nor_whose_it_is(
    invited: Invited, client: ReadingClient
) -> None:
    page = client.get(invited.where).content.decode()
    assert "Annecy" in page
    for secret in (invited.code, grouped(invited.code), "Blanc", "Zoé", invited.account.email):
        assert secret not in page


def test_any_other_method_is_refused(invited: Invited, client: ReadingClient) -> None:
    assert [client.put(invited.where).status_code, client.delete(invited.where).status_code] == [405, 405]
    assert untouched(invited)


def test_only_the_hash_of_the_token_is_kept(invited: Invited) -> None:
    with tenancy.scope(establishment=invited.account.establishment_id):
        kept = LinkToken.objects.filter(link__membership_id=invited.account.pk).values_list("hash", flat=True)
        assert [re.fullmatch(r"[0-9a-f]{64}", one) is not None for one in kept] == [True]
        assert invited.token not in kept


def test_an_identifier_of_another_establishment_opens_no_link_of_this_one(
    world: World, invited: Invited, client: ReadingClient
) -> None:
    theirs = invite(world, by=world.stranger, email="zoe.blanc@abondance.example")
    for code in (theirs.code, world.stranger.identifier, world.user.identifier):
        assert as_new(client, invited, code).status_code == 200
    assert link_of(invited).tries == 3
    assert untouched(invited)
    assert untouched(theirs)


def test_a_link_of_another_establishment_is_neither_read_nor_written_from_here(world: World, invited: Invited) -> None:
    theirs = invite(world, by=world.stranger, email="zoe.blanc@abondance.example")
    number = link_of(theirs).pk
    with tenancy.scope(person=world.administrator.person.pk, establishment=world.here.pk):
        assert not Link.objects.filter(pk=number).exists()
        assert not LinkToken.objects.filter(link_id=number).exists()
        assert Link.objects.filter(pk=number).update(tries=4, killed_at=clock.now()) == 0
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON), connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('access_link', 'SELECT')")
        assert cursor.fetchone()[0] is False
    assert link_of(theirs).tries == 0


def test_an_administrator_of_another_establishment_cannot_send_a_link_again(
    world: World, invited: Invited, signed_in: SignedIn
) -> None:
    browser = signed_in(world.stranger)
    for siret in (world.here.siret, world.there.siret):
        where = f"/etablissements/{siret}/comptes/{invited.account.pk}/renvoyer/"
        assert (browser.get(where).status_code, browser.post(where).status_code) == (404, 404)
    assert link_of(invited).superseded_at is None


def test_opening_a_link_here_gives_nothing_elsewhere(world: World, invited: Invited, client: ReadingClient) -> None:
    enrol(client, as_new(client, invited))
    assert client.get(f"/etablissements/{world.there.siret}/").status_code == 404
