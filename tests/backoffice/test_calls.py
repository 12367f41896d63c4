"""Calls: who calls is known by a code; without one only general information; every call is logged."""

from typing import Any

import pytest

from parvis.backoffice.models import Call
from parvis.identity.actions.call_code import ask_call_code
from tests.access.reading import words
from tests.backoffice.hands import fresh, office
from tests.world import World

CALLS, CURRENT = "/conseiller/appels/", "/conseiller/appels/en-cours/"
ENDED = {"motive": "connexion", "answer": "done", "note": "Débloqué"}


def logged(world: World, who: str = "first") -> list[Call]:
    with office(world.advisers[who]):
        return list(Call.objects.order_by("began_at"))


def test_a_code_opens_the_callers_page_and_the_call_is_logged(world: World) -> None:
    code = ask_call_code(person_id=world.user.person.pk)
    browser = fresh(world.advisers["first"])
    answer = browser.post(CALLS, {"fund": "cnracl", "code": f"{code[:3]} {code[3:]}", "geste": "code"})
    page = f"/conseiller/personnes/{world.user.membership.ref}/"
    assert answer.headers["Location"] == page
    assert "Appel en cours" in words(browser.get(page))
    assert "Léa Martin" in words(browser.get(CURRENT))
    browser.post(CURRENT, ENDED)
    (call,) = logged(world)
    assert (call.proven, call.account, call.motive, call.answer) == (
        True,
        world.user.membership.ref,
        "connexion",
        "done",
    )
    assert call.ended_at is not None
    assert "Débloqué" in words(browser.get(CALLS))


def test_a_code_serves_once(world: World) -> None:
    code = ask_call_code(person_id=world.user.person.pk)
    first, second = fresh(world.advisers["first"]), fresh(world.advisers["second"])
    first.post(CALLS, {"fund": "cnracl", "code": code, "geste": "code"})
    assert "Ce code n’est pas bon" in words(second.post(CALLS, {"fund": "cnracl", "code": code, "geste": "code"}))
    assert len(logged(world)) == 1


def test_without_a_code_general_information_only(world: World) -> None:
    browser = fresh(world.advisers["first"])
    assert browser.post(CALLS, {"fund": "rafp", "geste": "sans"}).headers["Location"] == CURRENT
    assert "Renseignements généraux seulement" in words(browser.get(CURRENT))
    browser.post(CURRENT, {"motive": "service", "answer": "refused"})
    (call,) = logged(world)
    assert (call.proven, call.account, call.answer) == (False, None, "refused")


def test_someone_of_other_funds_is_not_shown(world: World) -> None:
    code = ask_call_code(person_id=world.user.person.pk)
    browser = fresh(world.advisers["other"])
    assert browser.post(CALLS, {"fund": "faefm", "code": code, "geste": "code"}).headers["Location"] == CURRENT
    said = words(browser.get(CURRENT))
    assert "n’a pas de compte dans un établissement de vos fonds" in said
    assert "Léa" not in said


def test_codes_that_are_tried_are_counted_whatever_comes_of_them(world: World, settings: Any) -> None:
    settings.PARVIS_CALL_CODE_TRIES = 3
    browser = fresh(world.advisers["first"])
    for _ in range(3):
        browser.post(CALLS, {"fund": "cnracl", "code": "not-one", "geste": "code"})
    code = ask_call_code(person_id=world.user.person.pk)
    said = words(browser.post(CALLS, {"fund": "cnracl", "code": code, "geste": "code"}))
    assert "Trop de codes saisis" in said
    assert logged(world) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"motive": "", "answer": "done"}, "Choisissez le motif"),
        ({"motive": "invente", "answer": "done"}, "Choisissez le motif"),
        ({"motive": "connexion", "answer": ""}, "Dites ce qui a été répondu"),
        ({"motive": "connexion", "answer": "x", "note": "Gardé"}, "Gardé"),
    ],
)
def test_a_call_ends_with_its_motive_and_answer(world: World, typed: dict[str, str], said: str) -> None:
    browser = fresh(world.advisers["first"])
    browser.post(CALLS, {"fund": "cnracl", "geste": "sans"})
    assert said in words(browser.post(CURRENT, typed))
    assert logged(world)[0].ended_at is None


def test_one_call_at_a_time_and_of_ones_own_funds(world: World) -> None:
    browser = fresh(world.advisers["first"])
    assert "Choisissez l’un de vos fonds" in words(browser.post(CALLS, {"fund": "faefm", "geste": "sans"}))
    browser.post(CALLS, {"fund": "cnracl", "geste": "sans"})
    assert "déjà un appel en cours" in words(browser.post(CALLS, {"fund": "cnracl", "geste": "sans"}))


def test_the_calls_of_other_funds_are_not_listed(world: World) -> None:
    browser = fresh(world.advisers["first"])
    browser.post(CALLS, {"fund": "cnracl", "geste": "sans"})
    browser.post(CURRENT, ENDED)
    assert logged(world, "other") == []
    assert "Débloqué" not in words(fresh(world.advisers["other"]).get(CALLS))
    assert "Débloqué" in words(fresh(world.advisers["second"]).get(CALLS + "?motif=connexion"))
    assert "Débloqué" not in words(fresh(world.advisers["second"]).get(CALLS + "?motif=autre"))
