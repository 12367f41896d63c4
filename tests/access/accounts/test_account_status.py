"""Statuses as shown; the rule itself is in tests/access/expiry."""

import datetime

from parvis.access.actions import links
from parvis.ground import clock, tenancy
from tests.access.accounts.hands import SignedIn, listed, names, shown
from tests.access.reading import DAY, later
from tests.world import Someone, World


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
