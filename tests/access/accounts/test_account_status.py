"""The status · Statuses as shown."""

import datetime
import itertools

import pytest
from django.db import connection

from parvis.access.actions import links
from parvis.access.status import STATUS_SQL, Status, status_on
from parvis.ground import clock, tenancy
from tests.access.accounts.hands import EDGES, MOMENTS, SignedIn, listed, names, shown
from tests.access.reading import DAY, later
from tests.world import Someone, World


@pytest.mark.parametrize(("confirmed", "deactivated"), list(itertools.product(MOMENTS, MOMENTS)))
def test_status_in_lists_is_the_status_of_an_account(
    db: None, confirmed: datetime.datetime | None, deactivated: datetime.datetime | None
) -> None:
    for ends_on, today in itertools.product(EDGES, [day for day in EDGES if day]):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT ({STATUS_SQL}) FROM (SELECT %(c)s::timestamptz AS confirmed_at, %(d)s::timestamptz AS "
                "deactivated_at, %(e)s::date AS ends_on) m",
                {"c": confirmed, "d": deactivated, "e": ends_on, "today": today},
            )
            (found,) = cursor.fetchone()
        expected = status_on(today, confirmed_at=confirmed, deactivated_at=deactivated, ends_on=ends_on)
        assert Status.of(found) is expected, (ends_on, today)


def test_end_date_is_a_day_of_access_in_france_until_midnight(staff: dict[str, Someone], world: World) -> None:
    assert "Maud Éon" in names(world, statut="actif")
    paris = clock.now().astimezone(clock.PARIS)
    midnight = datetime.datetime.combine(paris.date() + DAY, datetime.time.min, clock.PARIS)
    with later(midnight - clock.now() + datetime.timedelta(seconds=2)):
        assert "Maud Éon" in names(world, statut="expire")


def test_account_that_waits_says_so_and_that_its_link_expired(
    staff: dict[str, Someone], world: World, signed_in: SignedIn
) -> None:
    found = {row.name: row for row in listed(world).rows}
    assert (found["Zoé Blanc"].link_expired, found["Zoé Blanc"].undelivered) == (False, False)
    assert (found["Noé Vidal"].link_expired, found["Noé Vidal"].undelivered) == (True, True)
    assert not any(row.link_expired for name, row in found.items() if name != "Noé Vidal")
    page = shown(signed_in(world.administrator), world, statut="attente")
    assert "En attente de mot de passe" in page
    assert "Lien expiré" in page
    assert "Courriel non remis" in page
    with tenancy.scope(establishment=world.here.pk):
        links.issue(staff["late"].membership)
    found = {row.name: row for row in listed(world).rows}
    assert (found["Noé Vidal"].link_expired, found["Noé Vidal"].undelivered) == (False, False)


def test_list_says_which_account_is_ones_own(world: World, signed_in: SignedIn) -> None:
    page = shown(signed_in(world.second), world)
    assert page.count("(vous)") == 1
    assert "Paul Girard (vous)" in page
