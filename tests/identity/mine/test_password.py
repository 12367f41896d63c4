"""A new password from « Mon compte »: this session stays, the others end, and the person is told."""

from typing import Any

import pytest

from parvis.ground import tenancy
from parvis.identity.models import Browser, Session
from tests.access.reading import at_field, words
from tests.browsers import trusted
from tests.identity.factors.hands import stale
from tests.identity.mine.hands import enters, kinds, letters
from tests.invitations import FRESH
from tests.world import PASSWORD, World

WHERE = "/mon-compte/mot-de-passe/"


def test_this_session_stays_the_others_end_and_the_person_is_told(world: World, signed_in: Any) -> None:
    here, there = signed_in(world.user), signed_in(world.user)
    stranger = signed_in(world.reader)
    assert here.post(WHERE, {"current": PASSWORD, "password": FRESH})["Location"] == "/mon-compte/"
    assert here.get("/mon-compte/").status_code == 200
    assert there.get("/mon-compte/").status_code == 302
    assert stranger.get("/mon-compte/").status_code == 200
    assert (enters(world.user.identifier, FRESH), enters(world.user.identifier, PASSWORD)) == (True, False)
    (told,) = letters(world.user, "identity.password_changed")
    assert told.to == world.user.membership.email
    assert "identity.password_changed" in kinds(world.user)


def test_the_session_gets_another_key(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    before = browser.session.session_key
    browser.post(WHERE, {"current": PASSWORD, "password": FRESH})
    assert browser.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert Session.objects.filter(person_id=world.user.person.pk).count() == 1


def test_trust_ends_in_every_browser_but_this_one(world: World, signed_in: Any) -> None:
    here, there = (trusted(signed_in(world.user), world.user.person.pk) for _ in range(2))
    here.post(WHERE, {"current": PASSWORD, "password": FRESH})
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert Browser.objects.filter(trusted_until__isnull=False).count() == 1
        assert Browser.objects.count() == 2


@pytest.mark.parametrize("typed", ["", "zébu sage", "motdepasse123", "lea.martin@20006340200016"])
def test_a_password_against_the_rules_changes_nothing(typed: str, world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    answer = browser.post(WHERE, {"current": PASSWORD, "password": typed})
    assert answer.status_code == 200 and at_field(answer, "password")
    assert typed == "" or typed not in answer.content.decode()
    assert enters(world.user.identifier)
    assert letters(world.user, "identity.password_changed") == []


def test_who_administers_needs_more_characters(world: World, signed_in: Any) -> None:
    thirteen = "vélo gris nu!"
    assert len(thirteen) == 13
    assert at_field(signed_in(world.administrator).post(WHERE, {"current": PASSWORD, "password": thirteen}), "password")
    assert "14 caractères" in words(signed_in(world.administrator).get(WHERE))
    assert signed_in(world.user).post(WHERE, {"current": PASSWORD, "password": thirteen}).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_fresh_factor_it_is_asked_for_first(method: str, world: World, signed_in: Any) -> None:
    browser = stale(signed_in(world.user))
    answer = getattr(browser, method)(WHERE, {"current": PASSWORD, "password": FRESH})
    assert answer["Location"].split("?")[0] == "/confirmer/"
    assert enters(world.user.identifier)


def test_a_password_is_not_kept_while_the_factor_is_asked_for(world: World, signed_in: Any) -> None:
    browser = stale(signed_in(world.user))
    browser.post(WHERE, {"current": PASSWORD, "password": FRESH})
    assert FRESH not in str(dict(browser.session.items()))


def test_a_session_left_open_is_not_enough(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    for current in ("", "un autre que le mien"):
        answer = browser.post(WHERE, {"current": current, "password": FRESH})
        assert answer.status_code == 200 and at_field(answer, "current")
    assert enters(world.user.identifier)
    assert letters(world.user, "identity.password_changed") == []


def test_guessing_the_present_password_is_suspended_like_signing_in(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    answers = [browser.post(WHERE, {"current": f"essai numéro {n}", "password": FRESH}) for n in range(7)]
    assert "suspendu" in answers[-1].content.decode()
    assert browser.post(WHERE, {"current": PASSWORD, "password": FRESH}).status_code != 302


def test_the_page_for_a_longer_one_is_no_way_round_the_present_password(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    assert browser.post("/mot-de-passe/plus-long/", {"password": FRESH})["Location"] == WHERE
    assert enters(world.user.identifier)
