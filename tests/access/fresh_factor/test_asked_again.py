"""What asks for a fresh second factor, and how the act is done afterwards: once, by one click, with what was typed."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from parvis.access import registry
from parvis.access.levels import Level
from parvis.access.models import Membership
from parvis.access.registry import Service, Theme
from parvis.ground import clock, tenancy
from tests.access.creation.hands import RIGHTS, accounts_and_drafts, drafted
from tests.entering import code_now
from tests.identity.factors.hands import CONFIRM, stale, wrong_code
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]


@pytest.fixture
def moving(settings: Any, tmp_path: Any) -> None:
    settings.PARVIS_CLOCK_FILE = tmp_path / "clock"


@pytest.fixture
def base(world: World) -> str:
    return f"/etablissements/{world.here.siret}/comptes/"


@pytest.fixture
def browser(world: World, signed_in: SignedIn) -> ReadingClient:
    """The administrator's, the second factor given too long ago."""
    return stale(signed_in(world.administrator))


def confirm(browser: ReadingClient) -> Any:
    return browser.post(CONFIRM, {"code": code_now()})


def ready(browser: ReadingClient, base: str, **typed: str) -> str:
    """A draft at its check page."""
    where = drafted(browser, f"{base}creer/", **typed)
    assert browser.post(f"{where}droits/", RIGHTS).status_code == 302
    return f"{where}verification/"


# --- « Créer » -------------------------------------------------------------------------------------------------------
def test_create_asks_once_and_then_makes_the_account_by_itself(world: World, browser: ReadingClient, base: str) -> None:
    check = ready(browser, base)
    before = accounts_and_drafts(world)
    assert browser.post(check)["Location"] == CONFIRM
    assert accounts_and_drafts(world) == before
    assert "Ce que vous avez saisi est gardé" in browser.get(CONFIRM).content.decode()
    answer = confirm(browser)
    assert answer["Location"] == check.replace("verification/", "identifiant/")
    assert "Étape 3 sur 3" in browser.get(answer["Location"]).content.decode()
    after = accounts_and_drafts(world)
    assert after[0] == before[0] + 1 and after[2] == before[2] + 1


def test_sending_the_code_again_makes_no_second_account(world: World, browser: ReadingClient, base: str) -> None:
    check = ready(browser, base)
    browser.post(check)
    confirm(browser)
    made = accounts_and_drafts(world)
    assert browser.post(CONFIRM, {"code": code_now()}).status_code == 302
    assert browser.post(check)["Location"].endswith("/identifiant/")
    assert accounts_and_drafts(world) == made


def test_two_tabs_that_wait_go_each_back_to_their_own(world: World, browser: ReadingClient, base: str) -> None:
    profile = f"{base}{world.user.account_id}/profil/"
    first, second = ready(browser, base), ready(browser, base, email="quelqu.un@ville.example")
    before = accounts_and_drafts(world)
    pages = [
        browser.post(first)["Location"],
        browser.post(second)["Location"],
        browser.post(profile, {"profile": "administrateur"})["Location"],
    ]
    assert pages[0] == CONFIRM and len(set(pages)) == 3
    # Another way to answer, and « Annuler », stay with the tab.
    shown = browser.get(pages[1]).content.decode()
    assert f'href="{second}"' in shown and f'href="{first}"' not in shown
    for other in re.findall(r'href="(\?par=[^"]+)"', shown):
        assert pages[1].partition("?")[2] in other
    made = second.replace("verification/", "identifiant/")
    assert browser.post(pages[1], {"code": code_now()})["Location"] == made
    assert accounts_and_drafts(world)[0] == before[0] + 1
    # The factor is fresh now: the others are done without a code, each once.
    assert browser.post(pages[2], {"code": ""})["Location"] == f"{base}{world.user.account_id}/"
    with tenancy.scope(establishment=world.here.pk):
        assert Membership.objects.get(pk=world.user.account_id).profile == "administrateur"
    assert browser.post(pages[0], {"code": ""})["Location"] == first.replace("verification/", "identifiant/")
    assert accounts_and_drafts(world)[0] == before[0] + 2
    for page in pages:
        browser.post(page, {"code": code_now()})
    assert accounts_and_drafts(world)[0] == before[0] + 2


def test_an_address_that_nothing_waits_under_does_nothing(world: World, browser: ReadingClient, base: str) -> None:
    check = ready(browser, base)
    before = accounts_and_drafts(world)
    browser.post(check)
    assert browser.get(f"{CONFIRM}?demande=0badc0de").status_code == 200
    assert browser.post(f"{CONFIRM}?demande=0badc0de", {"code": code_now()})["Location"] != check
    assert accounts_and_drafts(world)[0] == before[0]


def test_a_wrong_code_makes_nothing_and_keeps_what_waits(world: World, browser: ReadingClient, base: str) -> None:
    check = ready(browser, base)
    before = accounts_and_drafts(world)
    browser.post(check)
    assert browser.post(CONFIRM, {"code": wrong_code()}).status_code == 200
    assert accounts_and_drafts(world) == before
    confirm(browser)
    assert accounts_and_drafts(world)[0] == before[0] + 1


def test_going_back_instead_makes_nothing(world: World, browser: ReadingClient, base: str) -> None:
    check = ready(browser, base)
    before = accounts_and_drafts(world)
    browser.post(check)
    page = browser.get(CONFIRM).content.decode()
    assert f'href="{check}"' in page
    assert browser.get(check).status_code == 200
    assert accounts_and_drafts(world) == before


def test_a_click_of_long_ago_is_not_made_again(
    world: World, browser: ReadingClient, base: str, moving: None, settings: Any
) -> None:
    check = ready(browser, base)
    before = accounts_and_drafts(world)
    browser.post(check)
    clock.move(settings.PARVIS_FRESH_FACTOR)
    assert confirm(browser)["Location"] == check
    assert accounts_and_drafts(world) == before


def test_a_draft_without_rights_is_sent_on_before_anything_is_asked(browser: ReadingClient, base: str) -> None:
    where = drafted(browser, f"{base}creer/")
    assert browser.post(f"{where}verification/")["Location"] == f"{where}droits/"


def test_who_lost_the_right_meanwhile_is_refused_after_the_code(
    world: World, browser: ReadingClient, base: str
) -> None:
    check = ready(browser, base)
    browser.post(check)
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.administrator.account_id).update(profile="utilisateur")
    before = accounts_and_drafts(world)
    answer = confirm(browser)
    assert answer["Location"] == check
    assert browser.get(check).status_code == 403
    assert accounts_and_drafts(world) == before


def test_a_page_that_is_no_longer_there_is_a_404_after_the_code(
    world: World, browser: ReadingClient, base: str
) -> None:
    from parvis.access.models import Draft

    check = ready(browser, base)
    browser.post(check)
    with tenancy.scope(establishment=world.here.pk):
        Draft.objects.all().delete()
    answer = confirm(browser)
    assert answer["Location"] == check
    assert browser.get(check).status_code == 404


def test_a_fresh_factor_is_not_asked_again(world: World, signed_in: SignedIn, base: str) -> None:
    browser = signed_in(world.administrator)
    assert browser.post(ready(browser, base))["Location"].endswith("/identifiant/")


def test_what_one_person_left_waiting_is_not_done_by_the_next(
    world: World, browser: ReadingClient, signed_in: SignedIn, base: str
) -> None:
    check = ready(browser, base)
    browser.post(check)
    before = accounts_and_drafts(world)
    browser.post("/deconnexion/")
    browser.force_login(world.second.person, backend="parvis.identity.backend.PersonBackend")
    session = browser.session
    session.update({"entered_at": clock.now().timestamp(), "strong_factor": True})
    session.save()
    confirm(browser)
    assert accounts_and_drafts(world) == before


# --- Profile ---------------------------------------------------------------------------------------------------------
def test_a_profile_changes_after_the_code_and_says_so(world: World, browser: ReadingClient, base: str) -> None:
    path = f"{base}{world.user.account_id}/profil/"
    assert browser.post(path, {"profile": "administrateur"})["Location"] == CONFIRM
    answer = confirm(browser)
    assert answer["Location"] == f"{base}{world.user.account_id}/"
    assert "a le profil «" in browser.get(answer["Location"]).content.decode()
    with tenancy.scope(establishment=world.here.pk):
        assert Membership.objects.get(pk=world.user.account_id).profile == "administrateur"


@pytest.mark.parametrize("typed", ["utilisateur", "", "roi"])
def test_nothing_is_asked_for_a_profile_that_would_not_change(
    typed: str, world: World, browser: ReadingClient, base: str
) -> None:
    answer = browser.post(f"{base}{world.user.account_id}/profil/", {"profile": typed})
    assert answer.get("Location") != CONFIRM


def test_a_refusal_after_the_code_shows_the_page_with_what_was_chosen(
    world: World, browser: ReadingClient, base: str
) -> None:
    path = f"{base}{world.user.account_id}/profil/"
    assert browser.post(path, {"profile": "administrateur"})["Location"] == CONFIRM
    with tenancy.scope(establishment=world.here.pk):
        # Meanwhile the account is gone: the page says so.
        Membership.objects.get(pk=world.user.account_id).rights.all().delete()
        Membership.objects.filter(pk=world.user.account_id).delete()
    answer = confirm(browser)
    assert answer["Location"] == path
    assert browser.get(path).status_code == 404


# --- Rights ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def sensitive() -> Iterator[Service]:
    """A service that asks for a fresh second factor before it is given."""
    made = registry.declare(
        Service(
            code="sensible",
            name="Service sensible",
            theme=Theme("divers", "Divers", 900),
            sentence="Ce qu’il ne faut pas donner sans y penser.",
            helps={Level.READ: "Voir.", Level.WRITE: "Changer."},
            url_name="inbox:home",
            asks_fresh_factor=True,
        )
    )
    yield made
    del registry._services[made.code]
    registry._offered.cache_clear()


HELD = {"niveau-mon-etablissement": "modification", "niveau-contrats": "lecture", "niveau-correspondants": "aucun"}


def test_granting_a_sensitive_service_asks_and_then_grants(
    world: World, browser: ReadingClient, base: str, sensitive: Service
) -> None:
    path = f"{base}{world.user.account_id}/droits/modifier/"
    assert browser.post(path, {**HELD, "niveau-sensible": "lecture"})["Location"] == CONFIRM
    assert confirm(browser)["Location"] == f"{base}{world.user.account_id}/droits/"
    with tenancy.scope(establishment=world.here.pk):
        assert world.user.membership.rights.get(service="sensible").level == Level.READ


def test_other_rights_and_taking_the_sensitive_one_away_ask_for_nothing(
    world: World, browser: ReadingClient, base: str, sensitive: Service
) -> None:
    path = f"{base}{world.user.account_id}/droits/modifier/"
    done = f"{base}{world.user.account_id}/droits/"
    assert browser.post(path, {**HELD, "niveau-sensible": "aucun"})["Location"] == done
    browser.post(path, {**HELD, "niveau-sensible": "lecture"})
    confirm(browser)
    stale(browser)
    same = {**HELD, "niveau-correspondants": "lecture", "niveau-sensible": "lecture"}
    assert browser.post(path, same)["Location"] == done
    assert browser.post(path, {**HELD, "niveau-sensible": "modification"})["Location"] == CONFIRM
    assert browser.post(path, {**HELD, "niveau-sensible": "aucun"})["Location"] == done


def test_no_code_is_asked_for_rights_that_are_wrongly_typed(
    world: World, browser: ReadingClient, base: str, sensitive: Service
) -> None:
    path = f"{base}{world.user.account_id}/droits/modifier/"
    answer = browser.post(path, {**HELD, "niveau-sensible": "lecture", "fin-sensible": "31/02/2030"})
    assert answer.status_code == 200


def test_the_only_administrator_gives_themselves_rights_after_the_code(world: World, signed_in: SignedIn) -> None:
    browser = stale(signed_in(world.stranger))
    base = f"/etablissements/{world.there.siret}/comptes/"
    path = f"{base}{world.stranger.account_id}/droits/modifier/"
    assert browser.get(path).status_code == 200
    assert browser.post(path, {"niveau-contrats": "lecture"})["Location"] == CONFIRM
    assert confirm(browser)["Location"] == f"{base}{world.stranger.account_id}/droits/"
    with tenancy.scope(establishment=world.there.pk):
        assert world.stranger.membership.rights.get(service="contrats").level == Level.READ
