"""Refusals, delays, deaths."""

import smtplib
from typing import Any

import psycopg
import pytest

from parvis.post import sending, tasks
from parvis.post.models import Message
from parvis.post.patience import LIVES, TRIES
from parvis.post.registry import LETTERS, Envelope, Letter
from parvis.post.sending import Undeliverable, Unreachable, deliver
from tests.invitations import FRESH, Invited, made_by, token_in
from tests.plugins.html import ReadingClient
from tests.post.smtp.hands import (
    MailServer,
    Office,
    _heartbeat_stops,
    _killed_in_the_middle,
    browser_of,
    due_now,
    jobs,
    kinds_about,
    messages,
    plain,
    take_back,
    work,
)


def test_a_refused_address_is_a_failure_told_on_the_accounts_page_and_not_tried_again(
    office: Office, server: MailServer
) -> None:
    server.recipient = "550 No such user"
    account = made_by(office.administrator)
    work()
    (message,) = messages(office, "access.first_link")
    assert (message.status, message.failure) == ("failed", "Le serveur du destinataire refuse cette adresse.")
    assert message.settled_at is not None
    assert [job.status for job in jobs()] == ["succeeded"]
    assert kinds_about(office, account) == ["account.created", "link.not_delivered"]
    page = (
        browser_of(office.administrator).get(f"/etablissements/{office.siret}/comptes/{account.pk}/").content.decode()
    )
    assert "Le courriel n’a pas pu être remis" in page
    assert "Le serveur du destinataire refuse cette adresse." in page
    assert account.email in page


def test_a_refused_text_is_a_failure(office: Office, server: MailServer) -> None:
    server.data = "554 Looks like spam"
    made_by(office.administrator)
    work()
    (message,) = messages(office, "access.first_link")
    assert (message.status, message.failure) == ("failed", "Le serveur de messagerie refuse ce message.")


@pytest.mark.parametrize("how", ["451 for the recipient", "451 for the text", "server down"])
def test_a_server_that_does_not_take_it_now_is_tried_again_later_and_later_until_it_does(
    how: str, office: Office, server: MailServer
) -> None:
    if how == "server down":
        server.stop()
    elif how.endswith("recipient"):
        server.recipient = "451 Try again later"
    else:
        server.data = "451 Try again later"
    account = made_by(office.administrator)
    waits = []
    for tried in range(1, 4):
        work()
        (job,) = jobs()
        assert (job.status, job.attempts) == ("todo", tried)
        waits.append(job.waits)
        # What is not due is left alone.
        work()
        assert jobs()[0].attempts == tried
        due_now()
    assert [round(wait / expected, 1) for wait, expected in zip(waits, (6, 36, 216), strict=True)] == pytest.approx(
        [1, 1, 1], abs=0.5
    )
    assert waits == sorted(waits)
    assert server.received == []
    (message,) = messages(office, "access.first_link")
    assert (message.status, message.attempts) == ("queued", 3)
    server.recipient = server.data = "250 OK"
    if how == "server down":
        server.start()
    work()
    (mail,) = server.received
    assert ReadingClient().get(f"/premiere-connexion/{token_in(plain(mail))}/").status_code == 200
    (message,) = messages(office, "access.first_link")
    assert (message.status, message.attempts) == ("sent", 4)
    assert kinds_about(office, account) == ["account.created", "link.sent"]


def test_a_server_that_never_answers_is_given_up_after_half_a_day_and_told(office: Office, server: MailServer) -> None:
    server.stop()
    account = made_by(office.administrator)
    waits = []
    for _ in range(TRIES):
        work()
        waits.append(jobs()[0].waits)
        due_now()
    assert sum(waits[:-1]) > 12 * 3600
    # Down for an hour: what waited leaves within a quarter of an hour after that.
    assert max(wait for number, wait in enumerate(waits[:-1]) if sum(waits[:number]) < 3600) <= 900
    (message,) = messages(office, "access.first_link")
    assert (message.status, message.attempts) == ("failed", TRIES)
    assert message.failure == "Le serveur de messagerie n’a pas répondu malgré plusieurs essais."
    assert kinds_about(office, account)[-1] == "link.not_delivered"
    assert [job.status for job in jobs()] == ["succeeded"]


def test_a_fault_of_ours_is_tried_again_like_a_server_that_is_down(
    office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = LETTERS["access.first_link"]

    def broken(message: Message) -> Envelope:
        raise LookupError("zoe.blanc@annecy.example")

    monkeypatch.setitem(LETTERS, "access.first_link", Letter(good.kind, "", "", "", write=broken, settled=good.settled))
    account = made_by(office.administrator)
    work()
    assert [(job.status, job.attempts) for job in jobs()] == [("todo", 1)]
    for _ in range(TRIES - 1):
        due_now()
        work()
    (message,) = messages(office, "access.first_link")
    assert (message.status, message.failure) == (
        "failed",
        "Une panne de la plateforme a empêché l’envoi malgré plusieurs essais.",
    )
    assert kinds_about(office, account)[-1] == "link.not_delivered"


def test_a_worker_killed_before_the_outcome_is_noted_sends_again_and_both_links_work_for_one_use(
    office: Office, server: MailServer, owner: psycopg.Connection[Any]
) -> None:
    account = made_by(office.administrator)
    _killed_in_the_middle(server)
    assert [job.status for job in jobs()] == ["doing"]
    assert messages(office, "access.first_link")[0].status == "queued"
    # A worker that lives is left its job.
    take_back()
    assert [job.status for job in jobs()] == ["doing"]
    _heartbeat_stops(owner)
    take_back()
    due_now()
    work()
    assert [(job.status, job.attempts) for job in jobs()] == [("succeeded", 2)]
    first, second = server.received
    assert first["To"] == second["To"] == account.email
    one, other = (Invited(account, token_in(plain(mail))) for mail in (first, second))
    assert one.token != other.token
    assert [ReadingClient().get(link.where).status_code for link in (one, other)] == [200, 200]
    data = {"way": "new", "identifier": account.identifier, "password": FRESH}
    assert ReadingClient().post(one.where, data).status_code == 302
    assert ReadingClient().post(other.where, data).status_code == 410
    assert kinds_about(office, account) == ["account.created", "link.sent", "account.confirmed"]


def test_a_job_that_kills_its_workers_is_given_up_and_told(
    office: Office, server: MailServer, owner: psycopg.Connection[Any]
) -> None:
    account = made_by(office.administrator)
    owner.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = %s, worker_id = NULL", [LIVES])
    take_back()
    assert [job.status for job in jobs()] == ["failed"]
    (message,) = messages(office, "access.first_link")
    assert message.status == "failed"
    assert kinds_about(office, account)[-1] == "link.not_delivered"
    assert server.received == []


def test_finished_jobs_go_after_their_time_and_no_others(
    office: Office, server: MailServer, owner: psycopg.Connection[Any]
) -> None:
    made_by(office.administrator)
    work()
    owner.execute("UPDATE procrastinate_events SET at = at - interval '31 days'")
    made_by(office.administrator, email="autre@annecy.example")
    tasks.clear_away.defer(timestamp=0)
    work()
    assert [job.status for job in jobs()] == ["succeeded"]  # the second alone


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no")}), Undeliverable),
        (smtplib.SMTPRecipientsRefused({"a@b.example": (450, b"later")}), Unreachable),
        (smtplib.SMTPSenderRefused(553, b"no", "x"), Undeliverable),
        (smtplib.SMTPSenderRefused(451, b"later", "x"), Unreachable),
        (smtplib.SMTPDataError(554, b"no"), Undeliverable),
        (smtplib.SMTPDataError(421, b"later"), Unreachable),
        (smtplib.SMTPAuthenticationError(535, b"no"), Unreachable),
        (smtplib.SMTPConnectError(554, b"no"), Unreachable),
        (smtplib.SMTPServerDisconnected("gone"), Unreachable),
        (smtplib.SMTPNotSupportedError("STARTTLS"), Unreachable),
        (TimeoutError(), Unreachable),
        (ConnectionRefusedError(), Unreachable),
        (UnicodeEncodeError("ascii", "é", 0, 1, "no"), Undeliverable),
    ],
)
def test_what_a_server_says_is_for_good_or_for_now(
    fault: Exception, outcome: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(*_: Any, **__: Any) -> int:
        raise fault

    monkeypatch.setattr(sending.EmailMultiAlternatives, "send", send)
    with pytest.raises(outcome) as said:
        deliver(Envelope("a@b.example", "Objet", "Bonjour", "<p>Bonjour</p>"))
    assert "a@b.example" not in str(said.value)
