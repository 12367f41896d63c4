"""« Mes sessions »: what is open, where; ending one or all; browsers no longer trusted."""

import datetime
from typing import Any

import pytest

from parvis.ground import tenancy
from parvis.identity.models import Browser, Session
from parvis.identity.queries.sessions import number_of, open_sessions
from parvis.journal.models import Event
from tests.access.reading import html, later, words
from tests.browsers import trusted
from tests.identity.factors.hands import code_now, stale
from tests.identity.mine.hands import kinds
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, World

WHERE = "/mon-compte/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


def entered(who: Any, agent: str) -> ReadingClient:
    """A browser in which somebody signed in as everybody does."""
    client = ReadingClient(headers={"user-agent": agent})
    client.post("/connexion/", {"login": who.identifier, "password": PASSWORD})
    client.post("/second-facteur/", {"code": code_now()})
    return client


def number(browser: Any) -> str:
    return number_of(browser.session.session_key)


def open_ones(who: Any) -> int:
    return len(open_sessions(who.person.pk, ""))


def test_the_list_says_which_browser_since_when_and_which_is_this_one(world: World, signed_in: Any) -> None:
    here, there = signed_in(world.user), signed_in(world.user)
    for browser, label in ((here, "Firefox sur Linux"), (there, "Edge sur Windows")):
        Session.objects.filter(session_key=browser.session.session_key).update(label=label)
    page = words(here.get(WHERE))
    assert page.index("Firefox sur Linux Cet appareil") < page.index("Edge sur Windows")
    assert page.count("Cet appareil") == 1
    assert "Fermer toutes les autres sessions" in page


def test_the_key_of_a_session_is_never_shown(world: World, signed_in: Any) -> None:
    here, there = signed_in(world.user), signed_in(world.user)
    page = html(here.get(WHERE))
    for browser in (here, there):
        assert browser.session.session_key not in page
    assert number(there) in page and number(here) not in page


def test_a_session_ended_is_refused_at_its_next_request(world: World, signed_in: Any) -> None:
    here, there = signed_in(world.user), signed_in(world.user)
    assert there.get(WHERE).status_code == 200
    assert here.post(WHERE, {"fermer": number(there)})["Location"] == WHERE
    assert there.get(WHERE).status_code == 302
    assert there.post(WHERE, {"fermer-les-autres": "1"}).status_code == 302
    assert here.get(WHERE).status_code == 200
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert Event.objects.get(kind="identity.sessions_ended").after == {"by": "person", "count": 1}


def test_all_others_ended_this_one_stays(world: World, signed_in: Any) -> None:
    here, others = signed_in(world.user), [signed_in(world.user) for _ in range(3)]
    stranger = signed_in(world.stranger)
    here.post(WHERE, {"fermer-les-autres": "1"})
    assert "3 sessions sont fermées" in words(here.get(WHERE)).replace("\xa0", " ")
    assert [one.get(WHERE).status_code for one in (here, *others, stranger)] == [200, 302, 302, 302, 200]
    assert kinds(world.user).count("identity.sessions_ended") == 1


def test_without_another_one_there_is_nothing_to_end(world: World, signed_in: Any) -> None:
    here = signed_in(world.user)
    assert "Fermer toutes les autres" not in words(here.get(WHERE))
    here.post(WHERE, {"fermer-les-autres": "1"})
    assert "Aucune autre session" in words(here.get(WHERE))
    assert "identity.sessions_ended" not in kinds(world.user)


@pytest.mark.parametrize("typed", ["", "x" * 24, "' OR true --", "\0"])
def test_a_session_that_is_not_theirs_or_over_is_not_ended(typed: str, world: World, signed_in: Any) -> None:
    stranger = signed_in(world.stranger)
    here = signed_in(world.user)
    for wanted in (typed, number(stranger)):
        assert here.post(WHERE, {"fermer": wanted})["Location"] == WHERE
    assert stranger.get(WHERE).status_code == 200
    assert open_ones(world.user) == 1


def test_ones_own_session_is_ended_by_signing_out_alone(world: World, signed_in: Any) -> None:
    here = signed_in(world.user)
    here.post(WHERE, {"fermer": number(here)})
    assert here.get(WHERE).status_code == 200


def test_without_a_fresh_factor_it_is_asked_for_and_then_done(world: World, signed_in: Any) -> None:
    here, there = stale(signed_in(world.user)), signed_in(world.user)
    assert here.get(WHERE).status_code == 200
    assert here.post(WHERE, {"fermer": number(there)})["Location"].split("?")[0] == "/confirmer/"
    assert there.get(WHERE).status_code == 200
    answer = here.post("/confirmer/", {"code": code_now()})
    assert answer["Location"] == WHERE
    assert there.get(WHERE).status_code == 302
    assert here.get(WHERE).status_code == 200


def test_a_browser_is_known_after_signing_in_and_trusted_until_one_says_no(world: World, client: ReadingClient) -> None:
    browser = entered(world.user, FIREFOX)
    page = words(browser.get(WHERE))
    assert "Firefox sur Linux" in page and "Ne plus faire confiance" in page
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        known = Browser.objects.get()
    assert browser.post(WHERE, {"ne-plus-faire-confiance": str(known.pk)})["Location"] == WHERE
    assert "Second facteur demandé" in words(browser.get(WHERE))
    assert "identity.browser_untrusted" in kinds(world.user)
    browser.post("/deconnexion/")
    answer = browser.post("/connexion/", {"login": world.user.identifier, "password": PASSWORD})
    assert answer["Location"] == "/second-facteur/"


def test_somebody_elses_browser_keeps_its_trust(world: World, signed_in: Any) -> None:
    trusted(ReadingClient(), world.stranger.person.pk)
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        theirs = Browser.objects.get()
    here = signed_in(world.user)
    for typed in (str(theirs.pk), "0", "x", "9" * 30, ""):
        assert here.post(WHERE, {"ne-plus-faire-confiance": typed})["Location"] == WHERE
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert Browser.objects.get().trusted_until is not None


def test_an_unknown_act_does_nothing(world: World, signed_in: Any) -> None:
    here, there = signed_in(world.user), signed_in(world.user)
    assert here.post(WHERE, {"autre": "1"})["Location"] == WHERE
    assert there.get(WHERE).status_code == 200


def test_an_edge_and_a_firefox_are_told_apart(world: World) -> None:
    entered(world.user, EDGE)
    with later(datetime.timedelta(seconds=60)):
        page = words(entered(world.user, FIREFOX).get(WHERE))
    assert "Firefox sur Linux Cet appareil" in page and "Edge sur Windows" in page
