"""What the tests of this folder share."""

import asyncio
import json
import os
import random
import signal
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

import psycopg
from aiosmtpd.controller import Controller
from django.db import connection, connections
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from parvis.access.actions.changes import answer_proposal, change_coordinates
from parvis.access.actions.creation import Coordinates
from parvis.access.models import Membership, Proposal
from parvis.ground import tenancy
from parvis.journal.models import Event
from parvis.post import tasks
from parvis.post.models import Message
from tests.browsers import inside
from tests.invitations import FRESH, Invited, made_by, standing_of, token_in
from tests.plugins.html import ReadingClient
from tests.world import Someone

ADDRESS = "http://127.0.0.1:8000"


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
CREATE TEMP TABLE others ON COMMIT DROP AS
  SELECT id FROM establishments_establishment WHERE name = 'Centre des courriels';
CREATE TEMP TABLE theirs ON COMMIT DROP AS
  SELECT person_id AS id FROM access_membership WHERE person_id IS NOT NULL
    AND (establishment_id = {0} OR establishment_id IN (SELECT id FROM others));
DELETE FROM notices_reader WHERE establishment_id = {0};
DELETE FROM notices_notice WHERE establishment_id = {0};
DELETE FROM notices_wish WHERE person_id IN (SELECT id FROM theirs);
DELETE FROM access_linktoken WHERE establishment_id = {0};
DELETE FROM access_link WHERE establishment_id = {0};
DELETE FROM access_proposal WHERE establishment_id = {0};
DELETE FROM access_draft WHERE establishment_id = {0};
DELETE FROM access_termsacceptance WHERE establishment_id = {0};
DELETE FROM access_termsnotice WHERE establishment_id = {0};
DELETE FROM access_expirywarning WHERE establishment_id = {0};
DELETE FROM access_factorresettoken WHERE establishment_id = {0};
DELETE FROM access_factorreset WHERE establishment_id = {0};
DELETE FROM access_rightrequest WHERE establishment_id = {0};
DELETE FROM access_delegationdocument WHERE {0} IN (establishment_id, organisation_id);
DELETE FROM access_delegationservice WHERE {0} IN (establishment_id, organisation_id);
DELETE FROM access_delegation WHERE {0} IN (establishment_id, organisation_id);
DELETE FROM access_delegationbatch WHERE establishment_id = {0};
DELETE FROM access_membership WHERE establishment_id IN (SELECT id FROM others);
DELETE FROM access_termsacceptance WHERE establishment_id IN (SELECT id FROM others);
DELETE FROM journal_event WHERE establishment_id IN (SELECT id FROM others);
DELETE FROM journal_name WHERE establishment_id IN (SELECT id FROM others);
DELETE FROM establishments_succession WHERE successor_id = {0};
DELETE FROM establishments_establishment WHERE id IN (SELECT id FROM others);
DELETE FROM access_opening WHERE establishment_id = {0};
DELETE FROM access_deputyship WHERE establishment_id = {0};
DELETE FROM access_handover WHERE establishment_id = {0};
DELETE FROM access_absenceright WHERE establishment_id = {0};
DELETE FROM access_absence WHERE establishment_id = {0};
DELETE FROM access_reviewdecision WHERE establishment_id = {0};
DELETE FROM access_suspendedright WHERE establishment_id = {0};
DELETE FROM access_reviewline WHERE establishment_id = {0};
DELETE FROM access_review WHERE establishment_id = {0};
DELETE FROM access_rightuse WHERE establishment_id = {0};
DELETE FROM access_right WHERE establishment_id = {0};
DELETE FROM recovery_proof WHERE establishment_id = {0};
DELETE FROM recovery_objection WHERE establishment_id = {0};
DELETE FROM recovery_case WHERE establishment_id = {0};
DELETE FROM registration_document WHERE establishment_id = {0};
DELETE FROM registration_registration WHERE establishment_id = {0};
DELETE FROM registration_belonging WHERE establishment_id = {0};
DELETE FROM registration_passedrequest WHERE establishment_id = {0};
DELETE FROM registration_firststeps WHERE establishment_id = {0};
DELETE FROM post_postalletter WHERE establishment_id = {0};
DELETE FROM access_membership WHERE establishment_id = {0};
SELECT access_forget_person(id, now()) FROM theirs;
DELETE FROM post_message WHERE establishment_id = {0} OR person_id IN (SELECT id FROM theirs);
DELETE FROM journal_event WHERE establishment_id = {0} OR person_id IN (SELECT id FROM theirs);
DELETE FROM journal_name WHERE establishment_id = {0};
DELETE FROM establishments_contract WHERE establishment_id = {0};
DELETE FROM establishments_establishment WHERE id = {0};
DELETE FROM procrastinate_jobs;
DELETE FROM procrastinate_workers;
DELETE FROM procrastinate_periodic_defers;
ALTER TABLE journal_event ENABLE TRIGGER journal_row;
"""


def browser_of(who: Someone) -> ReadingClient:
    return inside(ReadingClient(), who.person)


def work() -> None:
    """A worker that does what is due, one thing after the other, then ends."""
    with app.replace_connector(app.connector.get_worker_connector()) as own:  # type: ignore[attr-defined]
        own.run_worker(wait=False, install_signal_handlers=False, listen_notify=False, concurrency=1)


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


def _killed_in_the_middle(server: MailServer) -> None:
    """A worker dies once the server has the text and before it has answered."""
    server.slow = True
    with worker_process(server) as process:
        assert server.reached.wait(180), "the worker sent nothing"
        process.send_signal(signal.SIGKILL)
        process.wait(120)
    server.slow = False


def _heartbeat_stops(owner: psycopg.Connection[Any]) -> None:
    owner.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")


def only(office: Office, kind: str) -> None:
    """What was queued beside it has tests of its own."""
    for whose in (
        tenancy.scope(establishment=office.id),
        tenancy.scope(person=office.user.person.pk, role="parvis_person"),
    ):
        with whose:
            others = Message.objects.filter(status=Message.Status.QUEUED).exclude(kind=kind)
            others.update(status=Message.Status.DROPPED)


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
    only(office, "identity.confirm_email")
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
