"""What became of a call: the carrier is asked until it knows, by a real worker on real commits."""

from typing import Any

import psycopg
import pytest

from parvis.ground import tenancy
from parvis.post.actions import queue
from parvis.post.models import Message
from tests.post.smtp.hands import due_now, work
from tests.post.telephone.hands import KIND, PLACE, TAKEN, VOICE, Answer, Provider, ask, jobs, message, writes

pytestmark = pytest.mark.usefixtures("queue_here")
Told = list[tuple[str, str]]


def says(state: str) -> Answer:
    return Answer(200, {"state": state})


def follow(times: int = 1) -> None:
    for _ in range(times):
        due_now()
        work()


def test_an_sms_that_arrived_is_noted_as_delivered(over_http: Provider, letter: Told) -> None:
    over_http.answers = [TAKEN, says("queued"), says("done")]
    number = ask()
    work()
    (job,) = jobs("post.follow")
    assert job.waits == pytest.approx(5, abs=1)
    follow()
    assert message(number).status == "sent"
    (job,) = jobs("post.follow")
    assert job.waits == pytest.approx(10, abs=1), "later and later"
    follow()
    assert message(number).status == "delivered"
    assert letter == [("sent", ""), ("delivered", "")]
    assert [job.status for job in jobs("post.follow")] == ["succeeded"]


def test_a_code_of_a_person_who_has_entered_nowhere_goes_the_same_way(over_http: Provider, letter: Told) -> None:
    over_http.answers = [TAKEN, says("queued"), says("done")]
    with tenancy.scope(person=PLACE, role=tenancy.PERSON):
        queue(KIND, object_id=1, person=PLACE)
    work()
    follow(2)
    with tenancy.scope(person=PLACE, role=tenancy.PERSON):
        assert Message.objects.get().status == "delivered"
    assert letter == [("sent", ""), ("delivered", "")]


def test_an_sms_that_will_never_arrive_is_noted_with_the_reason(over_http: Provider, letter: Told) -> None:
    over_http.answers = [TAKEN, says("absent")]
    number = ask()
    work()
    follow()
    assert (message(number).status, message(number).failure) == ("failed", "Le SMS n’a pas pu être remis.")
    assert letter == [("sent", ""), ("failed", "Le SMS n’a pas pu être remis.")]


def test_a_carrier_that_never_knows_is_asked_for_an_hour_and_no_longer(over_http: Provider, letter: Told) -> None:
    over_http.answers = [TAKEN, says("queued")]
    number = ask()
    work()
    waits = []
    for _ in range(15):
        (job,) = jobs("post.follow")
        if job.status != "todo":
            break
        waits.append(job.waits)
        follow()
    assert waits[:-1] == sorted(waits[:-1])
    assert sum(waits) == pytest.approx(3600, abs=60)
    assert job.status == "succeeded"
    assert (message(number).status, letter) == ("sent", [("sent", "")])


def test_an_sms_that_arrives_at_once_is_asked_about_no_more(over_http: Provider, letter: Told) -> None:
    over_http.answers = [Answer(200, {"messages": [{"id": "m1", "status": "done"}]})]
    number = ask()
    work()
    assert message(number).status == "delivered"
    assert (letter, jobs("post.follow")) == ([("delivered", "")], [])


@pytest.mark.parametrize("answer", [Answer(200, {}), Answer(409, b"")], ids=["no receipt", "taken already"])
def test_what_bears_no_receipt_is_not_asked_about(over_http: Provider, letter: Told, answer: Answer) -> None:
    over_http.answers = [answer]
    number = ask()
    work()
    assert (message(number).status, jobs("post.follow")) == ("sent", [])


def test_a_voice_call_without_an_address_to_ask_stays_sent(
    over_http: Provider, letter: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes(monkeypatch, VOICE)
    number = ask()
    work()
    assert (message(number).status, message(number).channel, jobs("post.follow")) == ("sent", "voice", [])


def test_a_worker_that_died_after_the_carrier_took_it_sends_the_same_sms_again(
    over_http: Provider, letter: Told, owner: psycopg.Connection[Any]
) -> None:
    number = ask()
    work()
    owner.execute("UPDATE post_message SET status = 'queued' WHERE id = %s", [number])
    owner.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status) "
        "SELECT queue_name, task_name, priority, args, 'todo' FROM procrastinate_jobs WHERE task_name = 'post.send'"
    )
    over_http.answers = [Answer(409, {"messages": [{"id": "m1"}]})]
    work()
    assert len({asked.headers["idempotency-key"] for asked in over_http.asked}) == 1
    assert (message(number).status, message(number).receipt) == ("sent", "m1")
