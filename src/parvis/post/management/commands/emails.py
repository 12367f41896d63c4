"""`parvis emails`: every e-mail of Parvis, as a Markdown table; `docs/emails.md` is its output."""

from typing import Any

from django.core.management.base import BaseCommand

from parvis.post.registry import LETTERS

_HEAD = """\
# E-mails

Written by `parvis emails > docs/emails.md`; a test compares. What each says is in
`<package>/templates/<package>/emails/`, plain text and HTML; when each is written, in `<package>/letters.py`.

| kind | trigger | recipients | the link is valid |
|---|---|---|---|
"""
_FOOT = """
An e-mail is queued in the transaction of the change: what is rolled back sends nothing. The worker writes it when it
leaves, from the state of that moment, and hands it to the mail server.

* Refused for good (5xx, a malformed address): noted, and told on the account's page where it concerns an account.
* Not taken now (4xx, no answer), or a fault of ours: tried for half a day, with delays that grow from seconds to an
  hour, then noted in the same way.
* What somebody waits for in front of the screen (a code by SMS or by voice) leaves before everything else, is tried
  again within seconds, and never leaves once it has expired. The carrier is asked for an hour what became of it.
* A worker that dies may send an e-mail twice; both copies work, their link serves once.

Queue, messages and logs hold ids only.
"""


def document() -> str:
    """The whole of `docs/emails.md`."""
    rows = [
        f"| `{letter.kind}` | {letter.trigger} | {letter.recipients} | {letter.validity or '–'} |\n"
        for _, letter in sorted(LETTERS.items())
    ]
    return _HEAD + "".join(rows) + _FOOT


class Command(BaseCommand):
    """Writes the table to the standard output."""

    help = "Les courriels de Parvis, en Markdown (docs/emails.md)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the document."""
        self.stdout.write(document(), ending="")
