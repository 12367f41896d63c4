"""« Bloqué » in « Gestion des comptes »: in the list, its filter, sort and export, and on the account's page."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.models import Profile
from parvis.access.status import Status
from parvis.ground import clock, tenancy
from parvis.identity import lockout
from tests.access.changes.hands import alter
from tests.access.reading import words
from tests.access.unblocking.hands import SignedIn, block, listing, where
from tests.identity.lockout.hands import FAILURES, take
from tests.world import Someone, World, someone


def rows(page: str) -> list[str]:
    return [line for line in page.split("</tr>") if 'scope="row"' in line]


def status_of(page: str, who: Someone) -> str:
    (row,) = [line for line in rows(page) if f"/{who.account_id}/" in line]
    return next(status.label for status in Status if f">{status.label}<" in row)


def test_the_list_shows_who_is_blocked_and_the_others_as_before(
    world: World, signed_in: SignedIn, blocked: Someone
) -> None:
    page = signed_in(world.administrator).get(listing(world)).content.decode()
    assert status_of(page, blocked) == "Bloqué"
    assert status_of(page, world.reader) == "Actif"


def test_the_list_is_filtered_and_sorted_by_it(world: World, signed_in: SignedIn, blocked: Someone) -> None:
    browser = signed_in(world.administrator)
    only = browser.get(listing(world), {"statut": "bloque"})
    assert "1 compte correspond" in words(only).replace("\u00a0", " ")
    assert status_of(only.content.decode(), blocked) == "Bloqué"
    active = browser.get(listing(world), {"statut": "actif"}).content.decode()
    assert f"/{blocked.account_id}/" not in active
    ordered = rows(browser.get(listing(world), {"tri": "-statut"}).content.decode())
    assert f"/{blocked.account_id}/" in ordered[0]


def test_the_export_says_it_too(world: World, signed_in: SignedIn, blocked: Someone) -> None:
    answer = signed_in(world.administrator).get(listing(world, "comptes.csv"))
    text = b"".join(answer).decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text), delimiter=";"))
    column = table[0].index("Statut")
    assert [row[column] for row in table[1:] if blocked.membership.last_name in row] == ["Bloqué"]


def test_the_list_of_another_employer_shows_the_person_blocked_as_well(
    as_owner: object, world: World, signed_in: SignedIn, blocked: Someone
) -> None:
    there = someone(world.there, "Léa", "Martin", person=blocked.person)
    page = signed_in(world.stranger).get(f"/etablissements/{world.there.siret}/comptes/").content.decode()
    assert status_of(page, there) == "Bloqué"


@pytest.mark.parametrize(("change", "shown"), [("deactivated", "Désactivé"), ("ended", "Expiré")])
def test_a_closed_account_keeps_its_status(
    change: str, shown: str, world: World, signed_in: SignedIn, blocked: Someone
) -> None:
    fields = (
        {"deactivated_at": clock.now()} if change == "deactivated" else {"ends_on": clock.today().replace(year=2020)}
    )
    alter(blocked, **fields)
    browser = signed_in(world.administrator)
    assert status_of(browser.get(listing(world)).content.decode(), blocked) == shown
    assert "Ce compte est bloqué" not in browser.get(where(world, blocked, "")).content.decode()


def test_a_lock_of_a_quarter_of_an_hour_is_no_status(world: World, signed_in: SignedIn) -> None:
    take(FAILURES, person_id=world.user.person.pk)
    browser = signed_in(world.administrator)
    assert status_of(browser.get(listing(world)).content.decode(), world.user) == "Actif"
    assert "Débloquer" not in browser.get(where(world, world.user, "")).content.decode()


def test_the_account_page_says_it_with_a_button(world: World, signed_in: SignedIn, blocked: Someone) -> None:
    page = signed_in(world.administrator).get(where(world, blocked, "")).content.decode()
    assert ">Bloqué<" in page
    assert "Ce compte est bloqué" in page
    assert f'href="{where(world, blocked)}"' in page


def test_on_ones_own_page_one_is_sent_to_another_or_to_the_link(world: World, signed_in: SignedIn) -> None:
    block(world.administrator)
    page = signed_in(world.administrator).get(where(world, world.administrator, "")).content.decode()
    assert "Ce compte est bloqué" in page
    assert 'href="/debloquer/"' in page
    assert f'href="{where(world, world.administrator)}"' not in page


def test_whoever_is_blocked_and_signed_in_works_as_before(world: World, signed_in: SignedIn, blocked: Someone) -> None:
    browser = signed_in(blocked)
    assert browser.get(f"/etablissements/{world.here.siret}/").status_code == 200
    alter(world.second, profile=Profile.USER)
    block(world.administrator)
    assert signed_in(world.administrator).get(listing(world)).status_code == 200


def test_the_list_asks_no_further_statement_for_it(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    counts = []
    for who in (None, world.user, world.reader):
        if who is not None:
            block(who)
        browser.get(listing(world))
        with CaptureQueriesContext(connection) as queries:
            browser.get(listing(world))
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_a_stranger_learns_who_is_blocked_of_her_own_establishment_alone(world: World, blocked: Someone) -> None:
    def ask() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT access_blocked()")
            return list(cursor.fetchone()[0])

    assert ask() == []
    with tenancy.scope(person=world.stranger.person.pk, establishment=world.there.pk):
        assert ask() == []
    with tenancy.scope(person=world.administrator.person.pk, establishment=world.here.pk):
        assert ask() == [blocked.account_id]
    assert lockout.blocked_among([world.stranger.person.pk]) == set()
