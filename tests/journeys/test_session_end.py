"""The warning before a session ends: read once, answered by keyboard, shared by tabs, and nothing typed is lost."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Visitor
from tests.journeys.hands import Hands
from tests.journeys.running import Demo, Known
from tests.journeys.second_factor import pass_second_factor

SOON, OVER = "Votre session se ferme bientôt", "Votre session est terminée"
STAY = "Rester connecté"


def dialog(page: Page) -> Locator:
    return page.get_by_role("alertdialog")


def opened(page: Page, path: str) -> Page:
    """A page whose clock the test moves."""
    page.clock.install()
    page.goto(path)
    return page


@pytest.fixture
def somebody(demo: Demo) -> Known:
    return demo.people["administrateur"]


def test_two_minutes_before_the_end_one_is_asked_and_stays_by_keyboard(visitor: Visitor, somebody: Known) -> None:
    page = opened(visitor(somebody), f"{somebody.home}comptes/")
    field = page.get_by_label("Nom, adresse électronique ou identifiant", exact=True)
    field.fill("quelqu’un")
    # What the session has left depends on when its last request was noted. A minute of margin: the page's clock goes on
    # by itself while a busy machine makes the test wait.
    left = int(page.locator("#session-end").get_attribute("data-left") or 0)
    page.clock.fast_forward((left - 180) * 1000)
    expect(dialog(page)).to_have_count(0)
    page.clock.fast_forward("01:05")
    expect(dialog(page)).to_be_visible()
    expect(dialog(page)).to_have_accessible_name(SOON)
    expect(dialog(page)).to_have_accessible_description(re.compile("se ferme dans 2 minutes"))
    expect(page.get_by_role("button", name=STAY)).to_be_focused()
    # What is behind cannot be reached meanwhile, and the digits count for the eye alone.
    page.clock.fast_forward("00:20")
    expect(dialog(page)).to_contain_text(re.compile(r"(1 min )?\d?\d s"))
    expect(dialog(page)).to_have_accessible_description(re.compile("se ferme dans 2 minutes"))
    page.keyboard.press("Enter")
    expect(dialog(page)).to_have_count(0)
    expect(field).to_be_focused()
    expect(field).to_have_value("quelqu’un")
    page.clock.fast_forward("27:00")
    expect(dialog(page)).to_have_count(0)


def test_escape_stays_too(visitor: Visitor, somebody: Known) -> None:
    page = opened(visitor(somebody), "/mon-compte/")
    page.clock.fast_forward("28:05")
    expect(dialog(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    page.clock.fast_forward("10:00")
    expect(dialog(page)).to_have_count(0)


def test_staying_in_one_tab_stays_in_the_other(visitor: Visitor, somebody: Known) -> None:
    first = opened(visitor(somebody), "/mon-compte/")
    second = first.context.new_page()
    second.goto(f"{somebody.home}comptes/")
    # One clock for both.
    first.clock.fast_forward("28:05")
    for page in (first, second):
        expect(dialog(page)).to_be_visible()
    second.get_by_role("button", name=STAY).click()
    for page in (second, first):
        expect(dialog(page)).to_have_count(0)


def test_a_page_opened_in_another_tab_puts_the_warning_off(visitor: Visitor, somebody: Known) -> None:
    first = opened(visitor(somebody), "/mon-compte/")
    first.clock.fast_forward("27:00")
    second = first.context.new_page()
    second.goto(somebody.home)
    first.clock.fast_forward("01:30")
    expect(dialog(first)).to_have_count(0)


def test_after_the_end_what_was_typed_is_sent_and_found_again(demo: Demo, visitor: Visitor, somebody: Known) -> None:
    page = opened(visitor(somebody), f"{somebody.home}comptes/creer/")
    hands = Hands(page)
    hands.fill("Nom", "Toujours-Là")
    page.clock.fast_forward("28:05")
    expect(dialog(page)).to_have_accessible_name(SOON)
    page.clock.fast_forward("02:00")
    expect(dialog(page)).to_have_accessible_name(OVER)
    expect(page.get_by_role("alert")).to_contain_text("Ce que vous avez saisi reste sur cette page")
    expect(page.get_by_role("button", name="Revenir à la page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog(page)).to_have_count(0)
    expect(page.get_by_text("Ce que vous avez saisi reste ici")).to_be_visible()
    expect(page.get_by_label("Nom", exact=True)).to_have_value("Toujours-Là")
    # As the server ends it at that moment.
    page.context.clear_cookies(name="parvis_session")
    hands.press("Continuer")
    expect(page.get_by_role("main")).to_contain_text("ce que vous aviez saisi vous attend")
    hands.fill("Identifiant ou adresse électronique", somebody.identifier)
    hands.fill("Mot de passe", somebody.password)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    pass_second_factor(hands, demo, somebody.identifier)
    expect(page.get_by_label("Nom", exact=True)).to_have_value("Toujours-Là")


def test_a_session_ended_elsewhere_says_so_instead_of_staying(visitor: Visitor, somebody: Known) -> None:
    page = opened(visitor(somebody), "/mon-compte/")
    page.clock.fast_forward("28:05")
    kept = page.context.cookies()
    page.context.clear_cookies(name="parvis_session")
    page.get_by_role("button", name=STAY).click()
    expect(dialog(page)).to_have_accessible_name(OVER)
    page.context.add_cookies(kept)  # type: ignore[arg-type]


def test_a_server_that_does_not_answer_is_told_and_asked_again(visitor: Visitor, somebody: Known) -> None:
    page = opened(visitor(somebody), "/mon-compte/")
    page.clock.fast_forward("28:05")
    page.route("**/session/rester/", lambda route: route.fulfill(status=503, body=""))
    page.get_by_role("button", name=STAY).click()
    expect(page.get_by_text("Parvis ne répond pas pour le moment")).to_be_visible()
    expect(dialog(page)).to_have_accessible_name(SOON)
    page.unroute("**/session/rester/")
    page.get_by_role("button", name=STAY).click()
    expect(dialog(page)).to_have_count(0)


def test_without_storage_each_tab_counts_for_itself(visitor: Visitor, somebody: Known) -> None:
    page = visitor(somebody)
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused') }})")
    opened(page, "/mon-compte/")
    page.clock.fast_forward("28:05")
    expect(dialog(page)).to_be_visible()
    page.get_by_role("button", name=STAY).click()
    expect(dialog(page)).to_have_count(0)


def test_without_the_script_there_is_no_warning_and_no_trace_of_one(visitor: Visitor, somebody: Known) -> None:
    page = visitor(somebody, java_script_enabled=False)
    page.goto("/mon-compte/")
    expect(dialog(page)).to_have_count(0)
    expect(page.get_by_text(STAY)).to_be_hidden()
