"""Reading an e-mail of the demo: the `.eml` files that `post/mailbox.py` writes."""

import datetime
import re
from dataclasses import dataclass
from email import message_from_binary_file, policy
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import ClassVar

from django.conf import settings

NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}", re.ASCII)
_LINK = re.compile(r"https?://[^\s<>\"']+")
# A sentence's own full stop or bracket after an address is not part of it.
_AFTER_LINK = ".,;:!?)]»…’"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message's text: a link where `href` is not empty."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail as sent. `id` is the file's name; `sent_at` the instant in force (the demo's clock) when it left."""

    id: str
    to: list[str]
    sender: str
    subject: str
    sent_at: datetime.datetime
    text: str
    html: str

    kind: ClassVar[str] = "email"
    word: ClassVar[str] = "Courriel"

    @property
    def paragraphs(self) -> list[list[list[Piece]]]:
        """The text as paragraphs of lines of pieces, so that a page can make links without trusting the rest."""
        blocks = re.split(r"\n[ \t]*\n", self.text.replace("\r\n", "\n").strip())
        return [[_pieces(line) for line in block.split("\n")] for block in blocks]

    @property
    def links(self) -> list[str]:
        """The addresses in the text, each once, in their order."""
        return list(dict.fromkeys(href for _, href in _links(self.text)))


def instant(name: str) -> datetime.datetime:
    """When the file of that name was written. Raises ValueError."""
    return datetime.datetime.strptime(name[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=datetime.UTC)


def mail(folder: Path, name: str) -> Mail | None:
    """The e-mail of that name, or None. A name of another form is never looked up."""
    if not NAME.fullmatch(name):
        return None
    try:
        sent_at = instant(name)
        with (folder / f"{name}.eml").open("rb") as file:
            message = message_from_binary_file(file, _class=EmailMessage, policy=policy.default)
        return Mail(
            id=name,
            to=[address for _, address in getaddresses(message.get_all("To", []))],
            sender=str(message["From"] or ""),
            subject=str(message["Subject"] or ""),
            sent_at=sent_at,
            text=_body(message, "plain"),
            html=_body(message, "html"),
        )
    except (OSError, ValueError, LookupError):
        return None


def destination() -> str:
    """Where e-mails go when there is no mailbox: the server, without what signs in to it."""
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())


def _pieces(line: str) -> list[Piece]:
    pieces, end = [], 0
    for start, href in _links(line):
        pieces += [Piece(line[end:start]), Piece(href, href)]
        end = start + len(href)
    return [*pieces, Piece(line[end:])]


def _links(text: str) -> list[tuple[int, str]]:
    return [(match.start(), match.group().rstrip(_AFTER_LINK)) for match in _LINK.finditer(text)]
