"""« Changements Sirene »: what is shown to whom, what is taken over, what is set aside."""

import datetime
import uuid
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from parvis.establishments.models import Establishment, SireneChange, SireneRun, Succession
from parvis.ground import clock, tenancy
from parvis.journal.models import Event
from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.world import World, establishment

pytestmark = pytest.mark.usefixtures("as_owner")
LIST = "/conseiller/sirene/"
SAID = ["Annecy-le-Neuf", "1 PLACE DE L HOTEL DE VILLE\n74000 ANNECY", "Annecy", "74000", "74010", "7210", ""]


def change(place: Establishment, kind: str = "name", after: str = "Annecy-le-Neuf", **more: Any) -> SireneChange:
    run = SireneRun.objects.filter(step="done").first() or SireneRun.objects.create(
        step="done",
        started_at=clock.now(),
        finished_at=clock.now(),
        counts={"establishments_read": 4},
        files={"units": {"name": "StockUniteLegale_utf8.zip"}},
    )
    Establishment.objects.filter(pk=place.pk).update(sirene=SAID)
    before = "" if kind == "closed" else "Annecy"
    return SireneChange.objects.create(
        establishment=place, run=run, kind=kind, before=before, after=after, found_at=clock.now(), **more
    )


def adviser(world: World, who: str = "first") -> ReadingClient:
    return inside(ReadingClient(), world.advisers[who])


def act(browser: ReadingClient, one: SireneChange, **said: str) -> Any:
    return browser.post(f"{LIST}{one.ref}/", said)


def test_a_new_name_is_taken_over_and_told_in_the_history(world: World) -> None:
    one = change(world.here)
    browser = adviser(world)
    page = browser.get(LIST).content.decode()
    assert "Annecy-le-Neuf" in page and "StockUniteLegale_utf8.zip" in page
    assert "Renommer" in browser.get(f"{LIST}{one.ref}/").content.decode()
    assert act(browser, one, geste="traiter", vu="Annecy-le-Neuf").status_code == 302
    place = Establishment.objects.get(pk=world.here.pk)
    assert (place.name, place.sort_key) == ("Annecy-le-Neuf", "annecy le neuf")
    one.refresh_from_db()
    assert one.state == "done" and one.decided_by is not None
    event = Event.objects.get(kind="establishment.renamed")
    assert (event.establishment_id, event.after) == (place.pk, {"is": "Annecy-le-Neuf"})
    done = browser.get(f"{LIST}?etat=traites").content.decode()
    assert "Annecy-le-Neuf" in done and "Noémie Ferrand" in done
    assert "Rien à traiter" in browser.get(LIST).content.decode()


def test_a_new_address_is_taken_over_with_its_postcode(world: World) -> None:
    one = change(world.here, "address", SAID[1])
    # A browser sends a line break as two signs.
    assert act(adviser(world), one, geste="traiter", vu=SAID[1].replace("\n", "\r\n")).status_code == 302
    place = Establishment.objects.get(pk=world.here.pk)
    assert (place.address, place.commune, place.postcode) == (SAID[1].split("\n"), "Annecy", "74000")
    assert place.name == "Annecy"


def test_what_another_month_changed_meanwhile_is_read_again_first(world: World) -> None:
    one = change(world.here)
    answer = act(adviser(world), one, geste="traiter", vu="Annecy-le-Vieux")
    assert answer.status_code == 200 and "relisez avant de décider" in answer.content.decode()
    one.refresh_from_db()
    assert one.state == "waiting" and Establishment.objects.get(pk=world.here.pk).name == "Annecy"


def test_setting_aside_wants_a_reason_and_changes_nothing(world: World) -> None:
    one = change(world.here)
    browser = adviser(world)
    assert "Dites pourquoi" in act(browser, one, geste="ecarter", note=" ").content.decode()
    assert act(browser, one, geste="ecarter", note="Nom d’usage préféré").status_code == 302
    assert "Nom d’usage préféré" in browser.get(f"{LIST}{one.ref}/").content.decode()
    assert "n’est plus à traiter" in act(browser, one, geste="traiter", vu="Annecy-le-Neuf").content.decode()
    assert Establishment.objects.get(pk=world.here.pk).name == "Annecy"
    assert "Choisissez ce que" in act(browser, change(world.here, "category", "7229"), geste="").content.decode()


def test_a_closed_one_with_a_successor_leads_to_preparing_it(world: World) -> None:
    one = change(world.there, "closed", "2026-10-01", successor=world.here.siret, on=datetime.date(2026, 10, 1))
    browser = adviser(world)
    page = browser.get(f"{LIST}{one.ref}/").content.decode()
    assert "Préparer la reprise" in page and f"nouveau={world.here.siret}" in page
    made = Succession.objects.create(
        predecessor=world.there,
        successor=world.here,
        cause="siret",
        on=datetime.date(2026, 10, 1),
        reason="Sirene",
        fund="cnracl",
        prepared_at=clock.now(),
        prepared_by=uuid.uuid4(),
    )
    assert f"/conseiller/sirene/reprises/{made.ref}/" in browser.get(f"{LIST}{one.ref}/").content.decode()
    alone = change(world.here, "closed", "2026-10-01", successor="21740203100017")
    assert "qui n’est pas d’un établissement public" in browser.get(f"{LIST}{alone.ref}/").content.decode()
    assert act(browser, alone, geste="traiter", vu="2026-10-01").status_code == 302


def test_only_advisers_of_its_funds_see_a_change(world: World) -> None:
    foreign = establishment("21740203100017", "Novel", ("faefm",))
    one, theirs = change(world.here), change(foreign, "category", "7229")
    for who, seen, hidden in (("first", one, theirs), ("other", theirs, one)):
        browser = adviser(world, who)
        assert browser.get(f"{LIST}{seen.ref}/").status_code == 200
        assert browser.get(f"{LIST}{hidden.ref}/").status_code == 404
        assert act(browser, hidden, geste="traiter", vu=hidden.after).status_code == 404
        assert hidden.establishment.siret not in browser.get(LIST).content.decode().replace("\u202f", "")


def test_the_crossing_refuses_strangers(world: World) -> None:
    one = change(world.here)
    statement = "SELECT establishments_take_over(%s, 'x')"
    other = tenancy.scope(person=world.advisers["other"].pk, role=tenancy.ADVISER, funds=("faefm",))
    with other, connection.cursor() as cursor:
        cursor.execute(statement, [one.ref])
        assert cursor.fetchone() == (None,)
    member = tenancy.scope(person=world.administrator.person.pk, establishment=world.here.pk)
    with member, pytest.raises(ProgrammingError) as fault, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [one.ref])
    assert isinstance(fault.value.__cause__, psycopg.errors.InsufficientPrivilege)
    assert Establishment.objects.get(pk=world.here.pk).name == "Annecy"


def test_the_list_goes_by_pages_and_asks_as_much_for_many(world: World, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        place = establishment(f"217402031{number:05d}", f"Commune {number}", ("cnracl",))
        change(place, "closed", "2026-10-01", successor=world.here.siret)
    browser = adviser(world)
    with django_assert_max_num_queries(22):
        page = browser.get(LIST).content.decode()
    assert page.count("Successeur : Annecy") == 25
    assert browser.get(f"{LIST}?page=2&type=closed").content.decode().count("Successeur : Annecy") == 5
    assert browser.get(f"{LIST}?etat=x&type=y&page=zz").status_code == 200
