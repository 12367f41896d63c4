"""The PDF of letters to print: A4, folded in three, the address in the window of a DL envelope; tagged (PDF/UA-1)."""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from parvis.ground import clock, pdf
from parvis.ground.pages.filters import date_long, duration
from parvis.post.models import PostalLetter
from parvis.post.postal.actions import code_given
from parvis.post.postal.kinds import kind_of

TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "post" / "postal.typ"


def shown(reference: str) -> str:
    """A letter's reference as it is printed and dictated: groups of four."""
    return "-".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def printed(letters: Sequence[PostalLetter], *, report_at: str) -> bytes:
    """One page for each letter, with its code. `report_at`: where whoever did not ask for it says so.

    Raises Refused where one was marked as printed meanwhile.
    """
    host = settings.PARVIS_ADDRESS
    return pdf.compile(
        TEMPLATE,
        {
            "day": date_long(clock.today()),
            "validity": duration(settings.PARVIS_POSTAL_VALIDITY),
            "report": f"{host}{report_at}".partition("://")[2],
            "letters": [_letter(letter, host) for letter in letters],
        },
    )


def _letter(letter: PostalLetter, host: str) -> dict[str, object]:
    said = kind_of(letter.kind).write(letter)
    return {
        "address": letter.address,
        "reference": shown(letter.reference),
        "code": code_given(letter),
        "subject": said.subject,
        "about": said.about,
        "before": list(said.before),
        "after": list(said.after),
        "where": f"{host}{said.where}".partition("://")[2],
    }
