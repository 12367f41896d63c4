"""The last use of a right: noted once a day and service, outside of the request's own transaction, by whoever uses."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access import registry
from parvis.access.models import RightUse
from parvis.access.review.uses import is_unused
from parvis.ground import clock, tenancy
from tests.access.reading import DAY, later
from tests.access.review.hands import SignedIn
from tests.world import Someone, World


def uses(who: Someone) -> dict[str, datetime.date]:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return dict(RightUse.objects.filter(membership_id=who.account_id).values_list("service", "last_used_on"))


@pytest.fixture
def contracts(world: World) -> str:
    found = registry.get("contrats")
    assert found is not None
    return found.address(world.here.siret)


def written(captured: CaptureQueriesContext) -> int:
    return sum("access_rightuse" in (one["sql"] or "") for one in captured.captured_queries)


def test_use_is_noted_once_a_day_and_ordinary_requests_ask_nothing_for_it(
    world: World, signed_in: SignedIn, contracts: str
) -> None:
    browser = signed_in(world.user)
    with CaptureQueriesContext(connection) as first:
        assert browser.get(contracts).status_code == 200
    assert uses(world.user) == {"contrats": clock.today()}
    with CaptureQueriesContext(connection) as second:
        browser.get(contracts)
    assert (written(first), written(second)) == (1, 0)
    with later(DAY):
        # A new day, in a new session.
        signed_in(world.user).get(contracts)
        assert uses(world.user) == {"contrats": clock.today()}


def test_refused_page_and_other_pages_are_no_use(world: World, signed_in: SignedIn, contracts: str) -> None:
    nobody = signed_in(world.administrator)
    assert nobody.get(contracts).status_code == 403
    signed_in(world.user).get(f"/etablissements/{world.here.siret}/")
    assert uses(world.administrator) == uses(world.user) == {}


def test_an_older_session_never_takes_a_use_back(world: World, signed_in: SignedIn, contracts: str) -> None:
    with tenancy.scope(establishment=world.here.pk):
        RightUse.objects.create(
            establishment=world.here,
            membership_id=world.user.account_id,
            service="contrats",
            last_used_on=clock.today() + DAY,
        )
    signed_in(world.user).get(contracts)
    assert uses(world.user) == {"contrats": clock.today() + DAY}


def test_uses_of_one_establishment_are_unknown_in_another(world: World, signed_in: SignedIn, contracts: str) -> None:
    signed_in(world.user).get(contracts)
    with tenancy.scope(establishment=world.there.pk):
        assert RightUse.objects.count() == 0
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert RightUse.objects.count() == 1
    with tenancy.scope(person=world.reader.person.pk, role=tenancy.PERSON):
        assert RightUse.objects.count() == 0


@pytest.mark.parametrize(
    ("used", "granted", "starts", "unused"),
    [
        (None, 10, None, False),
        (None, 250, None, True),
        (10, 250, None, False),
        (200, 250, None, True),
        (None, 250, 10, False),
        (200, 10, None, False),
    ],
)
def test_six_months_count_from_the_last_of_use_grant_and_first_day(
    used: int | None, granted: int, starts: int | None, unused: bool
) -> None:
    today = datetime.date(2026, 11, 28)

    def ago(days: int | None) -> Any:
        return None if days is None else today - days * DAY

    assert is_unused(today, used_on=ago(used), granted_on=ago(granted), starts_on=ago(starts)) is unused
