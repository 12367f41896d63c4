"""The person's menu, on the pages that belong to no establishment: what one left stays within reach."""

from collections.abc import Callable

from django.urls import reverse

from parvis.access.models import Profile
from parvis.ground import tenancy
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]


def _menu(browser: ReadingClient) -> str:
    page = browser.get(reverse("access:me")).content.decode()
    return page[page.index("<header") : page.index("</header>")]


def test_an_administrator_keeps_badge_and_account_management_on_their_own_page(
    world: World, signed_in: SignedIn
) -> None:
    browser = signed_in(world.administrator)
    browser.get(reverse("inbox:home", args=[world.here.siret]))
    menu = _menu(browser)
    assert "Gestion des comptes" in menu
    assert "Administrat" in menu
    assert reverse("access:accounts", args=[world.here.siret]) in menu


def test_a_user_has_no_account_management_in_the_menu(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    browser.get(reverse("inbox:home", args=[world.here.siret]))
    menu = _menu(browser)
    assert "Mon établissement" in menu
    assert "Gestion des comptes" not in menu


def test_a_former_administrator_loses_it_with_the_next_page(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.second)
    browser.get(reverse("inbox:home", args=[world.here.siret]))
    with tenancy.scope(establishment=world.here.pk):
        type(world.second.membership).objects.filter(pk=world.second.account_id).update(profile=Profile.USER)
    browser.get(reverse("inbox:home", args=[world.here.siret]))
    assert "Gestion des comptes" not in _menu(browser)


def test_a_refused_stranger_gains_nothing_in_the_menu(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.stranger)
    browser.get(reverse("inbox:home", args=[world.here.siret]))
    assert world.here.siret not in _menu(browser)


def test_every_page_of_whoever_is_signed_in_lets_them_sign_out(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    for where in ("/mon-compte/", "/aide/", "/contact/", f"/etablissements/{world.here.siret}/"):
        page = browser.get(where).content.decode()
        assert f'action="{reverse("identity:sign-out")}"' in page, where
