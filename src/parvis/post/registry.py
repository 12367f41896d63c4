"""What each kind of message says and to whom: made at sending, by the package that queues it.

A package above registers a `Letter` per kind; `post/` sends without knowing any.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from parvis.post.models import Message
from parvis.post.telephone.calls import Call


@dataclass(frozen=True, slots=True)
class Envelope:
    """One e-mail ready to leave: recipient, subject, plain text and HTML; `headers` besides those of every e-mail."""

    to: str
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...] = ()


Write = Callable[[Message], "Envelope | Call | None"]
Settle = Callable[[Message], None]


def _nothing(message: Message) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Choice:
    """What « Notifications » lets a person decline: how it is named there, for whom, and who wants it.

    `wanted` runs inside the message's scope, before `write`. A letter about security, or one that somebody waits for,
    has no choice.
    """

    label: str
    wanted: Callable[[Message], bool]
    of_administrators: bool = True


@dataclass(frozen=True, slots=True)
class Letter:
    """A kind of message: trigger, recipients and validity as documented; how it is written; what follows its outcome.

    `write` runs inside the message's scope and returns an e-mail, an SMS or a spoken call, or None when there is
    nothing to send any more. It may run again for the same message (the server did not take it, or a worker died).

    `expires_after`, counted from the queuing: somebody waits in front of the screen. It leaves before all others, is
    tried again within seconds, and never leaves later.

    `settled` is called with each outcome: once for an e-mail; for a call that is followed, when the carrier has taken
    it, and again when it has arrived or will never.
    """

    kind: str
    trigger: str
    recipients: str
    validity: str
    write: Write
    settled: Settle = _nothing
    expires_after: datetime.timedelta | None = None
    choosable: Choice | None = None

    def written(self, message: Message) -> "Envelope | Call | None":
        """What leaves; None where there is nothing to send any more, or where its reader declined this kind."""
        if self.choosable is not None and not self.choosable.wanted(message):
            return None
        return self.write(message)


LETTERS: dict[str, Letter] = {}


def register(*letters: Letter) -> None:
    """Declare kinds of messages, once each."""
    for letter in letters:
        if letter.kind in LETTERS:
            raise ValueError(f"Message kind registered twice: {letter.kind}")
        LETTERS[letter.kind] = letter


def choosable() -> list[Letter]:
    """The letters that a person may decline, in the order in which they were declared."""
    return [letter for letter in LETTERS.values() if letter.choosable is not None]


def envelope(
    to: str, subject: str, template: str, context: dict[str, Any], *, headers: tuple[tuple[str, str], ...] = ()
) -> Envelope:
    """Render `<template>.txt` and `<template>.html`."""
    return Envelope(
        to=to,
        subject=" ".join(subject.split()),
        text=render_to_string(f"{template}.txt", context),
        html=render_to_string(f"{template}.html", {"subject": subject, **context}),
        headers=headers,
    )
