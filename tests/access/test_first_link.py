"""The first link: who opens it, how, and everything that must not open it."""

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from parvis.access.actions.changes import change_coordinates
from parvis.access.actions.creation import Coordinates
from parvis.access.actions.lifecycle import deactivate, delete
from parvis.access.actions.links import send_again
from parvis.access.decision import Standing
from parvis.access.models import Link, LinkToken, Membership, Profile
from parvis.ground import clock, tenancy
from parvis.ground.identifiers import account as codes
from parvis.ground.identifiers.account import grouped
from parvis.identity.models import Credential, Email, Person, Phone
from parvis.identity.views import WRONG
from parvis.journal.models import Event
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.invitations import FRESH, Invited, made_by, standing_of, token_in
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone, World

SignedIn = Callable[[Someone], ReadingClient]


def sent(account: Membership) -> Envelope:
    """The account's last e-mail, as the worker would write it now."""
    with tenancy.scope(establishment=account.establishment_id):
        link = Link.objects.filter(membership_id=account.pk).order_by("-id")[0]
        message = Message.objects.get(kind="access.first_link", object_id=link.pk)
        message.attempts += 1
        made = LETTERS["access.first_link"].write(message)
    assert made is not None
    return made


def invite(world: World, *, by: Someone | None = None, **more: Any) -> Invited:
    """Zoé Blanc gets an account here, or from `by` where they administer."""
    account = made_by(by or world.administrator, **more)
    return Invited(account, token_in(sent(account).text))


@pytest.fixture
def invited(world: World) -> Invited:
    return invite(world)


@pytest.fixture
def later(settings: Any, tmp_path: Path) -> Callable[[datetime.timedelta], object]:
    """Move the clock, one of this test's own."""
    settings.PARVIS_CLOCK_FILE = tmp_path / "clock"
    return clock.move


def fresh(invited: Invited) -> Membership:
    with tenancy.scope(establishment=invited.account.establishment_id):
        return Membership.objects.get(pk=invited.account.pk)


def link_of(invited: Invited) -> Link:
    with tenancy.scope(establishment=invited.account.establishment_id):
        return Link.objects.filter(membership_id=invited.account.pk).order_by("-id")[0]


def untouched(invited: Invited) -> bool:
    """Nobody has opened the account, and the link still may."""
    return fresh(invited).person_id is None and link_of(invited).used_at is None


def who(client: ReadingClient) -> int | None:
    person = client.session.get("_auth_user_id")
    return int(person) if person else None


def as_new(client: ReadingClient, invited: Invited, code: str = "", password: str = FRESH) -> Any:
    """« C’est mon premier compte »."""
    return client.post(
        f"{invited.where}?compte=premier", {"way": "new", "identifier": code or invited.code, "password": password}
    )


def as_known(client: ReadingClient, invited: Invited, code: str = "", login: str = "", password: str = PASSWORD) -> Any:
    """« J’ai déjà un compte »."""
    return client.post(
        f"{invited.where}?compte=deja",
        {
            "way": "known",
            "identifier": code or invited.code,
            **({"known-login": login, "known-password": password} if login else {}),
        },
    )


def events_of(invited: Invited) -> list[str]:
    with tenancy.scope(establishment=invited.account.establishment_id):
        found = Event.objects.filter(object=invited.account.ref).exclude(kind="account.created").order_by("id")
        return list(found.values_list("kind", flat=True))


# --- Who opens it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [str, grouped, str.lower, lambda code: f" {code[:4]} {code[4:]} "])
def test_a_new_person_types_the_identifier_chooses_a_password_and_is_in(
    typed: Callable[[str], str], invited: Invited, world: World, client: ReadingClient
) -> None:
    answer = as_new(client, invited, typed(invited.code))
    assert (answer.status_code, answer["Location"]) == (302, f"/etablissements/{world.here.siret}/")
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
    person_id = who(client)
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
    answer = as_known(client, invited, login=world.stranger.identifier)
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
    as_known(client, invited, login=world.stranger.identifier)
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert not Email.objects.filter(address="pirate@annecy.example").exists()
        assert Phone.objects.count() == 1
    refused = ReadingClient().post("/connexion/", {"login": "pirate@annecy.example", "password": PASSWORD})
    assert refused.status_code == 200
    ReadingClient().post("/mot-de-passe-oublie/", {"login": "pirate@annecy.example"})
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert not Message.objects.filter(kind="identity.reset").exists()
    # The person may want it to be theirs, signed in: then a link goes to it, and only the link makes it so.
    page = client.get("/mon-compte/").content.decode()
    assert "M’en servir pour me connecter" in page
    assert client.post("/mon-compte/", {"confirmer": world.here.siret}).status_code == 302
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
    answer = as_new(browser, invited)
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
    answer = as_new(client, invited)
    home = client.get(answer["Location"])
    assert home.status_code == 403
    later(datetime.timedelta(days=11))
    client.post("/connexion/", {"login": invited.code, "password": FRESH})
    assert client.get(answer["Location"]).status_code == 200


def test_two_people_who_share_an_email_each_open_their_own_account(world: World) -> None:
    shared = "mairie@annecy.example"
    first = invite(world, email=shared)
    second = invite(world, email=shared, first_name="Noé", last_name="Roux")
    assert as_new(ReadingClient(), first, code=second.code).status_code == 200
    browsers = (ReadingClient(), ReadingClient())
    for invited, browser in zip((first, second), browsers, strict=True):
        assert as_new(browser, invited).status_code == 302
        assert fresh(invited).person_id == who(browser)
    assert who(browsers[0]) != who(browsers[1])
    assert ReadingClient().post("/connexion/", {"login": shared, "password": FRESH}).status_code == 200
    assert ReadingClient().post("/connexion/", {"login": second.code, "password": FRESH}).status_code == 302


# --- Looking ---------------------------------------------------------------------------------------------------------


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


# --- Wrong identifiers -----------------------------------------------------------------------------------------------


def mistyped(code: str) -> str:
    """One wrong character: the check character tells."""
    return code[:-1] + next(c for c in codes.ALPHABET if c != code[-1])


def test_each_wrong_identifier_counts_mistyped_ones_as_well_and_what_is_left_is_told(
    invited: Invited, client: ReadingClient
) -> None:
    typed = [invited.other_code, mistyped(invited.code), "4RRJ", "0000-0000"]
    for number, (code, left) in enumerate(
        zip(typed, ["4 essais", "3 essais", "2 essais", "1 essai"], strict=True), start=1
    ):
        page = as_new(client, invited, code).content.decode()
        assert f"Il vous reste {left}." in page.replace("\u00a0", " "), code
        assert f'value="{code}"' in page
        assert FRESH not in page
        assert link_of(invited).tries == number
    assert untouched(invited)
    assert as_new(client, invited).status_code == 302


@pytest.mark.parametrize("way", ["new", "known"])
def test_the_fifth_wrong_identifier_kills_the_link_and_every_active_administrator_is_told(
    way: str, world: World, invited: Invited, client: ReadingClient
) -> None:
    # Not these: one has left, one is closed, one waits for a password.
    today = clock.today()
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.reader.account_id).update(
            profile=Profile.ADMINISTRATOR, ends_on=today - datetime.timedelta(days=1)
        )
        Membership.objects.filter(pk=world.user.account_id).update(
            profile=Profile.ADMINISTRATOR, deactivated_at=clock.now()
        )
    invite(world, email="attend@annecy.example", profile=Profile.ADMINISTRATOR.value)
    for _ in range(4):
        post(way, client, invited, invited.other_code, world)
    assert link_of(invited).killed_at is None
    answer = post(way, client, invited, invited.other_code, world)
    assert answer.status_code == 410
    page = answer.content.decode()
    assert "<h1>Ce lien est annulé</h1>" in page
    assert link_of(invited).killed_at is not None
    assert events_of(invited) == ["link.wrong_identifier"] * 5 + ["link.killed"]
    with tenancy.scope(establishment=world.here.pk):
        queued = list(Message.objects.filter(kind="access.link_killed").order_by("id"))
        letters = [LETTERS[message.kind].write(message) for message in queued]
    told = sorted(made.to for made in letters if made)
    assert told == sorted([world.administrator.membership.email, world.second.membership.email])
    assert all(set(message.detail) == {"to"} for message in queued)
    # The right identifier comes too late.
    assert as_new(client, invited).status_code == 410
    assert fresh(invited).person_id is None
    with tenancy.scope(establishment=world.here.pk):
        assert Message.objects.filter(kind="access.link_killed").count() == 2


def post(way: str, client: ReadingClient, invited: Invited, code: str, world: World) -> Any:
    if way == "new":
        return as_new(client, invited, code)
    return as_known(client, invited, code, login=world.stranger.identifier)


def test_a_wrong_identifier_with_an_invalid_password_counts_once(invited: Invited, client: ReadingClient) -> None:
    page = as_new(client, invited, invited.other_code, "court").content.decode()
    assert link_of(invited).tries == 1
    assert "Il vous reste 4" in page
    assert "Ce mot de passe est trop court" in page


def test_a_wrong_identifier_with_a_wrong_sign_in_counts_once(
    world: World, invited: Invited, client: ReadingClient
) -> None:
    page = as_known(client, invited, invited.other_code, login=world.stranger.identifier, password="mauvais")
    assert link_of(invited).tries == 1
    assert WRONG in page.content.decode()


@pytest.mark.parametrize(
    "password", ["court", "", "administrator", "Zoé Blanc 2026", "blanc zoe annecy", "zoe.blanc@annecy", "Annecy2026!!"]
)
def test_the_right_identifier_with_an_invalid_password_does_not_count_and_stays_typed(
    password: str, invited: Invited, client: ReadingClient
) -> None:
    typed = grouped(invited.code).lower()
    answer = as_new(client, invited, typed, password)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'value="{typed}"' in page
    assert link_of(invited).tries == 0
    assert untouched(invited)
    assert 'href="#id_password"' in page
    assert as_new(client, invited).status_code == 302


def test_an_empty_identifier_is_asked_for_and_does_not_count(invited: Invited, client: ReadingClient) -> None:
    answer = client.post(invited.where, {"way": "new", "identifier": " ", "password": FRESH})
    assert "Saisissez l’identifiant qui vous a été remis." in answer.content.decode()
    assert link_of(invited).tries == 0


@pytest.mark.parametrize("way", ["", "admin", "new known"])
def test_a_forged_way_opens_nothing_but_the_way_of_the_address(
    way: str, world: World, invited: Invited, client: ReadingClient
) -> None:
    answer = client.post(f"{invited.where}?compte=deja", {"way": way, "identifier": invited.code, "password": FRESH})
    assert answer.status_code == 200
    assert untouched(invited)


# --- Links that open nothing any more --------------------------------------------------------------------------------

TITLES = {
    "expired": "Ce lien n’est plus valable",
    "used": "Ce lien a déjà servi",
    "superseded": "Un lien plus récent a remplacé celui-ci",
    "killed": "Ce lien est annulé",
    "closed": "Cet accès est fermé",
    "ended": "Cet accès est fermé",
    "unknown": "Ce lien n’ouvre rien",
    "deleted": "Ce lien n’ouvre rien",
}


def _administrator(world: World, act: Callable[[Standing], object]) -> None:
    with tenancy.scope(person=world.administrator.person.pk, establishment=world.here.pk):
        act(standing_of(world.administrator))


@pytest.fixture
def spoil(world: World, later: Callable[[datetime.timedelta], object]) -> Callable[[str, Invited], str]:
    """Bring a link into a state; returns the address to try."""

    def act(state: str, invited: Invited) -> str:
        number = invited.account.pk
        if state == "expired":
            later(django_settings.PARVIS_INVITATION_VALIDITY + datetime.timedelta(seconds=1))
        elif state == "used":
            assert as_new(ReadingClient(), invited).status_code == 302
        elif state == "superseded":
            _administrator(world, lambda who: send_again(who=who, account_id=number))
        elif state == "killed":
            for _ in range(5):
                as_new(ReadingClient(), invited, invited.other_code)
        elif state == "closed":
            _administrator(world, lambda who: deactivate(who=who, account_id=number))
        elif state == "ended":
            with tenancy.scope(establishment=world.here.pk):
                Membership.objects.filter(pk=number).update(ends_on=clock.today() - datetime.timedelta(days=1))
        elif state == "deleted":
            _administrator(world, lambda who: delete(who=who, account_id=number))
        elif state == "unknown":
            return f"{invited.where[:-2]}{'y' if invited.where[-2] == 'x' else 'x'}/"
        return invited.where

    return act


@pytest.mark.parametrize("state", TITLES)
def test_a_link_that_opens_nothing_any_more_says_why_and_changes_nothing(
    state: str, world: World, invited: Invited, spoil: Callable[[str, Invited], str], client: ReadingClient
) -> None:
    assert client.get(invited.where).status_code == 200
    where = spoil(state, invited)
    with tenancy.scope(establishment=world.here.pk):
        before = list(Membership.objects.filter(pk=invited.account.pk).values())
        tries = list(Link.objects.filter(membership_id=invited.account.pk).values())
    data = {"way": "new", "identifier": invited.code, "password": FRESH}
    for answer in (
        client.get(where),
        client.post(where, data),
        client.post(where, {**data, "identifier": invited.other_code}),
    ):
        assert answer.status_code == (404 if state in ("unknown", "deleted") else 410)
        page = answer.content.decode()
        assert f"<h1>{TITLES[state]}</h1>" in page
        assert "<form" not in page.split("<main")[1].split("</main")[0]
        assert ("Annecy" in page.split("<main")[1]) is (state not in ("unknown", "deleted"))
    assert client.head(where).status_code == (404 if state in ("unknown", "deleted") else 410)
    with tenancy.scope(establishment=world.here.pk):
        assert list(Membership.objects.filter(pk=invited.account.pk).values()) == before
        assert list(Link.objects.filter(membership_id=invited.account.pk).values()) == tries
    assert who(client) is None


@pytest.mark.parametrize("token", ["x", "x" * 43, "x" * 3000, "%00", "é€", "..", "' OR 1=1 --"])
def test_a_mangled_link_says_that_it_is_not_complete(token: str, client: ReadingClient, db: None) -> None:
    answer = client.get(f"/premiere-connexion/{token}/")
    assert answer.status_code == 404


def test_a_link_serves_until_its_fifteenth_day_and_no_longer(
    invited: Invited, client: ReadingClient, later: Callable[[datetime.timedelta], object]
) -> None:
    assert datetime.timedelta(days=15) == django_settings.PARVIS_INVITATION_VALIDITY
    later(datetime.timedelta(days=15, minutes=-2))
    assert client.get(invited.where).status_code == 200
    later(datetime.timedelta(minutes=3))
    assert client.get(invited.where).status_code == 410


@pytest.mark.parametrize("state", ["expired", "killed", "superseded"])
def test_a_new_link_after_one_that_died_opens_the_same_account_with_the_same_identifier(
    state: str, world: World, invited: Invited, spoil: Callable[[str, Invited], str], client: ReadingClient
) -> None:
    spoil(state, invited)
    _administrator(world, lambda who: send_again(who=who, account_id=invited.account.pk))
    again = Invited(invited.account, token_in(sent(invited.account).text))
    assert client.get(invited.where).status_code == 410
    assert link_of(again).tries == 0
    assert as_new(client, again).status_code == 302


def test_a_closed_account_that_is_opened_again_keeps_its_link(
    world: World, invited: Invited, client: ReadingClient
) -> None:
    from parvis.access.actions.lifecycle import reactivate

    _administrator(world, lambda who: deactivate(who=who, account_id=invited.account.pk))
    assert client.get(invited.where).status_code == 410
    _administrator(world, lambda who: reactivate(who=who, account_id=invited.account.pk))
    assert as_new(client, invited).status_code == 302


def test_the_fifteen_days_begin_when_the_email_leaves(
    world: World, invited: Invited, later: Callable[[datetime.timedelta], object]
) -> None:
    """It waited for three weeks: whoever receives it has their fifteen days."""
    later(datetime.timedelta(days=21))
    made = sent(invited.account)
    left = link_of(invited).expires_at - clock.now()
    assert datetime.timedelta(days=14, hours=23) < left <= datetime.timedelta(days=15)
    assert ReadingClient().get(f"/premiere-connexion/{token_in(made.text)}/").status_code == 200


def test_a_corrected_email_gets_the_link_and_the_old_address_loses_it(
    world: World, invited: Invited, client: ReadingClient
) -> None:
    account = fresh(invited)
    values = {name: getattr(account, name) for name in Coordinates.__dataclass_fields__}
    corrected = Coordinates(**{**values, "email": "z.blanc@annecy.example"})
    _administrator(world, lambda who: change_coordinates(who=who, account_id=account.pk, coordinates=corrected))
    made = sent(account)
    assert made.to == "z.blanc@annecy.example"
    assert client.get(invited.where).status_code == 410
    again = Invited(account, token_in(made.text))
    assert as_new(client, again).status_code == 302
    with tenancy.scope(person=int(who(client) or 0), role=tenancy.PERSON):
        assert list(Email.objects.values_list("address", flat=True)) == ["z.blanc@annecy.example"]


# --- Another establishment's -----------------------------------------------------------------------------------------


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
    as_new(client, invited)
    assert client.get(f"/etablissements/{world.there.siret}/").status_code == 404
