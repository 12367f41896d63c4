"""The columns of the files of agents: what is exported, what is read, how a title is recognised."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from parvis.agents.listing import Row
from parvis.agents.models import Scheme
from parvis.ground.identifiers.text import clean, search_key
from parvis.ground.tables import Column

_LETTERS = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")


def reference(row: Row) -> str:
    """By which a line finds its agent again: letters alone, which no spreadsheet turns into a number."""
    return row.ref.hex.translate(_LETTERS)


def ref_of(typed: str) -> str:
    """The hexadecimal digits behind a reference; "" for anything else."""
    plain = typed.strip().lower()
    if not re.fullmatch(r"[bcdfghjklmnpqrst]{32}", plain):
        return ""
    return plain.translate({new: old for old, new in _LETTERS.items()})


def _number(scheme: str) -> Callable[[Row], str]:
    return lambda row: row.number(scheme)


# What is written: key, title, kind. Those that have a key of `READ` are read again.
EXPORTED: tuple[Column, ...] = (
    Column("Référence", reference),
    Column("Version", lambda row: f"v{row.version}"),
    Column("NIR", "nir", "code"),
    Column("Nom de naissance", "surname"),
    Column("Nom d’usage", "used_name"),
    Column("Prénoms", "first_names"),
    Column("Date de naissance", "born_on", "date"),
    Column("Lieu de naissance", "birth_place"),
    Column("Matricule", "payroll_number", "code"),
    Column("Statut", "status"),
    Column("Régimes", lambda row: ", ".join(row.schemes)),
    *(Column(f"Numéro {Scheme(code).label}", _number(code), "code") for code in Scheme.values),
    Column("Date d’entrée", "entered_on", "date"),
    Column("Dernier jour", "left_on", "date"),
    Column("Durée hebdomadaire", "hours"),
    Column("Temps partiel", "part_time"),
    Column("Catégorie", "category"),
    Column("Grade", "grade"),
    Column("Indice brut", "gross_index"),
    Column("Indice majoré", "major_index", "number"),
)
# What a line is read by: key, title, other titles that people write.
READ: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("reference", "Référence", ("Référence Parvis",)),
    ("version", "Version", ()),
    ("nir", "NIR", ("Numéro de sécurité sociale", "N° de sécurité sociale", "Numéro SS", "NNI")),
    ("surname", "Nom de naissance", ("Nom", "Nom de famille", "Nom patronymique")),
    ("used_name", "Nom d’usage", ("Nom marital",)),
    ("first_names", "Prénoms", ("Prénom",)),
    ("born_on", "Date de naissance", ("Né le", "Naissance")),
    ("birth_place", "Lieu de naissance", ("Commune de naissance",)),
    ("nationality", "Nationalité", ()),
    ("payroll_number", "Matricule", ("Matricule paie", "Numéro d’agent")),
    ("status", "Statut", ()),
    ("entered_on", "Date d’entrée", ("Entrée", "Date d’affiliation", "Date d’effet")),
    ("minutes", "Durée hebdomadaire", ("Heures", "Heures hebdomadaires", "Durée")),
    ("part_time", "Temps partiel", ("Quotité",)),
    ("category", "Catégorie", ()),
    ("grade", "Grade", ()),
    ("gross_index", "Indice brut", ("IB",)),
    ("major_index", "Indice majoré", ("IM",)),
)
TITLES = {key: title for key, title, _ in READ}
# What the exported file says and nobody changes from it.
SAID_ONLY = ("Régimes", "Dernier jour", *(f"Numéro {Scheme(code).label}" for code in Scheme.values))


def _plain(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"\(.*?\)", "", search_key(title))).strip()


_KEYS = {_plain(name): key for key, title, others in READ for name in (title, *others)}
_SAID = {_plain(title) for title in SAID_ONLY}


@dataclass(frozen=True, slots=True)
class Header:
    """Where each known column is, the titles that say nothing to us, and one that is there twice."""

    places: Mapping[str, int]
    unknown: tuple[str, ...]
    twice: str

    def values(self, row: Sequence[str]) -> dict[str, str]:
        """The cells of a row by key; a row cut short has empty cells."""
        return {key: clean(row[place]) if place < len(row) else "" for key, place in self.places.items()}


def header_of(row: Sequence[str]) -> Header:
    """Read the titles."""
    places: dict[str, int] = {}
    unknown, twice = [], ""
    for place, title in enumerate(row):
        key = _KEYS.get(_plain(title))
        if key is None:
            if clean(title) and _plain(title) not in _SAID:
                unknown.append(clean(title)[:60])
        elif key in places:
            twice = twice or clean(title)[:60]
        else:
            places[key] = place
    return Header(places, tuple(unknown), twice)


def known_among(row: Sequence[str]) -> int:
    """How many titles of a row are known, for the choice of a separator."""
    return len(header_of(row).places)


# An empty file to begin with.
TEMPLATE: tuple[Column, ...] = tuple(Column(title, lambda row: "") for _, title, _ in READ if title != "Version")
