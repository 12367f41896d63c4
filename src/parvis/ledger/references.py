"""The reference that a transfer carries: for which establishment, fund and due date it is; ISO 11649 by default.

The layout is a setting (`PARVIS_PAYMENT_REFERENCE`): texts and the fields below. The key comes from all the rest: ISO
11649 where the layout begins with « RF{cle} », else the two digits that make the whole divisible by 97 (ISO 7064).
"""

import datetime
import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from stdnum import iso11649
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

LONGEST = 35  # of a reference in a SEPA transfer
LETTERS = {
    "cnracl": "C",
    "ircantec": "I",
    "rafp": "R",
    "atiacl": "A",
    "feh": "H",
    "fiphfp": "P",
    "fnc": "N",
    "faefm": "E",
}
_OF_LETTER = {letter: fund for fund, letter in LETTERS.items()}
# What the transfer pays: the contributions of a month, a quarter, a year, or surcharges and penalties.
NATURES = {1: "M", 3: "T", 12: "A"}
CHARGES = "F"
_MONTHS = {nature: months for months, nature in NATURES.items()}
FIELDS = {
    "cle": r"\d{2}",
    "siret": r"\d{14}",
    "contrat": r"[A-Z0-9]{1,20}?",
    "fonds": f"[{''.join(_OF_LETTER)}]",
    "aamm": r"\d{4}",
    "aaaamm": r"\d{6}",
    "nature": f"[{''.join(_MONTHS)}{CHARGES}]",
}
ISO = "RF{cle}"


class WrongLayout(Exception):
    """The layout of the setting cannot be used; one French sentence says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference is for. `months`: 1, 3 or 12; 0: surcharges and penalties of the month `starts_on`."""

    fund: str
    starts_on: datetime.date
    months: int
    siret: str = ""
    contract: str = ""

    @property
    def of_charges(self) -> bool:
        return self.months == 0


def compact(text: str) -> str:
    """Capitals and digits alone, as references are compared."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def layout() -> str:
    """The layout in force. Raises WrongLayout."""
    return checked(settings.PARVIS_PAYMENT_REFERENCE)


@lru_cache(maxsize=8)
def checked(text: str) -> str:
    """The layout, where it can be used. Raises WrongLayout."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as fault:
        raise WrongLayout(f"PARVIS_PAYMENT_REFERENCE ne se lit pas ({fault}).") from fault
    names = [name for _, name, _, _ in parts if name is not None]
    if unknown := sorted(set(names) - set(FIELDS)):
        raise WrongLayout(f"PARVIS_PAYMENT_REFERENCE nomme « {unknown[0]} » ; les champs sont : {', '.join(FIELDS)}.")
    if len(names) != len(set(names)) or any(spec or conversion for _, _, spec, conversion in parts):
        raise WrongLayout("PARVIS_PAYMENT_REFERENCE nomme chaque champ une seule fois, sans format.")
    given = set(names)
    wanted = {"cle", "nature", "fonds"}
    if not wanted <= given or not given & {"siret", "contrat"} or len(given & {"aamm", "aaaamm"}) != 1:
        raise WrongLayout(
            "PARVIS_PAYMENT_REFERENCE doit contenir {cle}, {fonds}, {nature}, {siret} ou {contrat}, et {aamm} ou "
            "{aaaamm}."
        )
    if any(literal != compact(literal) for literal, _, _, _ in parts):
        raise WrongLayout("PARVIS_PAYMENT_REFERENCE ne contient, hors des champs, que des capitales et des chiffres.")
    if text.startswith(ISO) and "contrat" not in given and len(_filled(text, _LONG, "00")) > 25:
        raise WrongLayout("PARVIS_PAYMENT_REFERENCE : une référence ISO 11649 compte 25 caractères au plus.")
    return text


_LONG = Target("cnracl", datetime.date(2000, 1, 1), 1, "0" * 14, "0" * 20)


def _filled(text: str, target: Target, key: str) -> str:
    return text.format(
        cle=key,
        siret=target.siret,
        contrat=compact(target.contract),
        fonds=LETTERS[target.fund],
        aamm=f"{target.starts_on:%y%m}",
        aaaamm=f"{target.starts_on:%Y%m}",
        nature=NATURES.get(target.months, CHARGES),
    )


def _key(text: str, target: Target) -> str:
    if text.startswith(ISO):
        return str(mod_97_10.calc_check_digits(_filled(text, target, "")[2:] + "RF"))
    return str(mod_97_10.calc_check_digits(_filled(text, target, "")))


def reference(target: Target) -> str:
    """The reference of a due date, without spaces. Raises WrongLayout, ValueError where it would be too long."""
    text = layout()
    made = _filled(text, target, _key(text, target))
    if len(made) > (25 if text.startswith(ISO) else LONGEST):
        raise ValueError(f"{made} is longer than a transfer's reference")
    return made


def shown(made: str) -> str:
    """In groups of four, as people read it and type it."""
    return " ".join(made[at : at + 4] for at in range(0, len(made), 4))


@lru_cache(maxsize=8)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(
        "".join(
            re.escape(literal) + (f"(?P<{name}>{FIELDS[name]})" if name else "")
            for literal, name, _, _ in string.Formatter().parse(text)
        )
    )


def parse(given: str) -> Target | None:
    """What a reference is for; None where it is none of ours, or its key is wrong."""
    return _read(compact(given), layout(), _pattern(layout()).fullmatch)


def find(text: str) -> list[Target]:
    """The references that stand in a label, spaces and dashes left aside, each once in order."""
    words, one_layout = compact(text), layout()
    pattern, found, at = _pattern(one_layout), [], 0
    while (match := pattern.search(words, at)) is not None:
        target = _read(match[0], one_layout, pattern.fullmatch)
        at = match.end() if target is not None else match.start() + 1
        if target is not None and target not in found:
            found.append(target)
    return found


def _read(words: str, text: str, match: Callable[[str], re.Match[str] | None]) -> Target | None:
    found = match(words)
    if found is None:
        return None
    told = found.groupdict()
    try:
        month = told.get("aaaamm") or f"20{told['aamm']}"
        starts_on = datetime.date(int(month[:4]), int(month[4:]), 1)
    except ValueError:
        return None
    target = Target(
        _OF_LETTER[told["fonds"]],
        starts_on,
        _MONTHS.get(told["nature"], 0),
        told.get("siret") or "",
        told.get("contrat") or "",
    )
    if text.startswith(ISO):
        try:
            iso11649.validate(words)
        except ValidationError:
            return None
        return target
    return target if _key(text, target) == told["cle"] else None
