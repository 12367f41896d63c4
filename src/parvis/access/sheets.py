"""The hand-over sheets (« fiches à remettre »): the identifier on paper, given by hand. They hold no secret."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from parvis.ground import pdf
from parvis.ground.identifiers.account import grouped
from parvis.ground.pages.filters import NO_BREAK, PARIS, date_full, phone
from parvis.ground.pages.filters import siret as siret_shown

TEMPLATE = Path(__file__).resolve().parent / "templates" / "access" / "sheets" / "handover.typ"
# The words of the French telephone alphabet, for every letter that an identifier may hold.
LETTERS = {
    "A": "Anatole",
    "C": "Célestin",
    "D": "Désiré",
    "E": "Eugène",
    "F": "François",
    "H": "Henri",
    "J": "Joseph",
    "K": "Kléber",
    "M": "Marcel",
    "P": "Pierre",
    "R": "Raoul",
    "T": "Thérèse",
    "V": "Victor",
    "X": "Xavier",
    "Y": "Yvonne",
}
DIGITS = {"2": "deux", "3": "trois", "4": "quatre", "5": "cinq", "6": "six", "7": "sept", "8": "huit", "9": "neuf"}


def dictation(identifier: str) -> list[tuple[str, str]]:
    """Each character with what to say on the telephone: (« A », « comme Anatole »), (« 7 », « chiffre sept »)."""
    return [
        (character, f"chiffre {DIGITS[character]}" if character in DIGITS else f"comme {LETTERS[character]}")
        for character in identifier
    ]


@dataclass(frozen=True, slots=True)
class Handed:
    """Whom a sheet is for: their name, their identifier, until when their link is valid (None: the number of days)."""

    person_name: str
    identifier: str
    link_until: datetime.datetime | None


def handover_sheets(
    handed: Iterable[Handed],
    *,
    establishment_name: str,
    siret: str,
    administrator_name: str,
    administrator_email: str,
    administrator_phone: str,
    address: str,
) -> bytes:
    """One A4 page for each person: their identifier, what to do with it and until when, whom to ask.

    `address` is where one signs in afterwards; it is shown without its scheme, for it is no link to follow.
    """
    common = {
        "establishment": establishment_name,
        "siret": siret_shown(siret),
        "administrator": {
            "name": administrator_name,
            "email": administrator_email,
            "phone": phone(administrator_phone) if administrator_phone else "",
        },
        "address": address.partition("://")[2].rstrip("/") or address,
    }
    sheets = [
        {
            "person": one.person_name,
            "identifier": grouped(one.identifier),
            "dictation": dictation(one.identifier),
            "until": _until(one.link_until),
        }
        for one in handed
    ]
    return pdf.compile(TEMPLATE, {"common": common, "sheets": sheets})


def _until(instant: datetime.datetime | None) -> str:
    """« jusqu’au mercredi 9 décembre 2026 à 14 h 30 », the date in one piece."""
    if instant is None:
        return f"{settings.PARVIS_INVITATION_VALIDITY.days}{NO_BREAK}jours à partir de l’envoi"
    local = instant.astimezone(PARIS)
    day = date_full(local).replace(" ", NO_BREAK)
    return f"jusqu’au {day} à{NO_BREAK}{local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02d}"
