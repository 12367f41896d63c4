"""What each kind of message says and to whom: made at sending, by the package that queues it.

A package above registers a `Letter` per kind; `post/` sends without knowing any.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from parvis.post.models import Message


@dataclass(frozen=True, slots=True)
class Envelope:
    """One e-mail ready to leave: recipient, subject, plain text and HTML."""

    to: str
    subject: str
    text: str
    html: str


Write = Callable[[Message], "Envelope | None"]
Settle = Callable[[Message], None]


def _nothing(message: Message) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Letter:
    """A kind of message: trigger, recipients and validity as documented; how it is written; what follows its outcome.

    `write` runs inside the message's scope and returns None when there is nothing to send any more.
    """

    kind: str
    trigger: str
    recipients: str
    validity: str
    write: Write
    settled: Settle = _nothing


LETTERS: dict[str, Letter] = {}


def register(*letters: Letter) -> None:
    """Declare kinds of messages, once each."""
    for letter in letters:
        if letter.kind in LETTERS:
            raise ValueError(f"Message kind registered twice: {letter.kind}")
        LETTERS[letter.kind] = letter


def envelope(to: str, subject: str, template: str, context: dict[str, Any]) -> Envelope:
    """Render `<template>.txt` and `<template>.html`."""
    return Envelope(
        to=to,
        subject=" ".join(subject.split()),
        text=render_to_string(f"{template}.txt", context),
        html=render_to_string(f"{template}.html", {"subject": subject, **context}),
    )
