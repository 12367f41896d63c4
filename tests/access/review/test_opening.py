"""When a review opens: in its rhythm, spread over days, and when somebody who administered has left."""

import datetime
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from parvis.access.actions import changes, lifecycle
from parvis.access.expiry.warnings import expire_accounts
from parvis.access.models import (
    Delegation,
    DelegationService,
    Membership,
    Profile,
    Review,
    ReviewLine,
)
from parvis.access.review import opening
from parvis.access.review.actions import open_by_hand
from parvis.access.review.passing import close_overdue_reviews
from parvis.access.review.state import Settled
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.journal.actions import SYSTEM, record
from parvis.journal.models import Event
from parvis.post.models import Message
from tests.access.reading import DAY, acting, later
from tests.access.review.hands import SignedIn, home, keep, line, lines, text
from tests.world import World, establishment, someone


@pytest.fixture
def since_long(world: World, as_owner: object) -> Iterator[World]:
    """Everything runs as the owner, as `parvis daily` does; both establishments have confirmed accounts since long."""
    confirmed(world, world.here, 200)
    confirmed(world, world.there, 200)
    yield world


def confirmed(world: World, where: Establishment, days: int) -> None:
    at = clock.now() - days * DAY
    Membership.objects.filter(establishment=where).update(created_at=at, confirmed_at=at)


def causes(where: Establishment) -> list[str]:
    return list(Review.objects.filter(establishment=where).order_by("id").values_list("cause", flat=True))


def told(kind: str, where: Establishment) -> list[int]:
    found = Message.objects.filter(kind=f"access.{kind}", establishment_id=where.pk)
    return sorted(found.values_list("object_id", flat=True))


def over(where: Establishment) -> None:
    Review.objects.filter(establishment=where, closed_at=None).update(closed_at=clock.now())


def test_review_opens_six_months_after_the_first_account_and_is_told_once(since_long: World) -> None:
    assert opening.open_regular_reviews() == 1
    assert opening.open_regular_reviews() == 0
    # One account at Abondance: every twelve months there.
    assert (causes(since_long.here), causes(since_long.there)) == (["periodic"], [])
    review = Review.objects.get(establishment=since_long.here)
    assert review.due_on == clock.today() + datetime.timedelta(days=30)
    assert told("review_opened", since_long.here) == sorted(
        [since_long.administrator.account_id, since_long.second.account_id]
    )
    (event,) = Event.objects.filter(kind="review.opened", establishment_id=since_long.here.pk)
    assert (event.actor, event.after["cause"], event.origin) == (None, "periodic", "système")
    assert set(lines(since_long.here)) == {"Claire Dubois", "Paul Girard", "Léa Martin", "Marc Petit"}


@pytest.mark.parametrize(("days", "count"), [(170, 0), (190, 1)])
def test_the_next_one_opens_six_months_after_the_last_was_opened(since_long: World, days: int, count: int) -> None:
    opening.open_regular_reviews()
    over(since_long.here)
    over(since_long.there)
    confirmed(since_long, since_long.there, 0)
    with later(days * DAY):
        assert opening.open_regular_reviews() == count


def test_small_establishments_have_twelve_months(since_long: World) -> None:
    confirmed(since_long, since_long.there, 350)
    opening.open_regular_reviews()
    assert causes(since_long.there) == []
    confirmed(since_long, since_long.there, 370)
    opening.open_regular_reviews()
    assert causes(since_long.there) == ["periodic"]


def test_no_more_than_so_many_open_on_one_day_and_who_waits_longest_comes_first(
    since_long: World, settings: Any
) -> None:
    settings.PARVIS_REVIEW_DAILY = 2
    places = []
    for number in range(5):
        made = establishment(f"7{number:013}", f"Commune {number}", ("cnracl",))
        someone(made, "Ada", f"Essai{number}", Profile.ADMINISTRATOR)
        confirmed(since_long, made, 700 + number)
        places.append(made)
    assert opening.open_regular_reviews() == 2
    assert opening.open_regular_reviews() == 0
    assert [bool(causes(one)) for one in places] == [False, False, False, True, True]
    with later(DAY):
        assert opening.open_regular_reviews() == 2


def test_nothing_opens_where_nobody_has_confirmed(since_long: World) -> None:
    bare = establishment("21740093400015", "Cruseilles", ("cnracl",))
    someone(bare, "Zoé", "Blanc", Profile.ADMINISTRATOR, confirmed=False)
    with later(900 * DAY):
        opening.open_regular_reviews()
    assert causes(bare) == []


def leave_by(world: World, how: str) -> None:
    who, where = world.second, world.here.pk
    with tenancy.scope(establishment=where, role="parvis_owner"):
        record("account.confirmed", actor=SYSTEM, object=who.membership.ref)
    if how == "expired":
        Membership.objects.filter(pk=who.account_id).update(ends_on=clock.today() - DAY)
        expire_accounts()
        return
    with acting(world.administrator) as here:
        if how == "deleted":
            lifecycle.delete(who=here, account_id=who.account_id)
        elif how == "deactivated":
            lifecycle.deactivate(who=here, account_id=who.account_id)
        else:
            changes.change_profile(who=here, account_id=who.account_id, profile=Profile.USER)


@pytest.mark.parametrize("how", ["deleted", "deactivated", "demoted", "expired"])
def test_departure_of_who_administered_opens_a_review_with_the_next_run(
    world: World, as_owner: object, how: str
) -> None:
    leave_by(world, how)
    assert opening.open_reviews_of_departures() == 1
    assert opening.open_reviews_of_departures() == 0
    assert causes(world.here) == ["left"]
    # It covers who left: once it is closed the same departure opens no other.
    over(world.here)
    assert opening.open_reviews_of_departures() == 0


def test_departure_of_a_user_opens_nothing_nor_of_who_is_back(world: World, as_owner: object) -> None:
    with acting(world.administrator) as who:
        lifecycle.deactivate(who=who, account_id=world.user.account_id)
        lifecycle.deactivate(who=who, account_id=world.second.account_id)
        lifecycle.reactivate(who=who, account_id=world.second.account_id)
    assert opening.open_reviews_of_departures() == 0


def test_account_that_nobody_ever_confirmed_is_no_departure(world: World, as_owner: object) -> None:
    waiting = someone(world.here, "Zoé", "Blanc", Profile.ADMINISTRATOR, confirmed=False)
    with acting(world.administrator) as who:
        lifecycle.delete(who=who, account_id=waiting.account_id)
    assert opening.open_reviews_of_departures() == 0


def test_a_run_missed_for_days_still_sees_the_departure_but_not_those_of_long_ago(
    world: World, as_owner: object
) -> None:
    leave_by(world, "deactivated")
    with later(20 * DAY):
        assert opening.open_reviews_of_departures() == 0
    with later(10 * DAY):
        assert opening.open_reviews_of_departures() == 1


def test_undecided_lines_come_first_in_the_next_review(since_long: World) -> None:
    opening.open_regular_reviews()
    found = lines(since_long.here)
    keep(since_long.administrator, found["Léa Martin"], found["Paul Girard"])
    with later(40 * DAY):
        assert close_overdue_reviews() == 1
    with later(200 * DAY):
        opening.open_regular_reviews()
        again = lines(since_long.here)
    assert [(name, one.carried) for name, one in again.items()][:2] == [("Claire Dubois", True), ("Marc Petit", True)]
    assert not again["Léa Martin"].carried


def delegated(world: World) -> Delegation:
    made = Delegation.objects.create(
        establishment=world.here,
        organisation=world.there,
        ref=uuid.uuid4(),
        starts_on=clock.today() - DAY,
        ends_on=clock.today() + 300 * DAY,
        reason="Retraites",
        proposed_side="establishment",
        proposed_at=clock.now(),
        proposed_by=uuid.uuid4(),
        proposed_name="Claire Dubois",
        accepted_at=clock.now(),
    )
    DelegationService.objects.create(
        establishment=world.here, organisation=world.there, delegation=made, service="contrats", level=1
    )
    return made


def test_delegations_are_lines_too_for_daily_and_by_hand(since_long: World, signed_in: SignedIn) -> None:
    made = delegated(since_long)
    opening.open_regular_reviews()
    assert lines(since_long.here)["Abondance"].ref == made.ref
    over(since_long.here)
    browser = signed_in(since_long.administrator)
    browser.post(home(since_long.here), {"ouvrir": "1"})
    said = text(browser.get(home(since_long.here)))
    assert "Délégation à Abondance" in said and "Y mettre fin…" in said
    assert keep(since_long.administrator, lines(since_long.here)["Abondance"]).names == ["Abondance"]
    Delegation.objects.filter(pk=made.pk).update(ended_at=clock.now())
    assert lines(since_long.here)["Abondance"].settled is Settled.ENDED


def test_stranger_reads_no_delegation_by_the_crossing(since_long: World) -> None:
    delegated(since_long)
    for where, count in ((since_long.here, 1), (since_long.there, 0)):
        with tenancy.scope(establishment=where.pk), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM access_review_delegations(%s)", [clock.today()])
            assert cursor.fetchone() == (count,)


def test_accounts_that_open_nothing_are_no_lines(since_long: World) -> None:
    Membership.objects.filter(pk=since_long.user.account_id).update(deactivated_at=clock.now())
    Membership.objects.filter(pk=since_long.reader.account_id).update(ends_on=clock.today() - DAY)
    with acting(since_long.administrator) as who:
        open_by_hand(who=who)
    assert ReviewLine.objects.filter(establishment=since_long.here).count() == 2
    assert line(since_long, since_long.second).title == "Paul Girard"
