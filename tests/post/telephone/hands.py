"""What the tests of this folder share: a carrier that answers as it is told, and its file."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from parvis.ground import tenancy
from parvis.post.actions import queue
from parvis.post.models import Message
from parvis.post.registry import LETTERS
from parvis.post.telephone import Call, Channel
from parvis.post.telephone.description import read
from parvis.post.telephone.http import HttpCarrier

PLACE = 987_654_321  # no establishment: a message needs none
KIND = "test.code"
NUMBER, TEXT, SECRET = "+33612345678", "Parvis : votre code est 314159.", "un-secret-du-transporteur"
SMS = Call(number=NUMBER, channel=Channel.SMS, text=TEXT)
VOICE = Call(number="+33549001122", channel=Channel.VOICE, text="Votre code est : 3, 1, 4.", extension="42")


@dataclass(frozen=True)
class Answer:
    """What the carrier answers; `silent`: not before the test is over; `drips`: a byte of the body now and then."""

    code: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    drips: bool = False

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


TAKEN = Answer(200, {"messages": [{"id": "m/1 é", "status": "accepted"}]})


@dataclass(frozen=True)
class Asked:
    """A request that the carrier received."""

    method: str
    path: str
    headers: dict[str, str]
    content: Any


@dataclass
class Provider:
    """The carrier, on this machine: what it received, and its answers in their order, the last one for ever.

    `given`: the answers of which the last byte was written before the test was over.
    """

    answers: list[Answer] = field(default_factory=lambda: [TAKEN])
    asked: list[Asked] = field(default_factory=list)
    given: list[Answer] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    trusted: ssl.SSLContext | None = None
    _server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        assert self._server is not None
        return f"{'https' if self.trusted else 'http'}://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                content = json.loads(self.rfile.read(length)) if length else None
                asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, content)
                provider.asked.append(asked)
                answer = provider.answers.pop(0) if len(provider.answers) > 1 else provider.answers[0]
                if answer.silent:
                    provider.over.wait(60)
                try:
                    self._give(answer)
                except OSError:
                    # Whoever asked has hung up.
                    self.close_connection = True

            do_GET = do_PUT = do_POST

            def _give(self, answer: Answer) -> None:
                self.send_response(answer.code)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                for byte in answer.content if answer.drips else ():
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    provider.over.wait(0.15)
                if not answer.drips:
                    self.wfile.write(answer.content)
                if not provider.over.is_set():
                    provider.given.append(answer)

            def log_message(self, *_: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if self.trusted:
            self._server.socket = self.trusted.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.over.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


FILE = """
sender = "Parvis"
retries = [1, 3, 9]

[sms]
address = "{at}/v1/sms"
connect_timeout = 20
timeout = 30
headers = {{ Idempotency-Key = "{{reference}}" }}

[sms.authentication]
kind = "bearer"
secret = "CARRIER_SECRET"

[sms.fields]
from = "{{sender}}"
to = ["{{number}}"]
body = {{ text = "{{text}}", unicode = true, priority = 2 }}
extension = "{{extension}}"
reference = "parvis-{{reference}}"

[sms.answer]
id = "messages.0.id"
status = "messages.0.status"
already = [409]
statuses = {{ accepted = "sent", done = "delivered", barred = "failed", busy = "retry" }}

[sms.outcome]
address = "{at}/v1/sms/{{id}}/outcome"
status = "state"
statuses = {{ queued = "sent", done = "delivered", absent = "failed", later = "retry" }}

[voice]
address = "{at}/v1/calls"
method = "PUT"
timeout = 30
fields = {{ callee = "{{digits}}", say = "{{text}}" }}

[voice.authentication]
kind = "basic"
user = "parvis"
secret = "CARRIER_SECRET"
"""
ENVIRONMENT = {"CARRIER_SECRET": SECRET}


def described(folder: Path, provider: Provider, text: str = FILE) -> Path:
    """The carrier's file."""
    path = folder / "telephone.toml"
    path.write_text(text.format(at=provider.address), encoding="utf-8")
    return path


def carrier_of(path: Path) -> HttpCarrier:
    return HttpCarrier(read(path, ENVIRONMENT))


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()


# --- The worker --------------------------------------------------------------------------------------------------
def ask(kind: str = KIND, where: int = PLACE) -> int:
    """Queue a call, as a page does; the message's id."""
    with tenancy.scope(establishment=where):
        return queue(kind, object_id=1, establishment=where).pk


def message(number: int) -> Message:
    with tenancy.scope(establishment=PLACE):
        return Message.objects.get(pk=number)


@dataclass(frozen=True)
class Job:
    """A job of the queue; `waits`: seconds until it is due."""

    status: str
    attempts: int
    waits: float
    priority: int


def jobs(task: str = "post.send") -> list[Job]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text, attempts, coalesce(extract(epoch FROM scheduled_at - now())::float, 0), priority "
            "FROM procrastinate_jobs WHERE task_name = %s ORDER BY id",
            [task],
        )
        return [Job(*row) for row in cursor.fetchall()]


def writes(monkeypatch: pytest.MonkeyPatch, call: Any, **changes: Any) -> None:
    """What the letter writes from now on."""
    monkeypatch.setitem(LETTERS, KIND, replace(LETTERS[KIND], write=lambda message: call, **changes))
