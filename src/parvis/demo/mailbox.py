"""All that the demo sent, newest first: e-mails (`mail.py`), and SMS and calls, the `.json` files beside them."""

import datetime
import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from parvis.demo.mail import NAME, Mail, instant, mail
from parvis.post.telephone import Channel

LISTED = 200
WORDS = {Channel.SMS: "SMS", Channel.VOICE: "Appel\N{NO-BREAK SPACE}vocal"}


@dataclass(frozen=True, slots=True)
class Telephoned:
    """An SMS or a call as it left; `sent_at` is the instant in force (the demo's clock)."""

    id: str
    kind: Channel
    number: str
    extension: str
    sent_at: datetime.datetime
    text: str

    @property
    def word(self) -> str:
        """How the page names it."""
        return WORDS[self.kind]

    @property
    def lines(self) -> list[str]:
        """The text without its empty lines."""
        return [line for line in self.text.splitlines() if line.strip()]


def open_here() -> bool:
    """Whether anything that the demo sends is to be read here."""
    return settings.PARVIS_MAILBOX is not None or settings.PARVIS_CALLS is not None


def messages() -> list[Mail | Telephoned]:
    """The newest first, `LISTED` at most; a file that disappears or makes no sense is passed over."""
    paths = [*_files(settings.PARVIS_MAILBOX, "eml"), *_files(settings.PARVIS_CALLS, "json")]
    newest = sorted(paths, key=lambda path: path.stem, reverse=True)[:LISTED]
    found = (_mail(path) if path.suffix == ".eml" else _telephoned(path) for path in newest)
    return [one for one in found if one is not None]


def _files(folder: Path | None, ending: str) -> list[Path]:
    return [] if folder is None else [path for path in folder.glob(f"*.{ending}") if NAME.fullmatch(path.stem)]


def _mail(path: Path) -> Mail | None:
    return mail(path.parent, path.stem)


def _telephoned(path: Path) -> Telephoned | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Telephoned(
            id=path.stem,
            kind=Channel(content["kind"]),
            number=str(content["to"]),
            extension=str(content["extension"]),
            sent_at=instant(path.stem),
            text=str(content["text"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
