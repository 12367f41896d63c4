"""The pages of the Échéancier: who sees and ticks what, what is typed wrong, what somebody else did meanwhile."""

import csv
import io
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.actions.guards import actor_of
from parvis.access.levels import Level
from parvis.access.models import Right
from parvis.access.standing import Mandate
from parvis.access.succession.followers import FOLLOWERS
from parvis.ground import clock, tenancy
from parvis.journal.actions import Actor
from parvis.journal.models import Event
from parvis.obligations import actions
from parvis.obligations.listing import FEW, Filters, address_of
from parvis.obligations.models import Facts, Occurrence, ReminderChoice
from parvis.obligations.queries import upcoming_asked, whole
from parvis.obligations.reminding import Choice, choose
from parvis.obligations.rights import seen_funds, ticked_funds
from parvis.obligations.words import LATE
from tests.access.reading import at_field, html, summary, words
from tests.obligations.hands import DAY, at, inside, rows, tell, tick
from tests.world import World

QUARTER = "cnracl-pay-2026-10-3"


@pytest.fixture(autouse=True)
def _november() -> None:
    at(DAY(2026, 11, 28))


def base(world: World) -> str:
    return f"/etablissements/{world.here.siret}/echeancier/"


def kinds(world: World) -> list[str]:
    with tenancy.scope(establishment=world.here.pk):
        return list(Event.objects.filter(kind__startswith="obligation.").order_by("id").values_list("kind", flat=True))


def test_every_page_opens_for_members_and_for_nobody_else(world: World, signed_in: Any, client: Any) -> None:
    tell(world)
    paths = ("", "mois/", "mois/?mois=2026-12", "calcul/", "rappels/", "agenda/", "?etat=toutes&periode=12")
    for path in paths:
        assert client.get(base(world) + path).status_code == 302
        assert signed_in(world.stranger).get(base(world) + path).status_code == 404
    for who in (world.administrator, world.user, world.reader):
        browser = signed_in(who)
        assert all(browser.get(base(world) + path).status_code == 200 for path in paths)
    assert signed_in(world.reader).get(base(world) + "calcul/modifier/").status_code == 403
    assert signed_in(world.user).get(base(world) + "calcul/modifier/").status_code == 200
    assert signed_in(world.administrator).get(base(world) + "cnracl-pay-1900-01-1/fait/").status_code == 404


def test_what_is_shown_before_anything_is_written_is_what_is_shown_after(world: World, signed_in: Any) -> None:
    # A town that told nothing: what can be computed without it is there, the rest is said to be missing.
    page = words(signed_in(world.stranger).get(f"/etablissements/{world.there.siret}/echeancier/?periode=12"))
    assert "Il manque des informations" in page and "effectif rémunéré" in page
    assert "Verser et déclarer les cotisations de formation des élus" in page
    with inside(world.stranger) as who:
        before, soon = whole(who).items, upcoming_asked(who, 2).ask()
        assert not Occurrence.objects.exists()
        actions.refresh(who.establishment_id)
        after = [replace(one, changed_at=None) for one in whole(who).items]
        assert after == list(before) and upcoming_asked(who, 2).ask() == soon and len(soon) == 2
    tell(world)
    with inside(world.reader) as who:
        first = upcoming_asked(who, 1).ask()[0]
    assert (first.title, first.fund, first.period) == ("Déposer la DSN du mois", "DSN", "novembre 2026")
    assert (first.when, first.left) == ("le mardi 15 décembre 2026 au plus tard", "dans 17\u00a0jours")
    assert first.href.endswith("/echeancier/#dsn-declare-2026-11-1")


def test_a_tick_takes_write_on_a_service_of_the_fund_or_the_profile(world: World, signed_in: Any) -> None:
    tell(world)
    reader = signed_in(world.reader)
    page = reader.get(base(world) + "?periode=12")
    assert "C’est fait" not in words(page) and "Verser les cotisations CNRACL" in words(page)
    # « Mon établissement » is of no fund: « Modification » there ticks nothing.
    for who in (world.reader, world.user):
        browser = signed_in(who)
        answer = browser.post(base(world) + f"{QUARTER}/", {"faire": "prendre"}, follow=True)
        assert "demande d’administrer" in words(answer)
        answer = browser.post(base(world) + f"{QUARTER}/fait/", {"on": "28/11/2026"}, follow=True)
        assert "demande d’administrer" in words(answer)
    assert rows(world)[QUARTER].done_at is None and kinds(world) == ["obligation.facts_said"]
    with tenancy.scope(establishment=world.here.pk):
        Right.objects.create(
            establishment=world.here, membership=world.user.membership, service="correspondants", level=Level.WRITE,
            granted_at=clock.now(),
        )  # fmt: skip
    answer = signed_in(world.user).post(base(world) + f"{QUARTER}/", {"faire": "prendre"}, follow=True)
    assert "Vous vous en occupez" in words(answer)
    assert signed_in(world.stranger).post(base(world) + f"{QUARTER}/", {"faire": "prendre"}).status_code == 404


def test_taking_giving_back_ticking_and_taking_the_tick_away(world: World, signed_in: Any) -> None:
    tell(world)
    chief, second = signed_in(world.administrator), signed_in(world.second)
    place = base(world) + f"{QUARTER}/"
    # The list that was filtered is the one that comes back.
    answer = chief.post(place + "?fonds=cnracl&periode=3", {"faire": "prendre"})
    assert answer.url == base(world) + f"?fonds=cnracl&periode=3#{QUARTER}".replace("&periode=3", "")
    assert "Claire Dubois s’en occupe déjà" in words(second.post(place, {"faire": "prendre"}, follow=True))
    assert "Claire Dubois s’en occupe" in words(second.get(base(world)))
    second.post(place, {"faire": "rendre"})
    assert rows(world)[QUARTER].taken_by is None
    form = chief.get(place + "fait/")
    assert "28/11/2026" in html(form)
    late = chief.post(place + "fait/", {"on": "29/11/2026", "note": "Mandat 12\x00"})
    assert at_field(late, "on").startswith("Saisissez le jour où cela a été fait") and "Mandat 12" in html(late)
    assert summary(chief.post(place + "fait/", {"on": "31/02/2026", "note": "x" * 600}))
    done = chief.post(place + "fait/", {"on": "27/11/2026", "note": "Mandat 12"}, follow=True)
    assert "c’est fait" in words(done)
    assert "Fait le 27 novembre 2026 par Claire Dubois. « Mandat 12 »" in words(
        second.get(base(world) + "?etat=faites")
    )
    again = second.post(place + "fait/", {"on": "28/11/2026"}, follow=True)
    assert "Fait le 27 novembre 2026 par Claire Dubois" in words(again)
    assert "déjà faite" in words(second.post(place, {"faire": "prendre"}, follow=True))
    second.post(place, {"faire": "annuler"})
    one = rows(world)[QUARTER]
    assert (one.done_at, one.done_on, one.done_by, one.note) == (None, None, None, "")
    assert kinds(world)[1:] == ["obligation.taken", "obligation.released", "obligation.done", "obligation.undone"]
    with tenancy.scope(establishment=world.here.pk):
        told = Event.objects.get(kind="obligation.done")
        assert told.after["period"] == "4ᵉ trimestre 2026" and "note" not in told.after
    assert chief.post(place, {"faire": "autre"}).status_code == 404
    assert chief.get(place).status_code == 405


def test_a_fake_service_ticks_what_it_saw_done_with_its_reason(world: World, signed_in: Any) -> None:
    tell(world)
    with inside(world.user) as who:
        actor = actor_of(who)
        said: Any = {"fund": "dsn", "act": "declare", "day": DAY(2026, 11, 12)}
        assert actions.done_by_service(actor=actor, reason="la DSN est arrivée", **said) == 1
        assert actions.done_by_service(actor=actor, reason="la DSN est arrivée", **said) == 0
        with pytest.raises(ValueError, match="reason"):
            actions.done_by_service(actor=actor, reason="", **said)
    one = rows(world)["dsn-declare-2026-11-1"]
    assert one.done_by is None and one.done_on == DAY(2026, 11, 28)
    page = words(signed_in(world.reader).get(base(world) + "?etat=faites"))
    assert "Fait le 28 novembre 2026 : la DSN est arrivée" in page
    # The second one is still of nobody's: another month is not touched, and a person may take the tick away.
    assert rows(world)["dsn-declare-2026-12-1"].done_at is None
    signed_in(world.administrator).post(base(world) + "dsn-declare-2026-11-1/", {"faire": "annuler"})
    assert rows(world)["dsn-declare-2026-11-1"].done_reason == ""


def test_what_serves_the_computation_is_said_once_and_never_over_somebody(world: World, signed_in: Any) -> None:
    browser, place = signed_in(world.user), base(world) + "calcul/modifier/"
    wrong = browser.post(
        place, {"version": "0", "headcount": "douze", "full_time_equivalent": "1,234", "inhabitants": "9" * 30}
    )
    assert at_field(wrong, "headcount") and at_field(wrong, "full_time_equivalent") and at_field(wrong, "inhabitants")
    assert "douze" in html(wrong)
    typed = {
        "version": "0",
        "headcount": "1 204",
        "full_time_equivalent": "19,5",
        "paid_within_month": "non",
        "seconded": "7",
    }
    answer = browser.post(place, typed, follow=True)
    assert "les échéances sont recalculées" in words(answer)
    assert (
        "1\u202f204\u00a0agents" in html(answer)
        and "19,5\u00a0ETP" in html(answer)
        and "Par Léa Martin" in words(answer)
    )
    # Of a commune, nobody asks for agents on secondment: what is not asked is not kept.
    with tenancy.scope(establishment=world.here.pk):
        assert Facts.objects.get().seconded is None
    assert rows(world)["dsn-declare-2026-11-1"].due_on == DAY(2026, 12, 15)
    same = browser.post(place, {**typed, "version": "1"}, follow=True)
    assert "n’a pas changé" in words(same)
    with CaptureQueriesContext(connection) as asked:
        clash = browser.post(place, {**typed, "headcount": "40"})
    # Two at the same moment come one after the other: the lock is taken before what stands is read.
    said = [one["sql"] for one in asked.captured_queries]
    lock = next(n for n, sql in enumerate(said) if "FOR NO KEY UPDATE" in str(sql))
    assert any('FROM "obligations_facts"' in str(sql) for sql in said[lock:])
    assert (
        "pendant votre saisie" in words(clash)
        and 'value="40"' in html(clash)
        and 'name="version" value="1"' in html(clash)
    )
    browser.post(place, {**typed, "paid_within_month": "oui", "version": "1"})
    assert rows(world)["dsn-declare-2026-11-1"].due_on == DAY(2026, 12, 5)
    assert "Date modifiée : c’était le 15 décembre 2026" in words(browser.get(base(world)))
    assert kinds(world) == ["obligation.facts_said"] * 2


def test_lists_and_files_hold_what_is_asked_and_a_month_is_a_table(world: World, signed_in: Any) -> None:
    tell(world)
    tick(world, QUARTER)
    browser = signed_in(world.reader)
    assert "Verser les cotisations CNRACL" not in words(browser.get(base(world) + "?fonds=cnracl"))
    answer = browser.get(base(world) + "telecharger.csv?etat=toutes&periode=6&fonds=cnracl")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [line[3:6] for line in lines[1:3]] == [
        ["Verser les cotisations CNRACL", "4ᵉ trimestre 2026", "Fait"],
        ["Verser les cotisations CNRACL", "1ᵉʳ trimestre 2027", "À faire"],
    ]
    assert browser.get(base(world) + "telecharger.ods").content[:2] == b"PK"
    december = browser.get(base(world) + "mois/?mois=2026-12")
    assert "mardi 15 décembre 2026" in words(december) and 'href="?mois=2027-01"' in html(december)
    uncertain = words(browser.get(base(world) + "?fonds=ircantec"))
    assert "À vérifier" in uncertain and "Source :" in uncertain
    for wild in ("?mois=2026-99", "?mois=%00", "?mois=9999-12"):
        assert browser.get(base(world) + "mois/" + wild).status_code == 200


def test_a_long_list_is_folded_and_stays_light(world: World, signed_in: Any) -> None:
    tell(world)
    browser, year = signed_in(world.administrator), "?etat=toutes&periode=12"

    def told(query: str) -> tuple[str, int]:
        page = html(browser.get(base(world) + query))
        return page, page.count('<li id="')

    whole_page, every = told(year + "&suite=1")
    page, shown = told(year)
    assert shown == FEW < every and f"Afficher aussi les {every - FEW} suivantes" in page
    assert f'href="{base(world)}?etat=toutes&amp;periode=12&amp;suite=1"' in page
    assert "Afficher aussi" not in whole_page and len(page) < 45_000
    # What is folded away is in the files, and the addresses that lead to one of the lines unfold them all.
    assert browser.get(base(world) + "telecharger.csv" + year).content.count(b"\r\n") == every + 1
    assert "periode=12&amp;suite=1#dsn-declare-2026-11-1" in html(browser.get(base(world) + "mois/?mois=2026-12"))
    assert address_of(world.here.siret, "x", DAY(2026, 11, 27), DAY(2026, 11, 28)).endswith("periode=passe&suite=1#x")
    # One form for all of them: the button says which is meant, and one comes back to the list as it was.
    assert page.count('<form class="stack" method="post">') == 1
    to = f"{base(world)}dsn-declare-2026-11-1/{year}&suite=1"
    assert f'formaction="{to.replace("&", "&amp;")}"' in whole_page
    answer = browser.post(to, {"faire": "prendre"})
    assert answer["Location"] == f"{base(world)}{year}&suite=1#dsn-declare-2026-11-1"
    with inside(world.administrator) as who:
        some = whole(who).items
    late = [replace(one, state=LATE) for one in some[:FEW]]
    first, folded = Filters().folded([*some[FEW:], *late])
    # However much is late, what comes next is not folded away.
    assert list(first[:FEW]) == late and len(first) == FEW + 5 and folded == len(some) - len(first)


def test_the_list_asks_the_database_the_same_whatever_its_length(world: World, signed_in: Any) -> None:
    tell(world)
    tick(world, "fnc-declare-2026-01-12", world.second)
    browser = signed_in(world.administrator)
    browser.get(base(world))

    def asked(query: str) -> int:
        with CaptureQueriesContext(connection) as made:
            assert browser.get(base(world) + query).status_code == 200
        return len(made)

    few = asked("?periode=1&fonds=dsn")
    for key in ("dsn-declare-2026-11-1", "dsn-declare-2026-12-1", QUARTER):
        tick(world, key, world.second)
    assert asked("?periode=12&etat=toutes") == few


def test_the_figures_are_for_who_reads_mon_etablissement(world: World, signed_in: Any) -> None:
    tell(world, headcount=4321)
    assert "4 321 agents" in words(signed_in(world.reader).get(base(world) + "calcul/"))
    # Who administers holds no right on the service: that there is a figure, and nothing of it.
    chief = words(signed_in(world.administrator).get(base(world) + "calcul/"))
    assert "4 321" not in chief and "2 400" not in chief and "Renseigné" in chief


def test_who_works_by_a_delegation_sees_the_funds_of_what_is_delegated(world: World) -> None:
    with inside(world.administrator) as chief, inside(world.reader) as reader:
        assert "cnracl" in ticked_funds(chief) and "dif" in seen_funds(chief)
        assert ticked_funds(reader) == frozenset() and "cnracl" in seen_funds(reader)
    # Limited after a recovery: they read.
    assert ticked_funds(replace(chief, limited_until=chief.today)) == frozenset()

    def working(service: str, level: Level) -> Any:
        mandate = Mandate(
            *(service, level, level, level, uuid.uuid4(), chief.today, chief.today, clock.now()),
            *("Claire Dubois", "", clock.now(), "Rémi Charvin", True, 9, "Centre", world.there.siret),
            *(uuid.uuid4(), "Rémi Charvin", ""),
        )
        return replace(chief, membership_id=0, mandates=(mandate,))

    # « Mon établissement » is of no fund.
    assert seen_funds(working("mon-etablissement", Level.WRITE)) == frozenset()
    reads, writes = working("contrats", Level.READ), working("correspondants", Level.WRITE)
    assert {"cnracl", "dsn", "dif"} <= seen_funds(reads) and ticked_funds(reads) == frozenset()
    assert {"cnracl", "dsn", "dif"} <= ticked_funds(writes)
    with inside(world.administrator):
        assert upcoming_asked(working("mon-etablissement", Level.WRITE), 5).ask() == []


def test_reminders_follow_an_account_to_the_establishment_that_takes_the_place(world: World) -> None:
    with inside(world.reader) as who:
        choose(who=who, choice=Choice((2,)))
        taken = FOLLOWERS["reminders"].taken()
        assert len(taken) == 1 and not ReminderChoice.objects.exists()
    actor = Actor(ref=None)
    with inside(world.stranger):
        # Of an account that did not come: nothing.
        assert FOLLOWERS["reminders"].given(taken, "Annecy", actor) == 0
    with inside(world.administrator):
        assert FOLLOWERS["reminders"].given(taken, "Annecy", actor) == 1
        assert FOLLOWERS["reminders"].given(taken, "Annecy", actor) == 0
        assert ReminderChoice.objects.get().delays == [2]
