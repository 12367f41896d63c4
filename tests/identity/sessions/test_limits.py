"""A session ends when nobody comes for a while, and after so many hours in any case; nothing typed is lost."""

import datetime
import json
import re
from typing import Any

from django.conf import settings

from parvis.ground import clock
from parvis.identity.models import Session
from tests.access.reading import html, later, value, words
from tests.browsers import trusted
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, World

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
STAY = "/session/rester/"


def data(page: str, name: str) -> int:
    found = re.search(rf'data-{name}="(\d+)"', page)
    assert found is not None
    return int(found[1])


def test_idle_for_29_minutes_one_stays_and_for_31_one_is_out(world: World, signed_in: Any) -> None:
    assert settings.PARVIS_IDLE_LIMIT == 30 * MINUTE
    browser = signed_in(world.user)
    assert browser.get("/mon-compte/").status_code == 200
    with later(29 * MINUTE):
        assert browser.get("/mon-compte/").status_code == 200
        # That visit began the thirty minutes anew.
        with later(29 * MINUTE):
            assert browser.get("/mon-compte/").status_code == 200
            with later(31 * MINUTE):
                assert browser.get("/mon-compte/")["Location"] == "/connexion/?suite=%2Fmon-compte%2F"


def test_after_12_hours_one_is_out_however_active(world: World, signed_in: Any) -> None:
    assert settings.PARVIS_SESSION_LIMIT == 12 * HOUR
    browser = signed_in(world.user)
    moved = datetime.timedelta()
    while moved < 12 * HOUR - MINUTE:
        moved = min(moved + 25 * MINUTE, 12 * HOUR - MINUTE)
        with later(moved):
            assert browser.get("/mon-compte/").status_code == 200, moved
    with later(12 * HOUR + MINUTE):
        assert browser.get("/mon-compte/").status_code == 302


def test_a_page_a_download_and_an_error_all_count_as_a_visit(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    for where in ("/mon-compte/mes-donnees/copie.json", "/nulle-part/", STAY):
        with later(20 * MINUTE):
            session = Session.objects.get(session_key=browser.session.session_key)
            before = session.expire_date
            browser.get(where)
            session.refresh_from_db()
            assert session.expire_date > before, where
            session.expire_date, session.seen_at = before, before - settings.PARVIS_IDLE_LIMIT
            session.save()


def test_visits_within_a_minute_write_nothing(world: World, signed_in: Any, django_assert_num_queries: Any) -> None:
    browser = signed_in(world.user)
    browser.get("/aide/")
    seen = Session.objects.get(session_key=browser.session.session_key).seen_at
    with later(datetime.timedelta(seconds=50)):
        browser.get("/aide/")
    assert Session.objects.get(session_key=browser.session.session_key).seen_at == seen


def test_what_was_typed_waits_and_is_given_back_after_signing_in(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    where = "/mon-compte/adresse/"
    browser.get(where)
    with later(31 * MINUTE):
        answer = browser.post(where, {"email": "nouvelle@annecy.example"})
        assert answer["Location"] == "/connexion/?suite=%2Fmon-compte%2Fadresse%2F"
        page = browser.get(answer["Location"])
        assert "ce que vous aviez saisi vous attend" in words(page)
        trusted(browser, world.user.person.pk)
        entered = browser.post(
            "/connexion/", {"login": world.user.identifier, "password": PASSWORD, "suite": where}, follow=False
        )
        assert entered["Location"] == where
        session = browser.session
        session["factor_at"] = session["entered_at"]
        session.save()
        assert value(browser.get(where), "email") == "nouvelle@annecy.example"


def test_where_nothing_was_typed_one_is_not_sent_back_to_an_address_without_a_page(
    world: World, client: ReadingClient
) -> None:
    answer = client.post(STAY)
    assert answer["Location"] == "/connexion/"
    assert "kept" not in client.session
    assert "ce que vous aviez saisi" not in words(client.get("/connexion/"))


# --- What the page knows ---------------------------------------------------------------------------------------------
def test_the_page_counts_down_what_the_server_keeps(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    for moved in (0, 30, 61, 119):
        with later(datetime.timedelta(seconds=moved)):
            page = html(browser.get("/mon-compte/"))
            session = Session.objects.get(session_key=browser.session.session_key)
            assert abs(data(page, "left") - (session.expire_date - clock.now()).total_seconds()) <= 1
            assert data(page, "warning") == settings.PARVIS_IDLE_WARNING.total_seconds()


def test_towards_the_12_hours_the_page_says_that_staying_is_not_possible(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    alive = datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)
    Session.objects.update(expire_date=alive)
    with later(11 * HOUR):
        assert " data-final" not in html(browser.get("/mon-compte/"))
    Session.objects.update(expire_date=alive)
    with later(11 * HOUR + 40 * MINUTE):
        page = html(browser.get("/mon-compte/"))
        assert " data-final" in page and data(page, "left") <= 20 * 60
        assert json.loads(browser.post(STAY).content)["final"] is True


def test_the_numbers_come_from_the_settings(world: World, signed_in: Any, settings: Any) -> None:
    settings.PARVIS_IDLE_LIMIT, settings.PARVIS_IDLE_WARNING = 7 * MINUTE, datetime.timedelta(seconds=45)
    page = html(signed_in(world.user).get("/mon-compte/"))
    assert 415 <= data(page, "left") <= 420 and data(page, "warning") == 45


def test_a_visitor_meets_no_warning(world: World, client: ReadingClient) -> None:
    for where in ("/connexion/", "/aide/"):
        assert "idle.js" not in html(client.get(where)) and "session-end" not in html(client.get(where))


def test_on_pages_of_an_establishment_too_the_warning_is_there(world: World, signed_in: Any) -> None:
    page = html(signed_in(world.user).get(f"/etablissements/{world.here.siret}/"))
    assert "idle.js" in page and 'role="alertdialog"' in page


# --- « Rester connecté » ---------------------------------------------------------------------------------------------
def test_staying_begins_the_idle_limit_anew_and_says_how_long(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    with later(29 * MINUTE):
        answer = browser.post(STAY)
        assert json.loads(answer.content) == {"left": 1800, "final": False}
        with later(29 * MINUTE):
            assert browser.get("/mon-compte/").status_code == 200


def test_staying_wants_a_post_of_ours(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    assert browser.get(STAY).status_code == 405
    strict = ReadingClient(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post(STAY).status_code == 403


def test_after_the_end_staying_leads_to_the_sign_in_page(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    with later(31 * MINUTE):
        assert browser.post(STAY)["Location"] == "/connexion/"
