"""Private addresses of calendars: what they give, to whom, and that they end at once."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection

from parvis.access.models import Membership
from parvis.ground import clock, tenancy
from parvis.obligations import calendars
from parvis.obligations.calendars import hashed
from parvis.obligations.models import CalendarAddress
from parvis.obligations.queries import everywhere, upcoming_everywhere
from tests.access.reading import html, words
from tests.obligations.hands import DAY, at, inside, rows, tell, tick
from tests.obligations.test_computing import parsed
from tests.plugins.html import ReadingClient
from tests.world import Someone, World


@pytest.fixture(autouse=True)
def _november() -> None:
    at(DAY(2026, 11, 28))


def made(answer: Any) -> str:
    """The path of the address that the page shows, once."""
    found = re.search(r"(/agenda/[\w-]{43}\.ics)<", html(answer))
    assert found is not None
    return found[1]


def served(who: Someone) -> list[CalendarAddress]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return list(CalendarAddress.objects.order_by("id"))


def test_an_address_gives_the_obligations_and_nothing_of_people(world: World, signed_in: Any) -> None:
    tell(world)
    tick(world, "cnracl-pay-2026-10-3")
    place = f"/etablissements/{world.here.siret}/echeancier/agenda/"
    browser = signed_in(world.reader)
    answer = browser.post(place, {"faire": "creer"})
    assert answer["Cache-Control"] == "no-store"
    path = made(answer)
    # It is shown once, and kept nowhere.
    assert path not in html(browser.get(place)) and "Aucun agenda ne l’a encore lue" in words(browser.get(place))
    [kept] = served(world.reader)
    assert kept.hash == hashed(path.removeprefix("/agenda/").removesuffix(".ics")) and kept.hash not in path
    agenda = ReadingClient().get(path)
    assert agenda["Content-Type"] == "text/calendar; charset=utf-8" and agenda["Cache-Control"].startswith("private")
    assert not agenda.cookies and "Vary" not in agenda or "Cookie" not in agenda.get("Vary", "")
    text = agenda.content.decode()
    assert "X-WR-CALNAME:Échéancier\\, Annecy" in text
    events = {event["UID"]: event for event in parsed(agenda.content)}
    assert set(events) >= {f"{world.here.siret}-{key}@parvis" for key in rows(world)}
    ticked = events[f"{world.here.siret}-cnracl-pay-2026-10-3@parvis"]
    assert ticked["SUMMARY"] == "Fait : Verser les cotisations CNRACL\u00a0: 4ᵉ trimestre 2026"
    assert ticked["DTSTART;VALUE=DATE"] == "20270105"
    assert "Claire" not in text and "Dubois" not in text
    unsure = events[f"{world.here.siret}-ircantec-pay-2026-10-3@parvis"]["DESCRIPTION"]
    assert "À vérifier" in unsure
    again = ReadingClient().get(path, headers={"If-None-Match": f'W/{agenda["ETag"]}, "x"'})
    assert again.status_code == 304 and not again.content and again["ETag"] == agenda["ETag"]
    assert "Elle a été lue pour la dernière fois le 28 novembre 2026" in words(browser.get(place))
    # What changes has another tag.
    tick(world, "dsn-declare-2026-11-1")
    changed = ReadingClient().get(path, headers={"If-None-Match": agenda["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != agenda["ETag"]


def test_an_address_ends_when_it_is_replaced_or_revoked_or_the_access_is_lost(world: World, signed_in: Any) -> None:
    tell(world)
    place = f"/etablissements/{world.here.siret}/echeancier/agenda/"
    browser, anybody = signed_in(world.reader), ReadingClient()
    first = made(browser.post(place, {"faire": "creer"}))
    second = made(browser.post(place, {"faire": "creer"}))
    assert (anybody.get(first).status_code, anybody.get(second).status_code) == (404, 200)
    # Nobody else's hand reaches it.
    assert signed_in(world.stranger).post(place, {"faire": "revoquer"}).status_code == 404
    signed_in(world.administrator).post(place, {"faire": "revoquer"})
    assert anybody.get(second).status_code == 200 and served(world.administrator) == []
    browser.post(place, {"faire": "revoquer"})
    assert anybody.get(second).status_code == 404
    third = made(browser.post(place, {"faire": "creer"}))
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.reader.account_id).update(deactivated_at=clock.now())
    assert anybody.get(third).status_code == 404
    for path in ("/agenda/x.ics", f"/agenda/{'a' * 43}.ics", f"/agenda/{'a' * 5000}.ics"):
        assert anybody.get(path).status_code == 404
    assert anybody.post(third).status_code == 405


def test_one_address_gives_all_establishments_that_the_person_enters_and_no_other(world: World, signed_in: Any) -> None:
    tell(world)
    browser, place = signed_in(world.reader), "/mes-etablissements/agenda/"
    assert browser.get(place).status_code == 200
    path = made(browser.post(place, {"faire": "creer"}))
    events = parsed(ReadingClient().get(path).content)
    assert {event["UID"].split("-")[0] for event in events} == {world.here.siret}
    assert any(event["SUMMARY"].endswith("(Annecy)") for event in events)
    other = made(signed_in(world.stranger).post(place, {"faire": "creer"}))
    assert parsed(ReadingClient().get(other).content) == []
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.reader.account_id).update(deactivated_at=clock.now())
    assert ReadingClient().get(path).status_code == 404
    browser.post(place, {"faire": "revoquer"})
    assert all(one.revoked_at for one in served(world.reader))


def test_a_double_click_leaves_the_last_address_serving(world: World, monkeypatch: Any) -> None:
    with inside(world.reader) as who:
        revoke, other = calendars._revoke, "a" * 43

        def slower(person: int, establishment: int | None) -> bool:
            """The other click comes between: made once this one has looked, before it writes."""
            monkeypatch.setattr(calendars, "_revoke", revoke)
            revoke(person, establishment)
            calendars._replace(person, establishment, other)
            return False

        monkeypatch.setattr(calendars, "_revoke", slower)
        address = calendars.make(person=world.reader.person.pk, establishment=world.here.pk, who=who)
    [serving] = [one for one in served(world.reader) if one.revoked_at is None]
    assert serving.hash == hashed(address.rsplit("/", 1)[1].removesuffix(".ics"))


def test_the_functions_that_cross_give_a_stranger_nothing(world: World) -> None:
    tell(world)
    with inside(world.reader) as who:
        secret = calendars.make(person=who.person_id, establishment=who.establishment_id, who=who)
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert everywhere(DAY(2026, 1, 1), DAY(2028, 1, 1)) == [] and CalendarAddress.objects.count() == 0
    with tenancy.scope(person=world.reader.person.pk, role=tenancy.PERSON):
        assert {one.siret for one in everywhere(DAY(2026, 1, 1), DAY(2028, 1, 1))} == {world.here.siret}
        # Enough within weeks, or as far as it goes: the same order, the same first.
        few, many = upcoming_everywhere(DAY(2026, 11, 28), 2), upcoming_everywhere(DAY(2026, 11, 28), 25)
        assert few == many[:2] and len(many) == 25 and many[0].place == "Annecy"
        assert [one.due for one in many] == sorted(one.due for one in many)
    with tenancy.scope(), connection.cursor() as cursor:
        # Without the secret, the address of nobody.
        cursor.execute("SELECT count(*) FROM obligations_calendar(%s)", [hashed("x")])
        assert cursor.fetchone() == (0,)
        token = secret.rsplit("/", 1)[1].removesuffix(".ics")
        cursor.execute("SELECT count(*) FROM obligations_calendar(%s)", [hashed(token)])
        assert cursor.fetchone() == (1,)


def test_a_reading_notes_itself_once_an_hour(world: World, signed_in: Any) -> None:
    place = f"/etablissements/{world.here.siret}/echeancier/agenda/"
    path = made(signed_in(world.reader).post(place, {"faire": "creer"}))
    ReadingClient().get(path)
    [first] = served(world.reader)
    at(DAY(2026, 11, 28), hour=10)
    ReadingClient().get(path)
    assert served(world.reader)[0].used_at == first.used_at
    clock.move(datetime.timedelta(hours=2))
    ReadingClient().get(path)
    assert served(world.reader)[0].used_at != first.used_at
