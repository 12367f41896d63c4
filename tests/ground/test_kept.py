"""What was typed is kept for each address, within limits, without passwords, and given back once."""

from typing import Any

import pytest
from django.contrib.sessions.backends.cache import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from parvis.ground.pages import kept as module
from parvis.ground.pages.kept import TABS, keep, kept


@pytest.fixture
def session() -> Any:
    return SessionStore()


def request(session: Any, path: str, typed: dict[str, str] | None = None) -> HttpRequest:
    made = RequestFactory().get(path) if typed is None else RequestFactory().post(path, typed)
    made.session = session
    return made


def test_two_pages_keep_theirs_both_and_give_it_back_once(session: Any) -> None:
    keep(request(session, "/une/", {"nom": "Métral", "password": "secret", "csrfmiddlewaretoken": "x"}))
    keep(request(session, "/deux/", {"nom": "Blanc"}))
    for path, name in (("/deux/", "Blanc"), ("/une/", "Métral")):
        found = kept(request(session, path))
        assert found is not None and found.dict() == {"nom": name}
        assert kept(request(session, path)) is None


def test_the_same_page_keeps_the_latest_alone(session: Any) -> None:
    keep(request(session, "/une/", {"nom": "Métral"}))
    keep(request(session, "/une/", {"nom": "Blanc"}))
    found = kept(request(session, "/une/"))
    assert found is not None and found.dict() == {"nom": "Blanc"}
    assert not session["kept"]


def test_a_page_too_long_to_be_kept_leaves_nothing_of_before(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(request(session, "/une/", {"nom": "Métral"}))
    monkeypatch.setattr(module, "LIMIT", 20)
    keep(request(session, "/une/", {"nom": "B" * 40}))
    assert kept(request(session, "/une/")) is None


def test_the_oldest_make_room(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(TABS + 2):
        keep(request(session, f"/{number}/", {"n": str(number)}))
    assert [one["path"] for one in session["kept"]] == [f"/{number}/" for number in range(2, TABS + 2)]
    monkeypatch.setattr(module, "LIMIT", 8)
    keep(request(session, "/long/", {"n": "12345"}))
    assert [one["path"] for one in session["kept"]] == ["/long/"]


def test_what_is_only_looked_at_takes_nothing(session: Any) -> None:
    keep(request(session, "/une/", {"nom": "Métral"}))
    assert kept(request(session, "/une/", {"nom": "autre"})) is None
    assert kept(request(session, "/autre/")) is None
    assert kept(request(session, "/une/")) is not None
