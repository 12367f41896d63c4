"""The columns of the file of accounts: what each is called, how a value is written in it, how a title is recognised."""

import datetime
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from parvis.access.actions.creation import Grant
from parvis.access.levels import Level
from parvis.access.models import Civility, Membership, Profile
from parvis.access.registry import Service
from parvis.ground.identifiers.account import grouped
from parvis.ground.identifiers.text import clean, search_key
from parvis.ground.pages.filters import phone as phone_shown

IDENTIFIER, SIRET, VERSION = "identifier", "siret", "version"
# What a line says of an account, in the file's order: key, title, kind of column.
FIELDS: tuple[tuple[str, str, str], ...] = (
    ("civility", "Civilité", "text"),
    ("last_name", "Nom", "text"),
    ("first_name", "Prénom", "text"),
    ("function", "Fonction", "text"),
    ("unit", "Service de rattachement", "text"),
    ("email", "Adresse électronique", "text"),
    ("phone", "Téléphone", "code"),
    ("profile", "Profil", "text"),
    ("starts_on", "Début de l’accès", "date"),
    ("ends_on", "Fin de l’accès", "date"),
)
TITLES = {key: title for key, title, _ in FIELDS}
# Other titles under which people keep the same thing.
SYNONYMS: dict[str, tuple[str, ...]] = {
    IDENTIFIER: ("Identifiant", "Identifiant Parvis", "Id"),
    SIRET: ("SIRET", "Numéro SIRET", "N° SIRET"),
    VERSION: ("Version", "Version de la ligne"),
    "civility": ("Civ", "Titre"),
    "last_name": ("Nom de famille", "Nom d’usage"),
    "first_name": ("Prénoms",),
    "function": ("Poste", "Emploi"),
    "unit": ("Service", "Direction"),
    "email": ("Courriel", "E-mail", "Email", "Mail", "Adresse e-mail", "Adresse mail", "Adresse courriel"),
    "phone": ("Tél", "Tel", "Numéro de téléphone"),
    "starts_on": ("Date de début", "Début"),
    "ends_on": ("Date de fin", "Fin"),
}
LEVELS = {
    **{search_key(level.label): level for level in Level},
    **{level.slug: level for level in Level},
    "aucune": Level.NONE,
}
_RIGHT = re.compile(
    r"(?P<level>[a-z ]+?)(?: (?:a partir du|du|des le) (?P<starts>[\d/.-]+))?(?: (?:jusqu'au|au) (?P<ends>[\d/.-]+))?"
)


def right_key(code: str) -> str:
    """The key of a service's column."""
    return f"right:{code}"


def shown_day(day: datetime.date | None) -> str:
    """JJ/MM/AAAA, or nothing."""
    return f"{day:%d/%m/}{day.year:04d}" if day else ""


def right_shown(grant: Grant | None) -> str:
    """« Modification », « Lecture seule du 01/12/2026 au 31/12/2026 », « Aucun »."""
    if grant is None or grant.level is Level.NONE:
        return Level.NONE.label
    words = [grant.level.label]
    if grant.starts_on:
        words.append(f"{'du' if grant.ends_on else 'à partir du'} {shown_day(grant.starts_on)}")
    if grant.ends_on:
        words.append(f"{'au' if grant.starts_on else 'jusqu’au'} {shown_day(grant.ends_on)}")
    return " ".join(words)


def right_parts(text: str) -> tuple[Level, str, str]:
    """The level and the two dates as typed in a service's cell. Raises ValueError."""
    found = _RIGHT.fullmatch(search_key(text).rstrip("."))
    if found is None or found["level"] not in LEVELS:
        raise ValueError(text)
    return LEVELS[found["level"]], found["starts"] or "", found["ends"] or ""


def shown(account: Membership, grants: Mapping[str, Grant], services: Iterable[Service]) -> dict[str, str]:
    """What the file says of an account, column by column, as text."""
    return {
        "civility": Civility(account.civility).label,
        "last_name": clean(account.last_name),
        "first_name": clean(account.first_name),
        "function": clean(account.function),
        "unit": clean(account.unit),
        "email": clean(account.email),
        "phone": clean(phone_shown(account.phone)),
        "profile": Profile(account.profile).label,
        "starts_on": shown_day(account.starts_on),
        "ends_on": shown_day(account.ends_on),
        **{right_key(service.code): right_shown(grants.get(service.code)) for service in services},
    }


_LETTERS = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")


def version_of(identifier: str, values: Mapping[str, str]) -> str:
    """Twelve letters that stand for all that a line says; letters alone, which no spreadsheet turns into a number."""
    said = json.dumps([identifier, *sorted(values.items())], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:12].translate(_LETTERS)


@dataclass(frozen=True, slots=True)
class Header:
    """Where each known column is, and the titles that say nothing to us."""

    places: Mapping[str, int]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    twice: tuple[str, ...]

    def values(self, row: Sequence[str]) -> dict[str, str]:
        """The cells of a row by key, trimmed; a row cut short has empty cells."""
        return {key: clean(row[place]) if place < len(row) else "" for key, place in self.places.items()}


def _keys(services: Iterable[Service]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for service in services:
        keys[_plain(service.code)] = keys[_plain(service.name)] = right_key(service.code)
    for key, titles in SYNONYMS.items():
        for title in titles:
            keys[_plain(title)] = key
    return keys | {_plain(title): key for key, title, _ in FIELDS}


def _plain(title: str) -> str:
    """A title without accents, case, signs and what is said between brackets."""
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"\(.*?\)", "", search_key(title))).strip()


def header_of(row: Sequence[str], services: Sequence[Service]) -> Header:
    """Read the titles."""
    keys = _keys(services)
    places: dict[str, int] = {}
    unknown, twice = [], []
    for place, title in enumerate(row):
        key = keys.get(_plain(title))
        if key is None:
            if clean(title):
                unknown.append(clean(title)[:60])
        elif key in places:
            twice.append(clean(title)[:60])
        else:
            places[key] = place
    names = {IDENTIFIER: "Identifiant", **TITLES, **{right_key(one.code): one.name for one in services}}
    return Header(places, tuple(unknown), tuple(names[key] for key in names if key not in places), tuple(twice))


def known_among(services: Sequence[Service]):  # type: ignore[no-untyped-def]
    """How many titles of a row are known, for the choice of a separator."""
    return lambda row: len(header_of(row, services).places)


def label_of(key: str, services: Mapping[str, Service]) -> str:
    """How a column is called."""
    return TITLES[key] if key in TITLES else services[key].name


def identifier_shown(code: str) -> str:
    """As in the file."""
    return grouped(code) if code else ""
