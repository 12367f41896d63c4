"""E-mails as received by a real SMTP server, sent by a real worker after real commits.

Nothing here is rolled back: each test has an establishment of its own, committed, and taken away after it.
"""

import asyncio
import json
import os
import random
import re
import signal
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any
from urllib.parse import urlsplit

import html5lib
import psycopg
import pytest
from aiosmtpd.controller import Controller
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from parvis.access.actions.changes import answer_proposal, change_coordinates
from parvis.access.actions.creation import Coordinates
from parvis.access.models import Membership, Profile, Proposal
from parvis.ground import tenancy
from parvis.ground.identifiers.account import grouped
from parvis.journal.models import Event
from parvis.post import sending, tasks
from parvis.post.actions import queue
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope, Letter
from parvis.post.sending import Undeliverable, Unreachable, deliver
from tests.invitations import FRESH, Invited, made_by, standing_of, token_in
from tests.plugins.database import owner_connection
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone, establishment, someone

ADDRESS = "http://127.0.0.1:8000"


# --- The mail server -------------------------------------------------------------------------------------------------


@dataclass
class MailServer:
    """What it received, and how it answers: `recipient` and `data` are SMTP answers; `slow` holds it in DATA."""

    port: int
    recipient: str = "250 OK"
    data: str = "250 OK"
    received: list[EmailMessage] = field(default_factory=list)
    slow: bool = False
    reached: threading.Event = field(default_factory=threading.Event)
    _controller: Controller | None = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if not self.data.startswith("250"):
            return self.data
        message = BytesParser(policy=policy.default).parsebytes(envelope.content)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.received.append(message)  # type: ignore[arg-type]
        self.reached.set()
        while self.slow:
            await asyncio.sleep(0.02)
        return self.data

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        self.slow = False
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


def _free_port() -> int:
    for port in random.SystemRandom().sample(range(20_000, 32_000), 50):
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    made = MailServer(_free_port())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", made.port, 5
    made.start()
    yield made
    made.stop()


# --- Committed people ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Office:
    """An establishment of its own for one test: Odile administers, Hugo uses."""

    id: int
    siret: str
    administrator: Someone
    second: Someone
    user: Someone


@contextmanager
def _instead(fresh: Any) -> Iterator[None]:
    """Another connection in place of Django's, which holds the test's transaction: what runs here commits."""
    kept = connections["default"]
    connections["default"] = fresh
    try:
        yield
    finally:
        fresh.close()
        connections["default"] = kept


_LEFT = """
ALTER TABLE journal_event DISABLE TRIGGER journal_row;
CREATE TEMP TABLE theirs ON COMMIT DROP AS
  SELECT person_id AS id FROM access_membership WHERE establishment_id = {0} AND person_id IS NOT NULL;
DELETE FROM access_linktoken WHERE establishment_id = {0};
DELETE FROM access_link WHERE establishment_id = {0};
DELETE FROM access_proposal WHERE establishment_id = {0};
DELETE FROM access_draft WHERE establishment_id = {0};
DELETE FROM access_right WHERE establishment_id = {0};
DELETE FROM access_membership WHERE establishment_id = {0};
DELETE FROM post_message WHERE establishment_id = {0} OR person_id IN (SELECT id FROM theirs);
DELETE FROM journal_event WHERE establishment_id = {0} OR person_id IN (SELECT id FROM theirs);
DELETE FROM journal_name WHERE establishment_id = {0};
DELETE FROM identity_session WHERE person_id IN (SELECT id FROM theirs);
DELETE FROM identity_linktoken WHERE person_id IN (SELECT id FROM theirs);
DELETE FROM identity_link WHERE person_id IN (SELECT id FROM theirs);
DELETE FROM identity_credential WHERE person_id IN (SELECT id FROM theirs);
DELETE FROM identity_email WHERE person_id IN (SELECT id FROM theirs);
DELETE FROM identity_phone WHERE person_id IN (SELECT id FROM theirs);
DELETE FROM identity_person WHERE id IN (SELECT id FROM theirs);
DELETE FROM establishments_contract WHERE establishment_id = {0};
DELETE FROM establishments_establishment WHERE id = {0};
DELETE FROM procrastinate_jobs;
DELETE FROM procrastinate_workers;
DELETE FROM procrastinate_periodic_defers;
ALTER TABLE journal_event ENABLE TRIGGER journal_row;
"""


@pytest.fixture
def office(db: None, owner: psycopg.Connection[Any]) -> Iterator[Office]:
    siret = f"{random.SystemRandom().randrange(10**14):014d}"
    owner.execute("DELETE FROM procrastinate_jobs")
    with _instead(owner_connection()):
        made = establishment(siret, "Saint-Étienne-du-Bois", ("cnracl", "rafp"))
        here = Office(
            made.pk,
            siret,
            someone(made, "Odile", "Brun", Profile.ADMINISTRATOR),
            someone(made, "René", "Caron", Profile.ADMINISTRATOR),
            someone(made, "Hugo", "Lenoir"),
        )
    shared = connection.settings_dict
    # Connections of the worker's threads end with their task.
    kept, shared["CONN_MAX_AGE"] = shared["CONN_MAX_AGE"], 0
    try:
        with _instead(type(connections["default"])(shared, "default")):
            yield here
    finally:
        shared["CONN_MAX_AGE"] = kept
        with owner.transaction():
            for statement in _LEFT.format(made.pk).split(";\n"):
                if statement.strip():
                    owner.execute(statement)  # type: ignore[call-overload]


def browser_of(who: Someone) -> ReadingClient:
    client = ReadingClient()
    client.force_login(who.person, backend="parvis.identity.backend.PersonBackend")
    return client


# --- The worker ------------------------------------------------------------------------------------------------------


def work() -> None:
    """A worker that does what is due, then ends."""
    with app.replace_connector(app.connector.get_worker_connector()) as own:  # type: ignore[attr-defined]
        own.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


@contextmanager
def worker_process(server: MailServer, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """The worker as in production: a process of its own, under the application's role."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    given = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"}
    process = subprocess.Popen(
        [sys.executable, "-m", "parvis.config.command", "worker", "--one-shot"],
        env={**given, "DATABASE_URL": address, "EMAIL_URL": f"smtp://127.0.0.1:{server.port}", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def take_back() -> None:
    """What the worker asks of itself each minute, unless that minute has just come."""
    with suppress(AlreadyEnqueued):
        tasks.take_back.defer(timestamp=0)
    work()


@dataclass(frozen=True)
class Job:
    """A job of the queue."""

    id: int
    status: str
    attempts: int
    waits: float
    args: dict[str, Any]


def jobs() -> list[Job]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, status::text, attempts, extract(epoch FROM scheduled_at - now())::float, args::text "
            "FROM procrastinate_jobs WHERE task_name = 'post.send' ORDER BY id"
        )
        return [Job(*row[:4], json.loads(row[4])) for row in cursor.fetchall()]


def due_now() -> None:
    """Nobody waits for real."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")


def messages(office: Office, kind: str) -> list[Message]:
    with tenancy.scope(establishment=office.id):
        return list(Message.objects.filter(kind=kind).order_by("id"))


def kinds_about(office: Office, account: Membership) -> list[str]:
    with tenancy.scope(establishment=office.id):
        return list(Event.objects.filter(object=account.ref).order_by("id").values_list("kind", flat=True))


def plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


# --- The first link --------------------------------------------------------------------------------------------------


def test_the_first_link_is_received_and_opens_the_account(office: Office, server: MailServer) -> None:
    account = made_by(office.administrator)
    assert server.received == []
    work()
    (mail,) = server.received
    assert mail["To"] == mail["X-Envelope-To"] == account.email
    assert mail["From"] == "Parvis <ne-pas-repondre@parvis.example>"
    assert mail["Subject"].strip() == "Saint-Étienne-du-Bois vous ouvre un accès à Parvis"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"]
    assert mail["Date"]
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    invited = Invited(account, token_in(plain(mail)))
    for body in (plain(mail), html(mail)):
        assert "Zoé Blanc" in body
        assert "Odile Brun" in body
        assert f"{ADDRESS}{invited.where}" in body
        assert "valable jusqu’au" in body
        assert account.identifier not in body
        assert grouped(account.identifier) not in body
        assert account.phone not in body
    assert account.identifier not in mail.as_string()
    (message,) = messages(office, "access.first_link")
    assert (message.status, message.attempts, message.failure) == ("sent", 1, "")
    assert kinds_about(office, account) == ["account.created", "link.sent"]
    client = ReadingClient()
    assert client.get(invited.where).status_code == 200
    data = {"way": "new", "identifier": account.identifier, "password": FRESH}
    assert client.post(invited.where, data)["Location"] == f"/etablissements/{office.siret}/"


def test_a_transaction_rolled_back_sends_nothing(office: Office, server: MailServer) -> None:
    class Broken(Exception):
        pass

    def attempt() -> None:
        with transaction.atomic():
            made_by(office.administrator)
            raise Broken

    with pytest.raises(Broken):
        attempt()
    assert jobs() == []
    work()
    assert server.received == []
    assert messages(office, "access.first_link") == []
    made_by(office.administrator)
    assert len(jobs()) == 1


def test_a_link_superseded_before_its_email_left_is_not_sent(office: Office, server: MailServer) -> None:
    from parvis.access.actions.links import send_again

    account = made_by(office.administrator)
    with tenancy.scope(person=office.administrator.person.pk, establishment=office.id):
        send_again(who=standing_of(office.administrator), account_id=account.pk)
    assert len(jobs()) == 2
    work()
    assert len(server.received) == 1
    assert ReadingClient().get(f"/premiere-connexion/{token_in(plain(server.received[0]))}/").status_code == 200


# --- Refusals, delays, deaths ----------------------------------------------------------------------------------------


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


def test_a_server_that_never_answers_is_given_up_after_seven_tries_and_told(office: Office, server: MailServer) -> None:
    server.stop()
    account = made_by(office.administrator)
    waits = []
    for _ in range(tasks.TRIES):
        work()
        waits.append(jobs()[0].waits)
        due_now()
    assert sum(waits[:-1]) > 12 * 3600
    (message,) = messages(office, "access.first_link")
    assert (message.status, message.attempts) == ("failed", tasks.TRIES)
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
    for _ in range(tasks.TRIES - 1):
        due_now()
        work()
    (message,) = messages(office, "access.first_link")
    assert (message.status, message.failure) == (
        "failed",
        "Une panne de la plateforme a empêché l’envoi malgré plusieurs essais.",
    )
    assert kinds_about(office, account)[-1] == "link.not_delivered"


def _killed_in_the_middle(server: MailServer) -> None:
    """A worker dies once the server has the text and before it has answered."""
    server.slow = True
    with worker_process(server) as process:
        assert server.reached.wait(180), "the worker sent nothing"
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    server.slow = False


def _heartbeat_stops(owner: psycopg.Connection[Any]) -> None:
    owner.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")


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
    owner.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = %s, worker_id = NULL", [tasks.TRIES])
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


# --- Ids only --------------------------------------------------------------------------------------------------------


def test_jobs_and_logs_hold_ids_only(office: Office, server: MailServer) -> None:
    first = made_by(office.administrator)
    outputs = []
    for form, answer in (
        ("", "451 zoe.blanc@annecy.example later"),
        ("json", "550 zoe.blanc@annecy.example unknown"),
        ("", "250 OK"),
    ):
        if answer.startswith("250"):
            made_by(office.administrator, email="noe.roux@annecy.example", first_name="Noé", last_name="Roux")
        server.recipient = answer
        with worker_process(server, PARVIS_LOG_FORMAT=form) as process:
            outputs.append("".join(process.communicate(timeout=180)))
            assert process.returncode == 0
        due_now()
    (mail,) = server.received
    assert [message.status for message in messages(office, "access.first_link")] == ["failed", "sent"]
    said = "\n".join(outputs)
    assert "message will be tried again" in said
    assert "message not delivered" in said
    assert f"{messages(office, 'access.first_link')[0].pk}" in said
    for secret in ("annecy", "Zoé", "Blanc", "Noé", "Roux", "Odile", first.identifier, token_in(plain(mail))):
        assert secret not in said, secret
    assert "@" not in said.replace("…@…", "")
    found = jobs()
    assert len(found) == 2
    for job in found:
        assert set(job.args) == {"message_id", "establishment", "person"}
        assert all(isinstance(value, int) for value in job.args.values())
    with tenancy.scope(establishment=office.id):
        for row in Message.objects.values():
            assert not re.search(r"annecy|Blanc|Roux|@", str(row))


def test_a_message_is_written_in_its_own_scope_alone(office: Office, server: MailServer) -> None:
    """A job whose establishment is not the message's own finds nothing and sends nothing."""
    with tenancy.scope(establishment=office.id):
        account = Membership.objects.get(pk=office.user.account_id)
        message = queue("access.proposal", object_id=account.pk, establishment=office.id)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET args = jsonb_set(args, '{establishment}', '0')")
    work()
    assert server.received == []
    with tenancy.scope(establishment=office.id):
        assert Message.objects.get(pk=message.pk).attempts == 0


# --- Every letter ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """The letters that something brings: recipients, subject, what both texts say, and where their link leads."""

    to: list[str]
    subject: str
    says: list[str]
    link: str
    opens: int = 200


def _first_link(office: Office, server: MailServer) -> Expected:
    account = made_by(office.administrator)
    link = r"/premiere-connexion/[\w-]{43}/"
    says = [
        "Bonjour Zoé Blanc",
        "Odile Brun",
        "valable jusqu’au",
        "ne sert qu’une fois",
        office.administrator.membership.email,
    ]
    return Expected([account.email], "Saint-Étienne-du-Bois vous ouvre un accès à Parvis", says, link)


def _link_killed(office: Office, server: MailServer) -> Expected:
    account = made_by(office.administrator)
    work()
    invited = Invited(account, token_in(plain(server.received.pop())))
    for _ in range(5):
        ReadingClient().post(invited.where, {"way": "new", "identifier": invited.other_code, "password": FRESH})
    return Expected(
        [office.administrator.membership.email, office.second.membership.email],
        "Parvis : le lien de première connexion de Zoé Blanc est annulé",
        ["Cinq identifiants erronés", "Zoé Blanc", "Saint-Étienne-du-Bois"],
        rf"/etablissements/{office.siret}/comptes/{account.pk}/",
        302,  # to the sign-in page
    )


def _corrected(office: Office) -> None:
    account = office.user.membership
    values = {name: getattr(account, name) for name in Coordinates.__dataclass_fields__}
    corrected = Coordinates(**{**values, "email": "h.lenoir@bois.example", "phone": "+33465710077"})
    with tenancy.scope(person=office.administrator.person.pk, establishment=office.id):
        who = standing_of(office.administrator)
        change_coordinates(who=who, account_id=account.pk, coordinates=corrected)


def _proposal(office: Office, server: MailServer) -> Expected:
    _corrected(office)
    return Expected(
        [office.user.membership.email],
        "Parvis : Saint-Étienne-du-Bois propose de corriger vos coordonnées",
        ["Bonjour Hugo Lenoir", "Odile Brun", "Rien ne change sans votre accord"],
        rf"/etablissements/{office.siret}/correction/",
        302,
    )


def _confirm_email(office: Office, server: MailServer) -> Expected:
    _corrected(office)
    work()
    server.received.clear()
    with tenancy.scope(person=office.user.person.pk, establishment=office.id):
        proposal = Proposal.objects.get(membership_id=office.user.membership.pk)
        answer_proposal(who=standing_of(office.user), proposal_id=proposal.pk, accept=True)
    return Expected(
        ["h.lenoir@bois.example"],
        "Parvis : confirmez votre nouvelle adresse",
        ["Bonjour Hugo Lenoir", "valable jusqu’au"],
        r"/adresse/[\w-]{43}/",
    )


def _reset(office: Office, server: MailServer) -> Expected:
    ReadingClient().post("/mot-de-passe-oublie/", {"login": office.user.identifier})
    return Expected(
        [office.user.membership.email],
        "Parvis : choisissez un nouveau mot de passe",
        ["Bonjour Hugo Lenoir", "valable jusqu’au", "ne sert qu’une fois"],
        r"/mot-de-passe/[\w-]{43}/",
    )


def _password_changed(office: Office, server: MailServer) -> Expected:
    _reset(office, server)
    work()
    token = token_in(plain(server.received.pop()), "mot-de-passe")
    ReadingClient().post(f"/mot-de-passe/{token}/", {"password": FRESH})
    return Expected(
        [office.user.membership.email],
        "Parvis : votre mot de passe a été changé",
        ["Bonjour Hugo Lenoir", "a été changé le", "Ce n’était pas vous"],
        r"/mot-de-passe-oublie/",
    )


PROVOKED: dict[str, Callable[[Office, MailServer], Expected]] = {
    "access.first_link": _first_link,
    "access.link_killed": _link_killed,
    "access.proposal": _proposal,
    "identity.reset": _reset,
    "identity.password_changed": _password_changed,
    "identity.confirm_email": _confirm_email,
}


def test_every_letter_has_its_own_test() -> None:
    assert set(PROVOKED) == set(LETTERS)


@pytest.mark.parametrize("kind", LETTERS)
def test_each_letter_is_received_with_its_subject_its_text_and_a_link_that_opens(
    kind: str, office: Office, server: MailServer
) -> None:
    expected = PROVOKED[kind](office, server)
    assert server.received == []
    work()
    assert sorted(mail["X-Envelope-To"] for mail in server.received) == sorted(expected.to)
    for mail in server.received:
        assert mail["Subject"].strip() == expected.subject
        assert mail["To"] == mail["X-Envelope-To"]
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        text, page = plain(mail), html(mail)
        for phrase in expected.says:
            assert phrase in text
            assert phrase in page
        assert "&" not in re.sub(r"&\w+ |https?://\S+", "", text)  # nothing escaped in the plain text
        parser = html5lib.HTMLParser()
        parser.parse(page)
        assert [code for _, code, _ in parser.errors] == []
        assert not re.search(r"<(img|script|link|iframe)\b|url\(", page)
        for body in (text, page):
            assert {urlsplit(one).netloc for one in re.findall(r"https?://[^\s\"<]+", body)} == {"127.0.0.1:8000"}
            found = re.search(rf"{ADDRESS}({expected.link})", body)
            assert found is not None
            assert ReadingClient().get(found[1]).status_code == expected.opens
        people = (office.administrator, office.second, office.user)
        assert not [one.identifier for one in people if one.identifier in text + page]
    with tenancy.scope(establishment=office.id):
        of_establishment = set(Message.objects.filter(kind=kind).values_list("status", flat=True))
    with tenancy.scope(person=office.user.person.pk, role=tenancy.PERSON):
        of_person = set(Message.objects.filter(kind=kind).values_list("status", flat=True))
    assert of_establishment | of_person == {"sent"}


def test_a_confirmed_address_takes_the_place_of_the_old_one(office: Office, server: MailServer) -> None:
    _confirm_email(office, server)
    work()
    where = f"/adresse/{token_in(plain(server.received[0]), 'adresse')}/"
    client = ReadingClient()

    def enters(login: str) -> bool:
        answer = ReadingClient().post("/connexion/", {"login": login, "password": PASSWORD})
        return bool(answer.status_code == 302)

    for _ in range(2):
        assert client.get(where).status_code == 200
        assert client.head(where).status_code == 200
    old, new = office.user.membership.email, "h.lenoir@bois.example"
    assert (enters(old), enters(new)) == (True, False)
    assert client.post(where)["Location"] == "/connexion/"
    assert (enters(old), enters(new)) == (False, True)
    assert client.post(where).status_code == 410
