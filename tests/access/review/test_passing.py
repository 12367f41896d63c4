"""What passes with time: reminders, the last day, suspension where the platform wants it, records forgotten."""

from collections.abc import Iterator
from typing import Any

import pytest

from parvis.access.models import Membership, Review, Right, RightUse, SuspendedRight
from parvis.access.review import actions
from parvis.access.review.passing import close_overdue_reviews, remind_of_reviews
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from parvis.journal.retention import erase
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.access.reading import DAY, acting, events, later, post
from tests.access.review.hands import (
    SignedIn,
    age_rights,
    at_work,
    decide_all,
    home,
    keep,
    line,
    lines,
    opened,
    rights,
    text,
)
from tests.identity.factors.hands import stale
from tests.world import World


@pytest.fixture
def review(world: World, as_owner: object) -> Iterator[Review]:
    yield opened(world.administrator)


def told(kind: str, where: Establishment) -> list[int]:
    found = Message.objects.filter(kind=f"access.{kind}", establishment_id=where.pk)
    return sorted(found.values_list("object_id", flat=True))


def written(kind: str, where: Establishment, number: int, **detail: Any) -> Any:
    """What the worker would send now, under the application's role."""
    message = Message(kind=f"access.{kind}", object_id=number, establishment_id=where.pk, detail=detail)
    with tenancy.scope(establishment=where.pk):
        return LETTERS[message.kind].write(message)


def test_reminders_leave_once_each_and_a_missed_one_is_not_made_up_for(world: World, review: Review) -> None:
    count = []
    for day in (14, 15, 16, 27, 27):
        with later(day * DAY):
            count.append(remind_of_reviews())
    assert count == [0, 1, 0, 1, 0]
    assert len(told("review_reminder", world.here)) == 4
    with later(40 * DAY):
        assert remind_of_reviews() == 0


def test_a_run_missed_for_weeks_reminds_once(world: World, review: Review) -> None:
    with later(29 * DAY):
        assert remind_of_reviews() == 1
        assert remind_of_reviews() == 0


def test_letters_say_what_is_left_and_until_when(world: World, review: Review) -> None:
    keep(world.administrator, line(world, world.user))
    letter = written("review_reminder", world.here, world.administrator.account_id)
    assert isinstance(letter, Envelope)
    for said in (letter.text, letter.html):
        plain = said.replace("\u00a0", " ")
        assert "Il reste 3 lignes à décider sur 4" in plain and home(world.here) in plain
    assert written("review_opened", world.here, world.second.account_id).to == world.second.membership.email
    # To nobody else, and nothing any more once it is closed.
    assert written("review_opened", world.here, world.user.account_id) is None
    assert written("review_opened", world.here, world.stranger.account_id) is None
    decide_all(world)
    with at_work(world.administrator) as (who, held):
        actions.sign(who=who, review_id=held.pk)
    assert written("review_reminder", world.here, world.administrator.account_id) is None
    signed = written("review_signed", world.here, review.pk, to=world.second.account_id)
    assert "Claire Dubois a signé" in signed.text and str(review.ref) in signed.text
    assert [one.detail for one in Message.objects.filter(kind="access.review_signed")] == [
        {"to": world.second.account_id}
    ]


def test_last_day_closes_unsigned_and_says_what_was_left(world: World, review: Review, signed_in: SignedIn) -> None:
    keep(world.administrator, line(world, world.user))
    with later(30 * DAY):
        assert close_overdue_reviews() == 0
    with later(31 * DAY):
        assert close_overdue_reviews() == 1
        assert close_overdue_reviews() == 0
    (event,) = Event.objects.filter(kind="review.lapsed", establishment_id=world.here.pk)
    assert event.after == {"lines": 4, "undecided": 3, "suspended": 0}
    assert told("review_lapsed", world.here) == sorted([world.administrator.account_id, world.second.account_id])
    letter = written("review_lapsed", world.here, world.administrator.account_id)
    assert "3 lignes n’ont pas été décidées" in letter.text.replace("\u00a0", " ")
    said = text(signed_in(world.administrator).get(f"{home(world.here)}{review.ref}/"))
    assert "Close sans signature" in said and "Non décidé : 3" in said


def test_nothing_is_suspended_by_default(world: World, review: Review) -> None:
    age_rights(world.user)
    with later(31 * DAY):
        close_overdue_reviews()
    assert rights(world.user) == {"mon-etablissement": 2, "contrats": 1}
    assert SuspendedRight.objects.count() == 0


@pytest.fixture
def suspending(world: World, review: Review, settings: Any) -> World:
    """The platform suspends; Léa's and Marc's rights lie unused, Marc's line is decided, Léa used one right."""
    settings.PARVIS_REVIEW_SUSPENDS = True
    age_rights(world.user)
    age_rights(world.reader)
    RightUse.objects.create(
        establishment=world.here, membership_id=world.user.account_id, service="contrats", last_used_on=clock.today()
    )
    keep(world.administrator, line(world, world.reader))
    with later(31 * DAY):
        close_overdue_reviews()
    return world


def test_suspension_touches_unused_undecided_rights_alone_and_is_told(suspending: World) -> None:
    world = suspending
    assert rights(world.user) == {"contrats": 1}
    assert len(rights(world.reader)) == 3
    (event,) = events(world.here.pk, world.user.membership.ref, "rights.suspended")
    assert (event.before, event.after) == ({"rights": {"mon-etablissement": {"level": 2}}}, {"rights": {}})
    assert told("rights_suspended", world.here) == [world.user.account_id]
    letter = written("rights_suspended", world.here, world.user.account_id)
    assert letter.to == world.user.membership.email and "Claire Dubois" in letter.text
    assert "1 personne" in written("review_lapsed", world.here, world.second.account_id).text.replace("\u00a0", " ")


def test_suspended_rights_are_given_back_whole_under_a_fresh_factor(suspending: World, signed_in: SignedIn) -> None:
    world = suspending
    browser = signed_in(world.administrator)
    path = f"{home(world.here)}suspendus/{world.user.account_id}/"
    assert "Léa Martin" in text(browser.get(home(world.here)))
    assert "à rétablir, ou à retirer" in text(browser.get(f"/etablissements/{world.here.siret}/"))
    post(stale(browser), path, reponse="retablir")
    assert rights(world.user) == {"contrats": 1}
    browser = signed_in(world.administrator)
    # Nothing goes for good but by its own button.
    for answer in ({}, {"reponse": "autre"}):
        assert post(browser, path, **answer).status_code == 302 and SuspendedRight.objects.count() == 1
    assert post(browser, path, reponse="retablir").status_code == 302
    assert rights(world.user) == {"contrats": 1, "mon-etablissement": 2}
    (event,) = events(world.here.pk, world.user.membership.ref, "rights.given_back")
    assert event.after == {"rights": {"mon-etablissement": {"level": 2}}}
    assert SuspendedRight.objects.count() == 0
    with acting(world.second) as who, pytest.raises(Refused, match="quelqu’un y a déjà répondu"):
        actions.answer_suspension(who=who, account_id=world.user.account_id, give_back=True)


def test_right_given_meanwhile_stays_as_it_is(suspending: World) -> None:
    world = suspending
    Right.objects.create(
        establishment=world.here,
        membership_id=world.user.account_id,
        service="mon-etablissement",
        level=1,
        granted_at=clock.now(),
    )
    with acting(world.second) as who:
        actions.answer_suspension(who=who, account_id=world.user.account_id, give_back=True)
    assert rights(world.user)["mon-etablissement"] == 1


def test_suspended_rights_may_be_withdrawn_for_good_by_another_person_only(suspending: World) -> None:
    world = suspending
    with acting(world.second) as who:
        actions.answer_suspension(who=who, account_id=world.user.account_id, give_back=False)
    assert rights(world.user) == {"contrats": 1}
    assert SuspendedRight.objects.count() == 0
    assert events(world.here.pk, world.user.membership.ref, "rights.suspension_confirmed")


def test_only_administrator_is_never_suspended(world: World, as_owner: object, settings: Any) -> None:
    settings.PARVIS_REVIEW_SUSPENDS = True
    for who in (world.administrator, world.second):
        Right.objects.create(
            establishment=world.here,
            membership_id=who.account_id,
            service="contrats",
            level=1,
            granted_at=clock.now() - 300 * DAY,
        )
    Membership.objects.filter(pk=world.second.account_id).update(profile="utilisateur")
    opened(world.administrator)
    with later(31 * DAY):
        close_overdue_reviews()
    assert rights(world.administrator) == {"contrats": 1}
    assert rights(world.second) == {}


def test_records_are_forgotten_after_ten_years(as_owner: object, world: World, review: Review) -> None:
    decide_all(world)
    with at_work(world.administrator) as (who, held):
        actions.sign(who=who, review_id=held.pk)
    with later(3_600 * DAY):
        assert erase("access.reviews") == 0
    with later(3_660 * DAY):
        assert erase("access.reviews") == 1
    assert not Review.objects.filter(pk=review.pk).exists()


def test_right_unused_for_six_months_is_shown_so_and_not_offered_in_bulk(
    world: World, review: Review, signed_in: SignedIn
) -> None:
    age_rights(world.user)
    said = text(signed_in(world.administrator).get(home(world.here)))
    assert said.count("Non utilisé depuis 6 mois") == 2
    shown = lines(world.here)["Léa Martin"]
    assert not shown.unchanged(clock.today())
