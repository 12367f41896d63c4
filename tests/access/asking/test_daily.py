"""`parvis daily`: requests that nobody answers are recalled once, then lapse; who answered is told nothing more."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from parvis.access.asking import daily
from parvis.access.asking.state import Outcome
from parvis.access.models import RightRequest
from parvis.ground import clock
from parvis.journal.models import Event
from parvis.journal.retention import erase
from parvis.post.models import Message
from tests.access.asking.hands import REASON, messages, written
from tests.access.reading import DAY
from tests.world import Someone, World

Move = Callable[[datetime.timedelta], datetime.datetime]


def waiting(who: Someone, age: datetime.timedelta, code: str = "correspondants") -> RightRequest:
    return RightRequest.objects.create(
        establishment_id=who.membership.establishment_id,
        membership=who.membership,
        service=code,
        level=1,
        reason=REASON,
        asked_at=clock.now() - age,
    )


def told(kind: str) -> list[int]:
    return sorted(Message.objects.filter(kind=f"access.{kind}").values_list("object_id", flat=True))


def test_recalled_once_after_the_time_to_each_administrator(world: World, as_owner: object, move: Move) -> None:
    request = waiting(world.user, settings.PARVIS_REQUEST_RECALL - DAY)
    assert daily.recall_requests() == 0
    move(DAY + datetime.timedelta(minutes=1))
    assert daily.recall_requests() == 1
    assert daily.recall_requests() == 0
    assert told("requests_recalled") == sorted([world.administrator.account_id, world.second.account_id])
    letter = written(messages(world.here, "requests_recalled")[0])
    assert letter is not None
    assert letter.subject == "Parvis : la demande de Léa Martin attend votre réponse (Annecy)"
    request.refresh_from_db()
    assert request.recalled_at is not None and request.outcome == ""


def test_own_request_is_not_recalled_to_oneself_and_several_are_one_letter(world: World, as_owner: object) -> None:
    waiting(world.administrator, 20 * DAY)
    assert daily.recall_requests() == 1
    letters = {message.object_id: written(message) for message in messages(world.here, "requests_recalled")}
    assert letters[world.administrator.account_id] is None
    second = letters[world.second.account_id]
    assert second is not None and "Claire Dubois" in second.text
    for who in (world.user, world.reader):
        waiting(who, 9 * DAY, "autre")
    assert daily.recall_requests() == 2
    *_, last = messages(world.here, "requests_recalled")
    letter = written(last)
    assert letter is not None and letter.subject.startswith("Parvis : 2 demandes d’accès attendent")
    assert "Léa Martin" in letter.text and "Marc Petit" in letter.text


def test_answered_before_the_letter_leaves_is_not_recalled(world: World, as_owner: object) -> None:
    request = waiting(world.user, 20 * DAY)
    daily.recall_requests()
    RightRequest.objects.filter(pk=request.pk).update(outcome=Outcome.WITHDRAWN, closed_at=clock.now())
    assert [written(message) for message in messages(world.here, "requests_recalled")] == [None, None]


def test_lapses_after_its_time_with_a_letter_and_an_event(world: World, as_owner: object, move: Move) -> None:
    request = waiting(world.user, settings.PARVIS_REQUEST_VALIDITY - DAY)
    assert daily.lapse_requests() == 0
    move(DAY + datetime.timedelta(minutes=1))
    assert daily.lapse_requests() == 1
    assert daily.lapse_requests() == 0
    assert daily.recall_requests() == 0
    request.refresh_from_db()
    assert request.outcome == "lapsed" and request.closed_at is not None
    assert told("request_lapsed") == [request.pk]
    letter = written(messages(world.here, "request_lapsed")[0])
    assert letter is not None and letter.to == world.user.membership.email
    event = Event.objects.get(kind="request.lapsed")
    assert (event.object, event.actor, event.origin) == (world.user.membership.ref, None, "système")
    assert event.after == {"service": "correspondants", "level": 1}
    # One may ask again.
    waiting(world.user, datetime.timedelta())


def test_who_left_meanwhile_is_sent_nothing(world: World, as_owner: object) -> None:
    waiting(world.user, 100 * DAY)
    daily.lapse_requests()
    type(world.user.membership).objects.filter(pk=world.user.account_id).update(deactivated_at=clock.now())
    assert [written(message) for message in messages(world.here, "request_lapsed")] == [None]


def test_many_requests_take_few_statements(
    world: World, as_owner: object, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(daily, "BATCH", 20)
    for number in range(50):
        waiting(world.user, 100 * DAY, f"service-{number}")
    with django_assert_max_num_queries(4 * 8):
        assert daily.lapse_requests() == 50


def test_closed_request_is_kept_for_its_time_and_no_longer(world: World, as_owner: object, move: Move) -> None:
    waiting(world.user, 100 * DAY)
    waiting(world.user, DAY, "autre")
    daily.lapse_requests()
    move(settings.PARVIS_REQUEST_KEPT - DAY)
    assert erase("access.requests") == 0
    move(DAY + datetime.timedelta(minutes=1))
    assert erase("access.requests") == 1
    assert [request.service for request in RightRequest.objects.all()] == ["autre"]
    assert Event.objects.filter(kind="request.lapsed").count() == 1
