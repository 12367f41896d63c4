"""The way in: what the first proof opens, and what a browser known or trusted changes."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse

from parvis.ground import clock, tenancy
from parvis.identity.browsers import COOKIE
from parvis.identity.entry import begin, finish
from parvis.identity.models import Browser, Email, Session, Totp
from parvis.identity.sessions import SessionStore
from parvis.journal.models import Event
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.browsers import trusted
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone, World

SignedIn = Callable[[Someone], ReadingClient]


@pytest.fixture
def moving(settings: Any, tmp_path: Path) -> None:
    settings.PARVIS_CLOCK_FILE = tmp_path / "clock"


def sign_in(client: ReadingClient, who: Someone) -> Any:
    return client.post("/connexion/", {"login": who.identifier, "password": PASSWORD})


def person_of(client: ReadingClient) -> int | None:
    person = client.session.get("_auth_user_id")
    return int(person) if person else None


def browsers_of(who: Someone) -> list[Browser]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return list(Browser.objects.order_by("id"))


def test_an_unknown_browser_with_the_right_password_opens_nothing_yet(world: World, client: ReadingClient) -> None:
    answer = sign_in(client, world.user)
    assert answer["Location"] == reverse("identity:challenge")
    assert person_of(client) is None
    assert client.get("/mon-compte/").status_code == 302
    assert browsers_of(world.user) == []


def test_a_person_without_any_factor_is_led_to_choose_one(world: World, client: ReadingClient) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Totp.objects.all().delete()
    answer = sign_in(trusted(client, world.user.person.pk), world.user)
    assert answer["Location"] == reverse("identity:enrol")
    assert person_of(client) is None


def test_a_trusted_browser_enters_with_the_password_and_the_event_says_so(world: World, client: ReadingClient) -> None:
    assert sign_in(trusted(client, world.user.person.pk), world.user)["Location"] == "/"
    assert person_of(client) == world.user.person.pk
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        event = Event.objects.get(kind="identity.signed_in")
    assert event.after == {"method": "password", "factor": "browser"}
    assert "factor_at" not in client.session


def test_the_trust_of_one_person_opens_nothing_for_another_on_the_same_browser(
    world: World, client: ReadingClient
) -> None:
    trusted(client, world.user.person.pk)
    assert sign_in(client, world.reader)["Location"] == reverse("identity:challenge")
    assert person_of(client) is None


@pytest.mark.parametrize("days", [7, 8, 30])
def test_trust_ends_after_its_days(days: int, world: World, client: ReadingClient, moving: None) -> None:
    trusted(client, world.user.person.pk)
    clock.move(datetime.timedelta(days=days))
    assert sign_in(client, world.user)["Location"] == reverse("identity:challenge")


def test_trust_holds_until_then(world: World, client: ReadingClient, moving: None) -> None:
    trusted(client, world.user.person.pk)
    clock.move(datetime.timedelta(days=6, hours=23))
    assert sign_in(client, world.user)["Location"] == "/"


@pytest.mark.parametrize("forged", ["", "x", "x" * 43, "é" * 43, "a" * 500])
def test_a_forged_browser_cookie_is_an_unknown_browser(forged: str, world: World, client: ReadingClient) -> None:
    client.cookies[COOKIE] = forged
    assert sign_in(client, world.user)["Location"] == reverse("identity:challenge")


def test_being_halfway_lapses(world: World, client: ReadingClient, moving: None, settings: Any) -> None:
    sign_in(client, world.user)
    assert client.get(reverse("identity:challenge")).status_code == 200
    clock.move(settings.PARVIS_HALFWAY_VALIDITY)
    assert client.get(reverse("identity:challenge"))["Location"] == "/connexion/"


def test_two_tabs_halfway_for_two_people_never_mix(world: World, client: ReadingClient) -> None:
    sign_in(client, world.user)
    sign_in(client, world.reader)
    trusted(client, world.reader.person.pk)
    sign_in(client, world.reader)
    assert person_of(client) == world.reader.person.pk


def test_the_session_knows_its_browser_and_both_its_limits(world: World, client: ReadingClient, settings: Any) -> None:
    client.defaults["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    )
    sign_in(trusted(client, world.user.person.pk), world.user)
    row = Session.objects.get(session_key=client.session.session_key)
    assert (row.person_id, row.label) == (world.user.person.pk, "Firefox sur Windows")
    assert row.expire_date - row.seen_at <= settings.PARVIS_IDLE_LIMIT


def enter(who: Someone, cookie: str = "") -> str:
    """A sign-in by passkey from a browser with that cookie; returns the cookie that the browser then holds."""
    request = RequestFactory().post("/connexion/")
    request.session, request.user = SessionStore(), AnonymousUser()
    if cookie:
        request.COOKIES[COOKIE] = cookie
    answer = begin(request, who.person.pk, method="passkey", next="/", factor="passkey")
    return str(answer.cookies[COOKIE].value)


def test_a_further_browser_is_told_by_email_and_the_first_ever_or_a_known_one_is_not(world: World) -> None:
    def told() -> int:
        with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
            return Message.objects.filter(kind="identity.new_browser").count()

    cookie = enter(world.user)
    assert told() == 0
    assert enter(world.user, cookie) == cookie
    assert told() == 0
    other = enter(world.user)
    assert told() == 1
    assert other != cookie
    assert [browser.trusted_until is not None for browser in browsers_of(world.user)] == [True, True]


def test_a_further_browser_is_told_at_each_verified_address_and_at_no_other(world: World) -> None:
    enter(world.user)
    now = clock.now()
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        for address, verified in (("lea@ailleurs.example", now), ("lea@jamais.example", None)):
            Email.objects.create(person=world.user.person, address=address, key=address, verified_at=verified)
    enter(world.user)
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        made = [LETTERS[one.kind].written(one) for one in Message.objects.filter(kind="identity.new_browser")]
        verified_ones = Email.objects.filter(verified_at__isnull=False).values_list("address", flat=True)
        assert sorted(one.to for one in made if isinstance(one, Envelope)) == sorted(verified_ones)
    assert len(made) == 2


def test_nobody_halfway_cannot_be_let_in(world: World) -> None:
    request = RequestFactory().post("/connexion/")
    request.session, request.user = SessionStore(), AnonymousUser()
    with pytest.raises(LookupError):
        finish(request, factor="totp")
