"""« Vue d'ensemble »: what waits in all of one's establishments, and in nobody else's."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.models import Membership, RightRequest
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.inbox.everywhere import overview
from tests.access.reading import words
from tests.notices.hands import DAILY, TRIED  # noqa: F401  (declared)
from tests.plugins.html import ReadingClient
from tests.world import Someone, World, establishment, someone

SignedIn = Callable[[Someone], ReadingClient]
PATH = "/accueil/"


@pytest.fixture
def several(world: World, as_owner: object) -> Someone:
    """Somebody with an account in ten more establishments of their own. As the owner."""
    first = someone(establishment("21990000000000", "Commune 00", ("cnracl",)), "Nadia", "Puinel")
    for number in range(1, 10):
        place = establishment(f"219900000000{number:02}", f"Commune {number:02}", ("cnracl",))
        someone(place, "Nadia", "Puinel", person=first.person)
    return first


def test_establishments_come_by_pages_and_are_found_by_their_name(several: Someone, signed_in: SignedIn) -> None:
    browser = signed_in(several)
    page = words(browser.get(PATH))
    assert "Ce qui vous attend dans 10" in page
    assert "Commune 00" in page and "Commune 07" in page and "Commune 08" not in page
    assert "Commune 09" in words(browser.get(f"{PATH}?page=2"))
    found = words(browser.get(f"{PATH}?q=commune+03"))
    assert "Commune 03" in found and "Commune 04" not in found
    assert "Aucun établissement" in words(browser.get(f"{PATH}?q=nulle+part"))
    for odd in ("0", "-1", "x", "99", "²", "9" * 30):
        assert browser.get(PATH, {"page": odd}).status_code == 200


def test_what_is_due_first_comes_first(several: Someone, signed_in: SignedIn) -> None:
    place = Establishment.objects.get(name="Commune 06")
    chief = someone(place, "Zoé", "Blanc", "administrateur")
    Membership.objects.filter(person=several.person, establishment=place).update(profile="administrateur")
    RightRequest.objects.create(
        establishment=place, membership=chief.membership, ref=uuid.uuid4(), service="contrats", level=1,
        asked_at=clock.now(),
    )  # fmt: skip
    with tenancy.scope(person=several.person.pk, role=tenancy.PERSON):
        found = overview(several.person.pk).places
    assert [one.name for one in found][:3] == ["Commune 06", "Commune 00", "Commune 01"]
    assert "demande un accès" in found[0].tasks[0].title


def test_a_page_costs_its_own_establishments_and_not_all_of_them(
    several: Someone, signed_in: SignedIn, settings: object
) -> None:
    browser = signed_in(several)
    counts = []
    for size in (2, 4):
        settings.PARVIS_OVERVIEW_PAGE = size  # type: ignore[attr-defined]
        browser.get(PATH)
        with CaptureQueriesContext(
            connection,
        ) as run:
            browser.get(PATH)
        counts.append(len(run))
    each = (counts[1] - counts[0]) / 2
    assert each <= 8
    assert counts[0] - 2 * each <= 16


def test_nobody_elses_establishment_is_ever_shown(world: World, signed_in: SignedIn) -> None:
    page = words(signed_in(world.stranger).get(PATH))
    assert world.there.name in page and world.here.name not in page
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert [one.siret for one in overview(world.stranger.person.pk).places] == [world.there.siret]
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.user.account_id).update(deactivated_at=world.user.membership.created_at)
    assert world.here.name not in words(signed_in(world.user).get(PATH))
    assert ReadingClient().get(PATH).status_code == 302
