"""Signing in: by identifier or by an e-mail of one's own, one message for all causes, the same time for all."""

import datetime
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parvis.ground import clock, tenancy
from parvis.ground.identifiers import account
from parvis.ground.identifiers.account import grouped
from parvis.identity.models import Credential, Email, Identifier, Person
from parvis.identity.views.sign_in import WRONG
from parvis.journal.models import Event
from tests.browsers import trusted_by
from tests.durations import take_as_long
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone, World

SIGN_IN = "/connexion/"
ARGON2 = "parvis.identity.hashing.Argon2"
SignedIn = Callable[[Someone], ReadingClient]


def sign_in(client: ReadingClient, login: str, password: str = PASSWORD, **more: str) -> Any:
    trusted_by(client, login)
    return client.post(SIGN_IN, {"login": login, "password": password, **more})


def who(client: ReadingClient) -> int | None:
    """The person whose session the browser holds."""
    person = client.session.get("_auth_user_id")
    return int(person) if person else None


def email_of(someone: Someone) -> Email:
    with tenancy.scope(person=someone.person.pk, role=tenancy.PERSON):
        return Email.objects.get(person_id=someone.person.pk)


def change_email(someone: Someone, **fields: Any) -> None:
    with tenancy.scope(person=someone.person.pk, role=tenancy.PERSON):
        Email.objects.filter(person_id=someone.person.pk).update(**fields)


def events(person: int) -> list[str]:
    with tenancy.scope(person=person, role=tenancy.PERSON):
        return list(Event.objects.filter(kind__startswith="identity.").order_by("id").values_list("kind", flat=True))


def unknown_identifier() -> str:
    """Well formed, and nobody's."""
    return account.draw()


def without_token(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


# --- By what ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(lambda code: code, id="as stored"),
        pytest.param(grouped, id="grouped"),
        pytest.param(lambda code: grouped(code).lower(), id="lower case"),
        pytest.param(lambda code: f"  {code[:2]} {code[2:4]} - {code[4:]} ", id="spaces"),
        pytest.param(lambda code: f"{code[:4]}–{code[4:]}", id="dash"),
    ],
)
def test_a_person_types_their_identifier_in_any_form_and_enters(
    typed: Callable[[str], str], world: World, client: ReadingClient
) -> None:
    answer = sign_in(client, typed(world.user.identifier))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert who(client) == world.user.person.pk


def test_a_person_with_two_accounts_enters_by_either_identifier(world: World, client: ReadingClient) -> None:
    second = account.draw()
    Identifier.objects.bulk_create([Identifier(code=second, reserved_at=clock.now())])
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Credential.objects.create(person_id=world.user.person.pk, code=second)
    for code in (world.user.identifier, second):
        browser = ReadingClient()
        assert sign_in(browser, code).status_code == 302
        assert who(browser) == world.user.person.pk


@pytest.mark.parametrize("change", [str, str.upper, str.title, lambda address: f"  {address} "])
def test_a_person_types_their_verified_email_in_any_case_and_enters(
    change: Callable[[str], str], world: World, client: ReadingClient
) -> None:
    answer = sign_in(client, change(world.user.membership.email))
    assert answer.status_code == 302
    assert who(client) == world.user.person.pk


def test_an_unverified_email_does_not_sign_in_and_the_identifier_does(world: World, client: ReadingClient) -> None:
    change_email(world.user, verified_at=None)
    refused = sign_in(client, world.user.membership.email)
    assert WRONG in refused.content.decode()
    assert who(client) is None
    assert sign_in(client, world.user.identifier).status_code == 302


def test_an_email_that_two_people_share_signs_in_neither_and_their_identifiers_do(
    world: World, client: ReadingClient
) -> None:
    shared = world.reader.membership.email
    assert sign_in(ReadingClient(), shared).status_code == 302
    change_email(world.user, address=shared, key=shared)
    refused = sign_in(client, shared)
    assert WRONG in refused.content.decode()
    assert who(client) is None
    for someone in (world.user, world.reader):
        browser = ReadingClient()
        assert sign_in(browser, someone.identifier).status_code == 302
        assert who(browser) == someone.person.pk


def test_an_unverified_copy_of_ones_email_at_somebody_elses_takes_nothing_away(
    world: World, client: ReadingClient
) -> None:
    mine = world.reader.membership.email
    change_email(world.user, address=mine, key=mine, verified_at=None)
    assert sign_in(client, mine).status_code == 302
    assert who(client) == world.reader.person.pk


# --- Refusals --------------------------------------------------------------------------------------------------------


def test_every_cause_of_refusal_gives_the_same_page_byte_for_byte(world: World) -> None:
    shared = world.reader.membership.email
    alone = world.second.membership.email
    unverified = world.administrator.membership.email
    change_email(world.user, address=shared, key=shared)
    change_email(world.administrator, verified_at=None)
    causes = {
        "unknown identifier": (unknown_identifier(), PASSWORD),
        "wrong password": (world.user.identifier, "mauvais mot de passe"),
        "unknown e-mail": ("personne@nulle-part.example", PASSWORD),
        "wrong password of an e-mail": (alone, "mauvais mot de passe"),
        "shared e-mail": (shared, PASSWORD),
        "unverified e-mail": (unverified, PASSWORD),
    }
    pages = {}
    for cause, (login, password) in causes.items():
        browser = ReadingClient()
        answer = sign_in(browser, login, password)
        page = answer.content.decode()
        assert f'value="{login}"' in page, cause
        assert answer.status_code == 200, cause
        assert set(answer.cookies) == {"parvis_csrf"}, cause
        pages[cause] = (without_token(page).replace(f'value="{login}"', ""), sorted(answer.headers))
    first = pages["unknown identifier"]
    assert WRONG in first[0]
    assert all(page == first for page in pages.values()), [cause for cause, page in pages.items() if page != first]


@pytest.mark.parametrize("typed", ["4RRJ", "4RRJ-8JR6X", "4RRJ-8JRB", "mairie", "0000-0000", "4RRJ-8JR6"])
def test_a_mistyped_identifier_is_told_at_its_field_without_any_query(
    typed: str, client: ReadingClient, db: None
) -> None:
    with pytest.raises(account.WrongIdentifier) as fault:
        account.parse(typed)
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(SIGN_IN, {"login": typed, "password": PASSWORD})
    page = answer.content.decode()
    assert queries.captured_queries == []
    assert answer.status_code == 200
    assert page.count(str(fault.value)) == 2  # in the summary and at the field
    assert 'href="#id_login"' in page
    assert WRONG not in page
    assert f'value="{typed}"' in page


def test_a_refusal_keeps_what_was_typed_and_never_shows_the_password(world: World, client: ReadingClient) -> None:
    typed = grouped(world.user.identifier).lower()
    secret = "un secret que personne ne relit"
    page = sign_in(client, typed, secret, suite="/mon-compte/").content.decode()
    assert f'value="{typed}"' in page
    assert 'name="suite" value="/mon-compte/"' in page
    assert secret not in page
    assert not re.search(r'<input[^>]*type="password"[^>]*value=', page)


def test_an_empty_form_says_what_to_type_in_each_field(client: ReadingClient, db: None) -> None:
    page = sign_in(client, "", "").content.decode()
    assert page.count("Saisissez votre identifiant ou votre adresse électronique.") == 2
    assert page.count("Saisissez votre mot de passe.") == 2


@pytest.mark.parametrize("login", ["x" * 301, "@" * 200, "é@é.example", "' OR 1=1 --@x", "\U0001f600@x.example"])
def test_a_strange_login_is_refused_like_any_other(login: str, client: ReadingClient, db: None) -> None:
    assert sign_in(client, login).status_code == 200
    assert who(client) is None


@pytest.mark.parametrize("login", ["a\0b@c.example", "\0"])
def test_a_login_with_a_null_character_is_refused_before_any_query(login: str, db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = Client().post(SIGN_IN, {"login": login, "password": PASSWORD})
    assert answer.status_code == 200
    assert queries.captured_queries == []


@pytest.fixture
def slow_passwords(settings: Any) -> Iterator[None]:
    """The hasher of production."""
    from parvis.identity.actions import sign_in as module

    settings.PASSWORD_HASHERS = [ARGON2]
    kept, module._dummy = module._dummy, ""
    yield
    module._dummy = kept


def test_an_existing_and_an_unknown_identifier_are_refused_in_the_same_time(
    world: World, slow_passwords: None, settings: Any
) -> None:
    # Nobody is locked out for once: locked, both are refused without any hash (tests/identity/lockout).
    settings.PARVIS_FAILURES = settings.PARVIS_RATE_SIGN_IN = 10_000
    # A quarter of what production takes: whatever else differed would show the more.
    settings.PARVIS_ARGON2_MEMORY //= 4
    person = world.user.person.pk
    with tenancy.scope(person=person, role=tenancy.PERSON):
        Person.objects.filter(pk=person).update(password=make_password(PASSWORD))
    browser = ReadingClient()

    def refused(login: str) -> None:
        assert sign_in(browser, login, "un mauvais mot de passe").status_code == 200

    took = take_as_long(lambda: refused(world.user.identifier), lambda: refused(unknown_identifier()))
    assert took > 0.01, "no hasher that is slow on purpose was at work"


# --- Where to --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suite", ["/mon-compte/", "/mes-etablissements/?page=2"])
def test_a_page_that_was_asked_for_opens_after_signing_in(suite: str, world: World, client: ReadingClient) -> None:
    asked = client.get(SIGN_IN, {"suite": suite}).content.decode()
    assert f'name="suite" value="{suite}"' in asked
    assert sign_in(client, world.user.identifier, suite=suite)["Location"] == suite


@pytest.mark.parametrize(
    "suite",
    [
        "//evil.example",
        "https://evil.example/",
        "http:evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "///evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "mon-compte/",
        " //evil.example",
        "\0/",
        "/\0",
        "/x\r\nSet-Cookie: a=b",
    ],
)
def test_a_page_of_somebody_else_is_never_opened_after_signing_in(
    suite: str, world: World, client: ReadingClient, signed_in: SignedIn
) -> None:
    assert 'name="suite" value=""' in client.get(SIGN_IN, {"suite": suite}).content.decode()
    assert sign_in(client, world.user.identifier, suite=suite)["Location"] == "/"
    assert signed_in(world.user).get(SIGN_IN, {"suite": suite})["Location"] == "/"


def test_whoever_is_signed_in_already_is_sent_on_from_the_sign_in_page(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    assert browser.get(SIGN_IN)["Location"] == "/"
    assert browser.get(SIGN_IN, {"suite": "/mon-compte/"})["Location"] == "/mon-compte/"


# --- Sessions and the journal ----------------------------------------------------------------------------------------


def test_signing_in_changes_the_session_key_and_ends_the_old_one(world: World, client: ReadingClient) -> None:
    here = f"/etablissements/{world.here.siret}/comptes/creer/"
    assert client.post(here, {"last_name": "Blanc"}).status_code == 302
    before = client.session.session_key
    assert before
    assert sign_in(client, world.administrator.identifier).status_code == 302
    after = client.session.session_key
    assert after != before
    planted = ReadingClient()
    planted.cookies["parvis_session"] = before
    assert planted.get("/mon-compte/").status_code == 302


def test_somebody_else_who_signs_in_on_the_same_browser_finds_nothing_of_the_first(
    world: World, client: ReadingClient
) -> None:
    sign_in(client, world.user.identifier)
    session = client.session
    session["left"] = "behind"
    session.save()
    sign_in(client, world.stranger.identifier)
    assert who(client) == world.stranger.person.pk
    assert "left" not in client.session


def test_signing_out_is_by_post_only(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    assert browser.get("/deconnexion/").status_code == 405
    assert browser.head("/deconnexion/").status_code == 405
    assert browser.get("/mon-compte/").status_code == 200
    assert browser.post("/deconnexion/")["Location"] == SIGN_IN
    assert browser.get("/mon-compte/").status_code == 302
    assert "Vous êtes déconnecté" in browser.get(SIGN_IN).content.decode()


def test_signing_out_wants_the_forms_token(world: World) -> None:
    browser = ReadingClient(enforce_csrf_checks=True)
    browser.force_login(world.user.person, backend="parvis.identity.backend.PersonBackend")
    assert browser.post("/deconnexion/").status_code == 403
    assert who(browser) == world.user.person.pk


def test_nobody_signed_in_who_signs_out_meets_the_sign_in_page(client: ReadingClient, db: None) -> None:
    assert client.post("/deconnexion/")["Location"] == SIGN_IN


def test_signing_in_a_refusal_and_signing_out_each_leave_one_event(world: World, client: ReadingClient) -> None:
    person = world.user.person.pk
    sign_in(client, world.user.identifier, "mauvais mot de passe")
    assert events(person) == ["identity.sign_in_refused"]
    sign_in(client, world.user.identifier)
    assert events(person) == ["identity.sign_in_refused", "identity.signed_in"]
    client.post("/deconnexion/")
    assert events(person) == ["identity.sign_in_refused", "identity.signed_in", "identity.signed_out"]
    assert events(world.reader.person.pk) == []


def test_a_refusal_of_nobody_leaves_an_event_that_names_nobody(
    committed_world: World, as_owner: Any, client: ReadingClient
) -> None:
    before = Event.objects.filter(kind="identity.sign_in_refused", person_id=None).count()
    sign_in(client, unknown_identifier())
    sign_in(client, "personne@nulle-part.example")
    found = Event.objects.filter(kind="identity.sign_in_refused", person_id=None).order_by("-id")
    assert found.count() == before + 2
    assert all((event.before, event.after, event.object) == ({}, {}, None) for event in found[:2])


def test_a_session_ends_after_its_time(world: World, client: ReadingClient, settings: Any, tmp_path: Path) -> None:
    settings.PARVIS_CLOCK_FILE = tmp_path / "clock"
    sign_in(client, world.user.identifier)
    assert client.get("/mon-compte/").status_code == 200
    clock.move(datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE + 1))
    assert client.get("/mon-compte/").status_code == 302
