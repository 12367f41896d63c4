"""Forgotten."""

import datetime
import re
from collections.abc import Callable

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import check_password

from parvis.ground import clock, tenancy
from parvis.identity.actions import new_token
from parvis.identity.models import Email, Link, LinkToken
from parvis.journal.models import Event
from tests.identity.passwords.hands import (
    FORGOTTEN,
    FRESH,
    NOBODY_ELSE,
    SignedIn,
    ask,
    change_email,
    closed,
    links,
    messages_of,
    password_of,
    token_for,
    written,
)
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, World


def test_the_forgotten_page_says_who_cannot_help(client: ReadingClient, db: None) -> None:
    assert NOBODY_ELSE in client.get(FORGOTTEN).content.decode()
    assert NOBODY_ELSE in client.get(f"{FORGOTTEN}envoye/").content.decode().lower()


def test_whoever_forgot_reads_the_same_page_whatever_exists(world: World) -> None:
    change_email(world.reader, verified_at=None)
    asked = {
        "an identifier": world.user.identifier,
        "an e-mail": world.user.membership.email,
        "an unverified e-mail": world.reader.membership.email,
        "an unknown identifier": "22222222",
        "an unknown e-mail": "personne@nulle-part.example",
    }
    seen = set()
    for login in asked.values():
        browser = ReadingClient()
        answer = browser.post(FORGOTTEN, {"login": login})
        after = browser.get(answer["Location"])
        seen.add((answer.status_code, answer["Location"], answer.content, after.status_code, after.content))
    assert len(seen) == 1
    assert next(iter(seen))[:2] == (302, f"{FORGOTTEN}envoye/")


def test_a_mistyped_identifier_is_told_on_the_forgotten_page(db: None) -> None:
    answer = ask("4RRJ-8JR0")
    assert answer.status_code == 200
    assert "Un identifiant ne contient jamais « 0 »" in answer.content.decode()


@pytest.mark.parametrize("by", ["identifier", "e-mail", "e-mail in capitals"])
def test_whoever_forgot_gets_one_link_at_their_verified_email(by: str, world: World) -> None:
    address = world.user.membership.email
    ask({"identifier": world.user.identifier, "e-mail": address}.get(by, address.upper()))
    (made,) = written(world.user)
    assert made.to == address
    assert made.subject == "Parvis : choisissez un nouveau mot de passe"
    assert "Léa Martin" in made.text
    assert world.user.identifier not in made.text + made.html
    assert written(world.reader) == []


def test_an_unverified_email_gets_no_link(world: World) -> None:
    change_email(world.user, verified_at=None)
    ask(world.user.identifier)
    ask(world.user.membership.email)
    assert links(world.user) == []
    assert messages_of(world.user) == []


def test_a_link_asked_by_identifier_goes_to_the_verified_one_of_two_emails(world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Email.objects.filter(person_id=world.user.person.pk).update(verified_at=None)
        Email.objects.create(
            person_id=world.user.person.pk, address="L@b.example", key="l@b.example", verified_at=clock.now()
        )
    ask(world.user.identifier)
    (made,) = written(world.user)
    assert made.to == "L@b.example"


def test_an_email_that_two_people_share_brings_a_link_to_each_with_their_name(world: World) -> None:
    shared = world.reader.membership.email
    change_email(world.user, address=shared, key=shared)
    ask(shared)
    (first,), (second,) = written(world.user), written(world.reader)
    assert (first.to, second.to) == (shared, shared)
    assert "Léa Martin" in first.text
    assert "Marc Petit" not in first.text + first.html
    assert "Marc Petit" in second.text
    assert "Léa Martin" not in second.text + second.html


def test_a_link_that_was_looked_at_any_number_of_times_still_serves(world: World, client: ReadingClient) -> None:
    where = f"/mot-de-passe/{token_for(world.user)}/"
    for _ in range(3):
        assert client.get(where).status_code == 200
        assert client.head(where).status_code == 200
    assert links(world.user)[0].used_at is None
    assert client.post(where, {"password": FRESH}).status_code == 302


def test_a_new_password_signs_in_and_the_old_one_no_longer(world: World, client: ReadingClient) -> None:
    where = f"/mot-de-passe/{token_for(world.user)}/"
    answer = client.post(where, {"password": FRESH})
    assert answer["Location"] == "/connexion/"
    assert "Votre nouveau mot de passe est enregistré" in client.get("/connexion/").content.decode()
    login = {"login": world.user.identifier}
    assert ReadingClient().post("/connexion/", {**login, "password": PASSWORD}).status_code == 200
    assert ReadingClient().post("/connexion/", {**login, "password": FRESH}).status_code == 302


def test_a_password_that_breaks_a_rule_does_not_use_the_link_up(world: World, client: ReadingClient) -> None:
    where = f"/mot-de-passe/{token_for(world.user)}/"
    before = password_of(world.user)
    for bad in ("court", "", world.user.membership.email, "administrator", "Léa Martin 26"):
        answer = client.post(where, {"password": bad})
        assert answer.status_code == 200, bad
        assert not bad or f'value="{bad}"' not in answer.content.decode()
    assert password_of(world.user) == before
    assert client.post(where, {"password": FRESH}).status_code == 302


def test_a_long_password_is_taken_whole_and_with_its_spaces(world: World, client: ReadingClient) -> None:
    long = " " + "une phrase collée depuis un gestionnaire " * 4
    assert len(long) > 128
    client.post(f"/mot-de-passe/{token_for(world.user)}/", {"password": long})
    assert check_password(long, password_of(world.user))
    assert not check_password(long.strip(), password_of(world.user))


def test_the_field_of_a_new_password_lets_one_paste_and_generate(world: World, client: ReadingClient) -> None:
    page = client.get(f"/mot-de-passe/{token_for(world.user)}/").content.decode()
    (field,) = re.findall(r'<input[^>]*type="password"[^>]*>', page)
    assert 'autocomplete="new-password"' in field
    assert "onpaste" not in field
    length = re.search(r'maxlength="(\d+)"', field)
    assert length is None or int(length[1]) >= 128


def test_every_session_of_the_person_ends_with_a_new_password_and_no_other(
    world: World, client: ReadingClient, signed_in: SignedIn
) -> None:
    mine = [signed_in(world.user), signed_in(world.user)]
    other = signed_in(world.reader)
    client.post(f"/mot-de-passe/{token_for(world.user)}/", {"password": FRESH})
    assert [browser.get("/mon-compte/").status_code for browser in mine] == [302, 302]
    assert other.get("/mon-compte/").status_code == 200


def test_a_new_password_is_told_by_email_and_in_the_journal(world: World, client: ReadingClient) -> None:
    client.post(f"/mot-de-passe/{token_for(world.user)}/", {"password": FRESH})
    last = written(world.user)[-1]
    assert last.to == world.user.membership.email
    assert last.subject == "Parvis : votre mot de passe a été changé"
    assert FRESH not in last.text + last.html
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["identity.reset_asked", "identity.password_changed"]


def test_a_link_that_served_serves_no_more(world: World, client: ReadingClient) -> None:
    token = token_for(world.user)
    client.post(f"/mot-de-passe/{token}/", {"password": FRESH})
    after = password_of(world.user)
    closed(token, "Ce lien a déjà servi")
    assert password_of(world.user) == after


def test_a_newer_link_kills_the_older_one(world: World, client: ReadingClient) -> None:
    old, new = token_for(world.user), token_for(world.user)
    before = password_of(world.user)
    closed(old, "Un lien plus récent a remplacé celui-ci")
    assert password_of(world.user) == before
    assert client.get(f"/mot-de-passe/{new}/").status_code == 200


def test_a_link_serves_within_its_hour_and_not_after(
    world: World, client: ReadingClient, later: Callable[[datetime.timedelta], object]
) -> None:
    assert datetime.timedelta(hours=1) == django_settings.PARVIS_RESET_VALIDITY
    token = token_for(world.user)
    before = password_of(world.user)
    later(datetime.timedelta(minutes=59))
    assert client.get(f"/mot-de-passe/{token}/").status_code == 200
    later(datetime.timedelta(minutes=1, seconds=1))
    closed(token, "Ce lien n’est plus valable")
    assert password_of(world.user) == before


@pytest.mark.parametrize("token", ["x" * 43, "x", "x" * 2000, "%00", "é"])
def test_a_link_that_nobody_was_sent_says_that_it_is_not_complete(token: str, db: None) -> None:
    closed(token, "Ce lien n’est pas complet")


def test_a_link_to_confirm_an_address_changes_no_password(world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        email = Email.objects.get(person_id=world.user.person.pk)
        link = Link.objects.create(
            person_id=world.user.person.pk,
            email=email,
            purpose=Link.Purpose.EMAIL,
            asked_at=clock.now(),
            expires_at=clock.now() + datetime.timedelta(days=3),
        )
        token = new_token(link)
    before = password_of(world.user)
    closed(token, "Ce lien n’est pas complet")
    assert password_of(world.user) == before


def test_only_the_hash_of_a_token_is_kept(world: World) -> None:
    token = token_for(world.user)
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        kept = list(LinkToken.objects.values_list("hash", flat=True))
    assert kept
    assert token not in kept
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in kept)


def test_a_stranger_reads_no_link_of_somebody_else(world: World) -> None:
    token_for(world.user)
    assert len(links(world.user)) == 1
    assert links(world.stranger) == []
