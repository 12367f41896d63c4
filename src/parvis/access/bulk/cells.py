"""What a cell of the file means: the rules of the forms, and what spreadsheets do to numbers and days."""

import datetime
import re
from collections.abc import Callable
from typing import Any

from django import forms

from parvis.access.actions.creation import Grant
from parvis.access.bulk.columns import right_parts
from parvis.access.forms import CoordinatesForm
from parvis.access.levels import Level
from parvis.access.models import Civility, Profile
from parvis.access.registry import Service
from parvis.ground.identifiers.text import search_key

_CIVILITIES = {
    **dict.fromkeys(("madame", "mme", "f"), Civility.MADAM.value),
    **dict.fromkeys(("monsieur", "m", "mr", "h"), Civility.SIR.value),
}
_PROFILES = {
    **dict.fromkeys(("utilisateur", "utilisatrice"), Profile.USER.value),
    **dict.fromkeys(("administrateur", "administratrice"), Profile.ADMINISTRATOR.value),
}
# « 3,34658E+10 »: a long number as Excel shows it and then writes it, its last digits lost.
SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?e\+?(\d+)", re.IGNORECASE)
# The numbers that a spreadsheet keeps for days, counted from 30 December 1899: those of 2000 to 2100.
_FIRST_DAY, _LAST_DAY, _ORIGIN = 36_526, 73_415, datetime.date(1899, 12, 30)
# Where a number without its « + » comes from: France and overseas.
_CODES = ("33", "262", "508", "590", "594", "596", "687", "689", "681")
_ABROAD = re.compile(rf"(?:{'|'.join(_CODES)})\d+")


class Wrong(ValueError):
    """The cell is refused; the message says why and what to do."""


def _named(names: dict[str, str], message: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        try:
            return names[search_key(text).rstrip(".")]
        except KeyError as fault:
            said = message.format(text=text[:40])
            # Nothing was written: what to write is all there is to say.
            raise Wrong(said if text.strip() else said.partition(" : ")[2]) from fault

    return read


def _field(name: str) -> Callable[[str], Any]:
    field = CoordinatesForm.base_fields[name]

    def read(text: str) -> Any:
        try:
            return field.clean(text)
        except forms.ValidationError as fault:
            raise Wrong(fault.messages[0]) from fault

    return read


def _phone(text: str) -> Any:
    digits = re.sub(r"[\s.\-()]", "", text)
    if SCIENTIFIC.fullmatch(digits):
        raise Wrong(
            f"Le tableur a remplacé le téléphone par « {text} » : saisissez-le de nouveau, après avoir mis la colonne "
            "au format Texte."
        )
    if digits.isdecimal():
        if len(digits) == 9 and digits[0] != "0":
            digits = f"0{digits}"
        elif len(digits) > 10 and _ABROAD.fullmatch(digits):
            digits = f"+{digits}"
        elif digits.startswith("00"):
            digits = f"+{digits[2:]}"
        return _field("phone")(digits)
    return _field("phone")(text)


def day(text: str) -> datetime.date | None:
    """A day as typed, or as the number that a spreadsheet keeps for it; None for an empty cell. Raises Wrong."""
    plain = re.sub(r"[ T]00:00(:00)?$", "", text)
    if plain.isdecimal() and len(plain) == 5 and _FIRST_DAY <= int(plain) <= _LAST_DAY:
        return _ORIGIN + datetime.timedelta(days=int(plain))
    read: datetime.date | None = _field("starts_on")(plain)
    return read


READ: dict[str, Callable[[str], Any]] = {
    "civility": _named(_CIVILITIES, "« {text} » n’est pas une civilité : écrivez « Madame » ou « Monsieur »."),
    "profile": _named(_PROFILES, "« {text} » n’est pas un profil : écrivez « Utilisateur » ou « Administrateur »."),
    "phone": _phone,
    "starts_on": day,
    "ends_on": day,
    **{name: _field(name) for name in ("last_name", "first_name", "function", "unit", "email")},
}


def grant_of(text: str, service: Service) -> Grant:
    """What a service's cell gives. Raises Wrong."""
    try:
        level, starts, ends = right_parts(text)
    except ValueError as fault:
        raise Wrong(
            f"« {text[:40]} » n’est pas un niveau : écrivez « Modification », « Lecture seule » ou « Aucun »."
        ) from fault
    if level not in service.levels:
        raise Wrong(f"ce service ne propose pas le niveau « {level.label} » : choisissez-en un autre.")
    grant = Grant(service.code, level, day(starts), day(ends)) if level > Level.NONE else Grant(service.code, level)
    if grant.starts_on and grant.ends_on and grant.ends_on < grant.starts_on:
        raise Wrong("la fin précède le début, corrigez l’une des deux dates.")
    return grant


def in_windows(text: str) -> str:
    """What is left of a text in Windows-1252, in which Excel writes CSV: « ? » for each letter it lacks."""
    return text.encode("windows-1252", "replace").decode("windows-1252")


def rounded(text: str, number: str) -> bool:
    """Whether `text` is what a spreadsheet may have made of that number: « 2,00063E+13 » of a SIRET."""
    found = SCIENTIFIC.fullmatch(re.sub(r"\s", "", text))
    digits = re.sub(r"\D", "", number)
    if found is None or not digits or int(found[3]) != len(digits) - 1:
        return False
    kept = found[1] + (found[2] or "")
    if len(kept) > len(digits):
        return False
    lost = 10 ** (len(digits) - len(kept))
    return (int(digits) + lost // 2) // lost == int(kept)


def same_siret(text: str, siret: str) -> bool:
    """Whether the cell names this establishment, its zeros lost, its digits apart or rounded."""
    digits = re.sub(r"[\s.\-]", "", text)
    return digits.zfill(14) == siret if digits.isdecimal() else rounded(text, siret)
