"""What passes with time: what is written down, kept, moved and told; reminders; run as the owner, as `parvis daily`."""

import datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.tasks import tasks_of
from parvis.ground import tenancy
from parvis.notices.models import Notice
from parvis.notices.registry import KINDS
from parvis.obligations import actions, materialising, reminding
from parvis.obligations.computing import Computed, computed
from parvis.obligations.models import Computation, Occurrence, Reminder
from parvis.obligations.reminding import Choice, choose, refresh_all, remind_all, tell_late
from parvis.services.establishment.actions import declare
from parvis.services.establishment.blocks import BLOCKS
from tests.obligations.hands import DAY, at, inside, rows, tell, tick
from tests.world import World

QUARTER = "cnracl-pay-2026-10-3"
DSN = "dsn-declare-2026-11-1"


@pytest.fixture(autouse=True)
def _november(as_owner: object) -> None:
    at(DAY(2026, 11, 28))


def told(world: World, kind: str) -> list[Notice]:
    with tenancy.scope(establishment=world.here.pk):
        return list(Notice.objects.filter(kind=kind).order_by("id"))


def test_everybody_is_computed_once_and_again_when_something_changes(world: World) -> None:
    tell(world)
    assert refresh_all() >= 2
    before = rows(world)
    with CaptureQueriesContext(connection) as made:
        refresh_all()
    assert not [one for one in made if "INSERT INTO obligations_occurrence" in one["sql"]]
    assert rows(world) == before
    # Twice as many agents: at once, through « Mon établissement » itself.
    with inside(world.user) as who:
        declare(who=who, block=BLOCKS["headcount"], year=2026, version=1, values={"cnracl": 12})
    found = rows(world)
    assert QUARTER not in found and found["cnracl-pay-2026-11-1"].due_on == DAY(2026, 12, 5)
    # A month later the horizon has moved: one more month is written, what is past stays.
    at(DAY(2027, 1, 2))
    refresh_all()
    later = rows(world)
    assert set(found) - set(later) == set() and "dsn-declare-2027-12-1" in later


def test_a_decree_that_moves_a_day_keeps_the_ticks_and_is_told(world: World, monkeypatch: Any) -> None:
    tell(world)
    tick(world, "cnracl-pay-2027-01-3")
    with inside(world.administrator) as who:
        actions.take(who=who, key=DSN)
        actions.take(who=who, key="rafp-pay-2026-01-12")
        actions.take(who=who, key=QUARTER)

    def other_law(held: Any, first: datetime.date, past: datetime.date) -> Computed:
        from dataclasses import replace

        def moved(line: Any) -> Any:
            if line.fund != "cnracl" or line.due_on is None:
                return line
            day = line.due_on + datetime.timedelta(days=3)
            return replace(line, due_on=day, placed_on=day)

        found = computed(held, first, past)
        return replace(found, lines=tuple(moved(one) for one in found.lines if one.fund != "rafp"))

    at(DAY(2026, 12, 20))
    monkeypatch.setattr(materialising, "computed", other_law)
    monkeypatch.setattr(materialising, "law", lambda: "another law")
    refresh_all()
    found = rows(world)
    assert (found[QUARTER].due_on, found[QUARTER].due_before, found[QUARTER].moved_on) == (
        DAY(2027, 1, 8), DAY(2027, 1, 5), DAY(2026, 12, 20),
    )  # fmt: skip
    assert found[QUARTER].taken_by == world.administrator.membership.ref
    # Ticked: it stays as it was told. Past: as well. No longer due: gone, unless somebody had taken it.
    assert found["cnracl-pay-2027-01-3"].due_on == DAY(2027, 4, 5) and found["cnracl-pay-2027-01-3"].done_at
    assert found[DSN].due_on == DAY(2026, 12, 15) and found[DSN].taken_by and found[DSN].withdrawn_on is None
    assert found["rafp-pay-2026-01-12"].withdrawn_on == DAY(2026, 12, 20)
    assert [key for key in found if key.startswith("rafp")] == ["rafp-pay-2026-01-12"]
    [notice] = told(world, "obligation_moved")
    assert notice.administrators and notice.detail["count"] == 3 and notice.detail["before"] == "2027-01-05"
    refresh_all()
    assert len(told(world, "obligation_moved")) == 1


def test_reminders_come_once_at_each_delay_to_whom_they_are_for(world: World) -> None:
    tell(world)
    remind = remind_all
    with inside(world.second) as who:
        assert choose(who=who, choice=Choice((15, 1), frozenset({"dsn"})))
        assert not choose(who=who, choice=Choice((15, 1), frozenset({"dsn"})))
    assert remind() == 0
    at(DAY(2026, 12, 1))
    remind()
    # Paul alone, a fortnight before; Claire is told five days before, without a choice.
    [first] = told(world, "obligation_due")
    assert first.accounts == [world.second.account_id] and first.detail["due_on"] == "2026-12-15"
    remind()
    assert len(told(world, "obligation_due")) == 1
    # The job did not run on the 10th: it catches up on the 11th, once.
    at(DAY(2026, 12, 11))
    remind()
    remind()
    assert [one.accounts for one in told(world, "obligation_due")[1:]] == [[world.administrator.account_id]]
    at(DAY(2026, 12, 14))
    with inside(world.administrator) as who:
        actions.take(who=who, key=DSN)
    # Who took it is reminded alone, and wants nothing more at one day: so that the others are.
    remind()
    assert [one.accounts for one in told(world, "obligation_due")[2:]] == []
    with inside(world.administrator) as who:
        choose(who=who, choice=Choice(()))
    remind()
    assert [one.accounts for one in told(world, "obligation_due")[2:]] == [[world.second.account_id]]
    tick(world, DSN)
    assert told(world, "obligation_due") == []
    assert remind() == 0


def test_what_has_no_known_last_day_is_reminded_of_before_it_opens(world: World) -> None:
    tell(world)
    at(DAY(2026, 12, 27))
    with inside(world.second) as who:
        choose(who=who, choice=Choice((5,), frozenset({"fnc"})))
    assert rows(world)["fnc-declare-2026-01-12"].due_on is None
    remind_all()
    [notice] = [one for one in told(world, "obligation_due") if one.detail["key"].startswith("fnc-")]
    assert world.second.account_id in notice.accounts
    shown = KINDS["obligation_due"].show(world.here.siret, notice.object_id, notice.detail)
    assert shown.sentence == "Année 2026, à partir du vendredi 1ᵉʳ janvier 2027."
    # It leads to the line, wherever in the list it stands.
    assert shown.href.endswith("?etat=toutes&periode=12&suite=1#fnc-declare-2026-01-12")
    at(DAY(2027, 1, 2))
    assert "periode=passe" in KINDS["obligation_due"].show(world.here.siret, 0, notice.detail).href


def test_a_ticked_one_reminds_nobody_and_a_late_one_is_told_once_to_who_administers(world: World) -> None:
    tell(world)
    tick(world, DSN)
    at(DAY(2026, 12, 11))
    assert remind_all() == 0
    at(DAY(2027, 1, 7))
    refresh_all()
    assert tell_late() == 1 and tell_late() == 0
    [notice] = told(world, "obligation_late")
    # The quarter to the CNRACL; what was due before anybody followed it is not late.
    assert notice.administrators and notice.detail["count"] == 1 and notice.detail["key"] == QUARTER
    with inside(world.administrator) as who:
        tasks = [one for one in tasks_of(who) if "/echeancier/" in one.href]
        assert [(one.title, one.due) for one in tasks] == [
            ("Verser les cotisations CNRACL", DAY(2027, 1, 5)),
            ("Déposer la DSN du mois", DAY(2027, 1, 15)),
            ("Verser les cotisations Ircantec", DAY(2027, 1, 15)),
        ]
    with inside(world.reader) as who:
        assert [one for one in tasks_of(who) if "/echeancier/" in one.href] == []
    tick(world, QUARTER)
    with inside(world.administrator) as who:
        actions.take(who=who, key="ircantec-pay-2026-10-3")
    at(DAY(2027, 2, 20))
    with inside(world.second) as who:
        tasks = [one for one in tasks_of(who) if "/echeancier/" in one.href]
        assert tasks[0].title == "3\u00a0échéances en retard" and tasks[0].href.endswith("?etat=en-retard")
    at(DAY(2027, 1, 14))
    with inside(world.second) as who:
        taken = next(one for one in tasks_of(who) if one.title == "Verser les cotisations Ircantec")
        assert taken.taken_by == "Claire Dubois"


def test_a_late_night_in_paris_is_already_the_next_day_and_the_clock_change_loses_none(world: World) -> None:
    tell(world)
    # 23:30 UTC on 30 November is 00:30 on 1 December in Paris: a fortnight before the 15th.
    with inside(world.second) as who:
        choose(who=who, choice=Choice((15,)))
    at(DAY(2026, 12, 1), hour=0)
    assert remind_all() == 1
    # 28 March 2027: the hour between two and three does not exist; the 5 April is eight days away all the same.
    at(DAY(2027, 3, 27), hour=23)
    refresh_all()
    with inside(world.second) as who:
        choose(who=who, choice=Choice((10,)))
    remind_all()
    with tenancy.scope(establishment=world.here.pk):
        sent = Reminder.objects.filter(delay=10, occurrence__key="cnracl-pay-2027-01-3")
        assert sent.count() == 1


def test_a_crash_half_way_writes_nothing_of_that_establishment(world: World, monkeypatch: Any) -> None:
    tell(world)
    at(DAY(2026, 12, 11))

    def broken(*args: Any, **kwargs: Any) -> int:
        raise RuntimeError("half way")

    with monkeypatch.context() as patch:
        patch.setattr(reminding, "notify", broken)
        with pytest.raises(RuntimeError):
            remind_all()
    with tenancy.scope(establishment=world.here.pk):
        assert not Reminder.objects.exists()
    assert remind_all() == 1


def test_the_same_law_for_the_same_facts_is_computed_once(world: World) -> None:
    tell(world)
    computed.cache_clear()
    with tenancy.scope(establishment=world.here.pk, role="parvis_owner"):
        Computation.objects.update(digest="old")
    refresh_all()
    made = computed.cache_info()
    assert made.misses <= 2 and settings.PARVIS_OBLIGATION_REMINDER_DAYS == (5,)
    with tenancy.scope(establishment=world.here.pk):
        assert Occurrence.objects.count() == len(rows(world))
