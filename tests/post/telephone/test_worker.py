"""From the queue to the carrier and back, by a real worker on real commits."""

import datetime
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from parvis.ground import clock
from parvis.post import patience, tasks
from parvis.post.registry import LETTERS, Envelope, Letter
from parvis.post.telephone import Call
from tests.post.smtp.hands import due_now, work
from tests.post.telephone.hands import (
    KIND,
    NUMBER,
    PLACE,
    SMS,
    TAKEN,
    TEXT,
    Answer,
    Provider,
    ask,
    jobs,
    message,
    writes,
)

pytestmark = pytest.mark.usefixtures("queue_here")
Told = list[tuple[str, str]]
NO_CARRIER = "L’opérateur téléphonique n’a pas répondu malgré plusieurs essais."
GONE = Answer(503, {})


# --- Handing over ----------------------------------------------------------------------------------------------------
def test_a_code_is_handed_over_and_noted(over_http: Provider, letter: Told) -> None:
    number = ask()
    assert over_http.asked == [], "nothing leaves before the transaction is committed"
    work()
    (asked,) = over_http.asked
    assert asked.content["to"] == [NUMBER]
    assert asked.content["body"]["text"] == TEXT
    noted = message(number)
    assert (noted.status, noted.channel, noted.receipt, noted.attempts) == ("sent", "sms", "m/1 é", 1)
    assert letter == [("sent", "")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args::text FROM procrastinate_jobs WHERE task_name LIKE 'post.%'")
        for name, args in cursor.fetchall():
            assert set(json.loads(args)) <= {"message_id", "establishment", "person", "timestamp"}, name


def test_a_carrier_that_is_away_is_tried_again_within_seconds_with_the_same_reference(
    over_http: Provider, letter: Told
) -> None:
    over_http.answers = [GONE, GONE, TAKEN]
    number = ask()
    waits = []
    for tried in (1, 2):
        work()
        (job,) = jobs()
        assert (job.status, job.attempts) == ("todo", tried)
        waits.append(job.waits)
        due_now()
    assert waits == [pytest.approx(1, abs=0.9), pytest.approx(3, abs=0.9)]
    assert letter == []
    work()
    assert (message(number).status, message(number).attempts) == ("sent", 3)
    references = {asked.headers["idempotency-key"] for asked in over_http.asked}
    assert len(references) == 1, "the carrier sees one SMS"
    assert not any(part in reference for reference in references for part in (NUMBER[1:], "314159"))


def test_another_text_or_another_message_is_another_sms_for_the_carrier(
    over_http: Provider, letter: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    over_http.answers = [GONE, TAKEN]
    ask()
    work()
    writes(monkeypatch, replace(SMS, text="Parvis : votre code est 271828."))
    due_now()
    work()
    ask()
    work()
    assert len(over_http.asked) == len({asked.headers["idempotency-key"] for asked in over_http.asked}) == 3


def test_a_carrier_that_never_answers_is_given_up_within_a_minute_and_told(over_http: Provider, letter: Told) -> None:
    over_http.answers = [GONE]
    number = ask()
    for _ in range(4):
        work()
        due_now()
    work()
    assert len(over_http.asked) == 4, "the file says three retries"
    assert (message(number).status, message(number).failure) == ("failed", NO_CARRIER)
    assert letter == [("failed", NO_CARRIER)]
    assert [job.status for job in jobs()] == ["succeeded"]


def test_a_number_that_the_carrier_refuses_is_not_tried_again(over_http: Provider, letter: Told) -> None:
    over_http.answers = [Answer(422, {"error": NUMBER})]
    number = ask()
    work()
    assert message(number).failure == "L’opérateur refuse d’envoyer ce SMS à ce numéro."
    assert letter == [("failed", "L’opérateur refuse d’envoyer ce SMS à ce numéro.")]
    assert [job.status for job in jobs()] == ["succeeded"]


def test_what_is_no_number_is_refused_before_anybody_is_asked(
    over_http: Provider, letter: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ("0612345678", "", "+33 6 12 34 56 78", "+33612345678;x", "+٣٣٦١٢٣٤٥٦٧٨"):
        writes(monkeypatch, replace(SMS, number=wrong))
        number = ask()
        work()
        assert message(number).failure == "Ce numéro de téléphone n’en est pas un."
    assert over_http.asked == []


def test_without_a_carrier_for_its_channel_a_call_fails_in_plain_words(
    over_http: Provider, letter: Told, settings: Any
) -> None:
    settings.PARVIS_TELEPHONE = None
    number = ask()
    work()
    assert message(number).failure == "Aucun opérateur ne porte ce message : la plateforme n’en a pas le réglage."
    assert over_http.asked == []


def test_a_fault_of_ours_is_tried_again_within_seconds_too(
    over_http: Provider, letter: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_message: Any) -> Call:
        raise LookupError(NUMBER)

    kept = LETTERS[KIND]
    monkeypatch.setitem(LETTERS, KIND, replace(kept, write=broken))
    number = ask()
    work()
    assert jobs()[0].waits < 2
    monkeypatch.setitem(LETTERS, KIND, kept)
    due_now()
    work()
    assert message(number).status == "sent"


# --- In time or not at all -------------------------------------------------------------------------------------------
def test_a_code_that_is_too_old_does_not_leave(
    over_http: Provider, letter: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    over_http.answers = [GONE, TAKEN]
    number = ask()
    work()
    due_now()
    late = clock.now() + datetime.timedelta(minutes=10, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    work()
    assert len(over_http.asked) == 1
    assert (message(number).status, message(number).failure) == ("failed", "Ce message n’a pas pu partir à temps.")
    assert letter == [("failed", "Ce message n’a pas pu partir à temps.")]
    assert [job.status for job in jobs()] == ["succeeded"]


def test_a_code_that_is_still_in_time_leaves(
    over_http: Provider, letter: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask()
    late = clock.now() + datetime.timedelta(minutes=9, seconds=50)
    monkeypatch.setattr(clock, "now", lambda: late)
    work()
    assert message(number).status == "sent"


def test_what_somebody_waits_for_leaves_before_what_was_queued_earlier(
    over_http: Provider, letter: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str] = []
    patient = Letter("test.patient", "", "", "", write=lambda message: left.append("patient"))  # type: ignore[func-returns-value]
    monkeypatch.setitem(LETTERS, "test.patient", patient)
    kept = LETTERS[KIND]
    monkeypatch.setitem(LETTERS, KIND, replace(kept, write=lambda message: left.append("code")))  # type: ignore[func-returns-value]
    ask("test.patient")
    ask()
    assert [job.priority for job in jobs()] == [0, patience.URGENT]
    work()
    assert left == ["code", "patient"]


def test_a_server_that_holds_one_message_does_not_hold_the_others(
    letter: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    went = threading.Event()
    held: list[bool] = []
    kept = LETTERS[KIND]
    monkeypatch.setitem(LETTERS, KIND, replace(kept, write=lambda message: went.set()))  # type: ignore[func-returns-value]
    patient = Letter("test.patient", "", "", "", write=lambda message: held.append(went.wait(120)))  # type: ignore[func-returns-value]
    monkeypatch.setitem(LETTERS, "test.patient", replace(patient, expires_after=datetime.timedelta(minutes=10)))
    ask("test.patient")
    ask()
    with app.replace_connector(app.connector.get_worker_connector()) as own:  # type: ignore[attr-defined]
        own.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    assert held == [True]


def test_a_call_that_nobody_waits_for_is_tried_again_within_seconds_all_the_same(
    over_http: Provider, letter: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    over_http.answers = [GONE, TAKEN]
    writes(monkeypatch, SMS, expires_after=None)
    number = ask()
    work()
    assert jobs()[0].waits < 2
    due_now()
    work()
    assert message(number).status == "sent"


def test_an_email_that_somebody_waits_for_is_tried_again_within_seconds_and_told_as_an_email(
    over_http: Provider, letter: Told, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    writes(monkeypatch, Envelope("a@b.example", "Objet", "Texte", "<p>Texte</p>"))
    number = ask()
    for _ in range(4):
        work()
        assert jobs()[0].waits < 10
        due_now()
    assert message(number).failure == tasks.NO_ANSWER
    assert (message(number).channel, over_http.asked) == ("", [])


# --- In the demo -----------------------------------------------------------------------------------------------------
def test_the_demo_writes_a_file_and_calls_it_delivered(letter: Told, settings: Any, tmp_path: Path) -> None:
    settings.PARVIS_TELEPHONE, settings.PARVIS_CALLS = None, tmp_path / "not yet there"
    number = ask()
    work()
    (path,) = settings.PARVIS_CALLS.iterdir()
    assert path.suffix == ".json"
    assert json.loads(path.read_text()) == {"kind": "sms", "to": NUMBER, "extension": "", "text": TEXT}
    assert (message(number).status, message(number).channel) == ("delivered", "sms")
    assert (letter, jobs("post.follow")) == ([("delivered", "")], [])


def test_the_place_of_these_tests_is_nobodys() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM establishments_establishment WHERE id = %s", [PLACE])
        assert cursor.fetchone() == (0,)
