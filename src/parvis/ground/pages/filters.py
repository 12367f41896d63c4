"""Filters of the templates: values become French words. Pure functions, usable anywhere a string is prepared."""

import datetime
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"
PARIS = ZoneInfo("Europe/Paris")
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
# A number typed « 0262… » is valid under the code of its own territory only, so each is tried in turn.
PHONE_REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM")
# Codes whose numbers are dialled with a leading 0 from anywhere in France. The others need their « + ».
# Arcep's numbers for fiction (06 39 98…) are served by nobody, so not valid; they are written like the others.
FRENCH_FORM = re.compile(r"\+33([1-9]\d{8})")
PHONE_CODES_WITH_ZERO = frozenset({33, 262, 508, 590, 594, 596})


def _day(value: datetime.date) -> datetime.date:
    """The day in Paris: an aware moment of 23 h 30 UTC belongs to the next day."""
    if isinstance(value, datetime.datetime):
        return (value.astimezone(PARIS) if value.tzinfo else value).date()
    return value


def date_long(value: datetime.date) -> str:
    """« 24 novembre 2026 », « 1ᵉʳ décembre 2026 »."""
    day = _day(value)
    return f"{'1ᵉʳ' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def date_full(value: datetime.date) -> str:
    """« mardi 24 novembre 2026 »."""
    return f"{DAYS[_day(value).weekday()]} {date_long(value)}"


def date_short(value: datetime.date) -> str:
    """« 24/11/2026 »."""
    return _day(value).strftime("%d/%m/%Y")


def datetime_long(value: datetime.datetime) -> str:
    """« 24 novembre 2026 à 9 h 05 », at the hour of Paris; a moment without a zone is taken as it is."""
    local = value.astimezone(PARIS) if value.tzinfo else value
    return f"{date_long(local)} à {local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02d}"


def time(value: datetime.datetime) -> str:
    """« 10 h 45 », at the hour of Paris."""
    local = value.astimezone(PARIS)
    return f"{local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02d}"


def siret(value: str) -> str:
    """Fourteen digits in groups of 3, 3, 3 and 5; anything else is left as it came."""
    digits = "".join(str(value).split())
    if len(digits) != 14 or not digits.isdecimal():
        return str(value)
    return NO_BREAK.join((digits[:3], digits[3:6], digits[6:9], digits[9:]))


def identifier(value: str) -> str:
    """Eight characters in two groups of four, as people read them out: `XXXX-XXXX`."""
    code = str(value)
    return f"{code[:4]}-{code[4:]}" if len(code) == 8 else code


@lru_cache(maxsize=2048)
def phone(value: str) -> str:
    """A French number, overseas included, as people dial it; what is not a number is left as it came."""
    for region in PHONE_REGIONS:
        try:
            parsed = phonenumbers.parse(value, region)
        except phonenumbers.NumberParseException:
            return value
        if phonenumbers.is_valid_number(parsed):
            with_zero = parsed.country_code in PHONE_CODES_WITH_ZERO
            kind = (
                phonenumbers.PhoneNumberFormat.NATIONAL if with_zero else phonenumbers.PhoneNumberFormat.INTERNATIONAL
            )
            return phonenumbers.format_number(parsed, kind).replace(" ", NO_BREAK)
    if fiction := FRENCH_FORM.fullmatch(value):
        digits = "0" + fiction[1]
        return NO_BREAK.join(digits[start : start + 2] for start in range(0, 10, 2))
    return value


@lru_cache(maxsize=2048)
def phone_href(value: str) -> str:
    """The `tel:` address of a number: with its country code when it is valid, its digits otherwise."""
    for region in PHONE_REGIONS:
        try:
            parsed = phonenumbers.parse(value, region)
        except phonenumbers.NumberParseException:
            break
        if phonenumbers.is_valid_number(parsed):
            return f"tel:{phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)}"
    return "tel:" + "".join(character for character in value if character.isdecimal() or character == "+")


def number(value: float | Decimal) -> str:
    """« 1 234 », « 1 234,56 »: a narrow no-break space between thousands, a comma before decimals."""
    return f"{value:,}".translate({ord(","): NARROW_NO_BREAK, ord("."): ","})


def percent(part: int, whole: int) -> int | None:
    """In hundredths; never 100 before it is whole, nor 0 once it began; None of nothing."""
    if not whole:
        return None
    return 100 if part == whole else min(99, max(1 if part else 0, round(100 * part / whole)))


def share(part: int, whole: int) -> str:
    """« 62 % », as `percent` counts; « – » of nothing."""
    found = percent(part, whole)
    return "–" if found is None else f"{found}\u00a0%"


def plural(count: int, one: str, many: str) -> str:
    """« 0 compte », « 1 compte », « 1 234 comptes »: the number and its word; French counts from two."""
    return f"{number(count)}{NO_BREAK}{many if abs(count) >= 2 else one}"


def duration(value: datetime.timedelta) -> str:
    """« 7 jours », « 24 heures », « 10 minutes », « 45 secondes »: in the largest unit that says it exactly."""
    seconds = int(value.total_seconds())
    for unit, one, many in ((86_400, "jour", "jours"), (3_600, "heure", "heures"), (60, "minute", "minutes")):
        # Up to a day, people count in hours.
        if seconds % unit == 0 and seconds >= (2 * unit if unit == 86_400 else unit):
            return plural(seconds // unit, one, many)
    return plural(seconds, "seconde", "secondes")


def de(name: str) -> str:
    """« de Paul », « d’Inès », « d’Hélène »: a person's name after « de » (the h of first names is taken as mute)."""
    first = unicodedata.normalize("NFKD", name.strip()[:1]).casefold()[:1]
    return f"d’{name}" if first in "aeiouyhœæ" and first else f"de {name}"


FILTERS = {
    "date_full": date_full,
    "date_long": date_long,
    "date_short": date_short,
    "datetime_long": datetime_long,
    "time": time,
    "siret": siret,
    "identifier": identifier,
    "phone": phone,
    "phone_href": phone_href,
    "plural": plural,
    "number": number,
    "de": de,
    "duration": duration,
}
