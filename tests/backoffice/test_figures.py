"""The home page's queues, and what who supervises counts."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.models import Membership, Profile
from parvis.advisers import four_eyes
from parvis.backoffice.figures.queries import _by_age, _said, figures
from parvis.backoffice.queues import queues
from parvis.establishments.funds import FUNDS
from parvis.ground import clock, tenancy
from tests.access.reading import later, words
from tests.backoffice.hands import office
from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.world import World, someone

PAGE = "/conseiller/chiffres/"


def ask(world: World, subject: str = "7") -> None:
    with office(world.advisers["first"], world.here.pk) as who:
        four_eyes.ask(
            who=who,
            kind="backoffice.acting",
            fund="cnracl",
            establishment_id=world.here.pk,
            subject=subject,
            detail={"acts": True},
            reason="Convention",
        )


def test_a_queue_says_how_much_waits_since_when_and_what_is_late(world: World) -> None:
    ask(world)
    with office(world.advisers["second"]):
        acts = queues()[2]
    assert (acts.count, acts.oldest, acts.late) == (1, clock.today(), 0)
    assert acts.due is not None and acts.due > clock.today()
    with later(datetime.timedelta(days=10)), office(world.advisers["second"]):
        assert queues()[2].late == 1
    with office(world.advisers["other"]):
        assert [queue.count for queue in queues()] == [0] * len(queues())


def test_the_home_page_shows_them(world: World) -> None:
    ask(world)
    said = words(inside(ReadingClient(), world.advisers["second"]).get("/conseiller/"))
    assert "1 acte à décider à quatre yeux" in said
    assert "Chiffres" not in said
    assert "Chiffres" in words(inside(ReadingClient(), world.advisers["supervisor"]).get("/conseiller/"))


@pytest.mark.parametrize("page", [PAGE, "/conseiller/conseillers/"])
def test_only_who_supervises_reads_them(world: World, page: str) -> None:
    for who, status in (("first", 403), ("second", 403), ("supervisor", 200)):
        assert inside(ReadingClient(), world.advisers[who]).get(page).status_code == status


def test_establishments_are_counted_by_their_administrators(as_owner: object, world: World) -> None:
    with office(world.advisers["supervisor"]):
        assert [count for _, count in figures().administrators] == [0, 1, 1]
    Membership.objects.filter(pk=world.stranger.account_id).update(profile=Profile.USER)
    with office(world.advisers["supervisor"]):
        assert [count for _, count in figures().administrators] == [1, 0, 1]
    with office(world.advisers["other"]):
        assert [count for _, count in figures().administrators] == [0, 0, 0]


def test_requests_by_state_and_age_and_the_median_time(world: World) -> None:
    ask(world)
    ask(world, str(uuid.UUID(int=9)))
    with later(datetime.timedelta(days=3)), office(world.advisers["second"]) as who:
        act = four_eyes.waiting_acts().first()
        assert act is not None
        four_eyes.refuse(who=who, act_id=act.pk, note="Pièce illisible")
        acts = figures().requests[2]
    assert dict(acts.states) == {"À décider": 1, "Refusé": 1}
    assert acts.ages[1] == ("de 3 à 5 jours", 1)
    assert acts.median == "3 jours"


def test_the_page_takes_as_many_statements_whatever_it_counts(as_owner: object, world: World) -> None:
    browser = inside(ReadingClient(), world.advisers["supervisor"])
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        browser.get(PAGE)
    ask(world)
    for number in range(6):
        someone(world.here, "Anne", f"Nouvelle{number}", Profile.ADMINISTRATOR)
    with CaptureQueriesContext(connection) as many:
        assert browser.get(PAGE).status_code == 200
    assert len(few) == len(many)


def test_an_age_is_in_one_class_and_a_time_is_said_in_words() -> None:
    assert [count for _, count in _by_age([0, 2, 3, 5, 6, 10, 11, 400])] == [2, 2, 2, 2]
    assert [_said(seconds) for seconds in (None, 60, 3_600, 5 * 3_600, 60 * 3_600, 72 * 3_600)] == [
        "", "moins d’une heure", "1 heure", "5 heures", "2,5 jours", "3 jours",
    ]  # fmt: skip


def test_the_list_of_advisers_is_of_shared_funds(world: World) -> None:
    said = words(inside(ReadingClient(), world.advisers["supervisor"]).get("/conseiller/conseillers/"))
    assert "Noémie Ferrand" in said
    assert "Yann" not in said
    assert FUNDS["rafp"].short in said


def test_nobody_else_counts(world: World) -> None:
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError), tenancy.scope(establishment=world.here.pk), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM backoffice_figures_of_places(%s, 18)", [clock.today()])
