"""The versions of the « Conditions générales d'utilisation »: text files, read once and checked at start-up.

A file is a head of TOML between two lines « +++ », then the text (see `text.py`). The packaged folder holds the terms
of this free software; an operator gives a folder of their own in `PARVIS_TERMS_DIR`. A version that was published is
never edited: a change is a new version.
"""

import datetime
import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

FENCE = "+++"
KEYS = ("number", "published", "applies", "changes")


class TermsFault(Exception):
    """The folder of texts cannot be used; the message is one French sentence that says what to mend."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version: published (it can be read and accepted), then applied (it is in force until the next one applies)."""

    number: int
    published: datetime.date
    applies: datetime.date
    changes: tuple[str, ...]
    body: str

    @property
    def digest(self) -> str:
        """What an acceptance keeps to say which text it was, to the letter."""
        return hashlib.sha256(self.body.encode()).hexdigest()


def versions() -> tuple[Version, ...]:
    """Every version, by number; those of the future too. Raises TermsFault."""
    return _read(Path(settings.PARVIS_TERMS_DIR))


def published(today: datetime.date) -> tuple[Version, ...]:
    """The versions that everybody may read on that day, by number."""
    return tuple(version for version in versions() if version.published <= today)


def newest(today: datetime.date) -> Version | None:
    """The version to accept on that day: the last one published, though it may apply later only."""
    return max(published(today), key=lambda version: version.number, default=None)


def in_force(today: datetime.date) -> Version | None:
    """The version that applies on that day, or None before the first one does."""
    applied = [version for version in published(today) if version.applies <= today]
    return max(applied, key=lambda version: version.number, default=None)


@lru_cache(maxsize=8)
def _read(folder: Path) -> tuple[Version, ...]:
    try:
        files = sorted(folder.glob("*.md"))
        found = sorted((_version(file) for file in files), key=lambda version: version.number)
    except OSError as fault:
        raise TermsFault(f"Les conditions générales ne se lisent pas ({fault.strerror} : {fault.filename}).") from None
    if not found:
        raise TermsFault(
            f"Le dossier des conditions générales ne contient aucun texte « .md » : {folder} (PARVIS_TERMS_DIR)."
        )
    for before, after in zip(found, found[1:], strict=False):
        if before.number == after.number:
            raise TermsFault(f"Deux textes des conditions générales portent le numéro {after.number} ({folder}).")
        if before.published >= after.published or before.applies >= after.applies:
            raise TermsFault(
                f"La version {after.number} des conditions générales doit paraître et s’appliquer après la version "
                f"{before.number} : corrigez « published » et « applies » ({folder})."
            )
    return tuple(found)


def _version(file: Path) -> Version:
    def fault(said: str) -> TermsFault:
        return TermsFault(f"Conditions générales, fichier « {file.name} » : {said}.")

    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise fault("enregistrez-le en UTF-8") from None
    start, head, body = (text.replace("\r\n", "\n").lstrip("\ufeff").split(f"{FENCE}\n", 2) + ["", ""])[:3]
    if start.strip() or not head.strip():
        raise fault(f"il commence par un en-tête entre deux lignes « {FENCE} »")
    try:
        told: dict[str, Any] = tomllib.loads(head)
    except tomllib.TOMLDecodeError as cause:
        raise fault(f"son en-tête n’est pas du TOML ({cause})") from None
    if unknown := sorted(set(told) - set(KEYS)):
        raise fault(f"« {unknown[0]} » n’a pas de sens dans l’en-tête (attendus : {', '.join(KEYS)})")
    number, changes = told.get("number"), told.get("changes")
    if type(number) is not int or not 1 <= number <= 32_767:
        raise fault("« number » est un nombre entier, à partir de 1")
    days: list[datetime.date] = []
    for key in ("published", "applies"):
        if type(day := told.get(key)) is not datetime.date:
            raise fault(f"« {key} » est une date, par exemple 2027-01-31")
        days.append(day)
    published, applies = days
    if applies < published:
        raise fault("« applies » ne peut pas précéder « published »")
    if (
        not isinstance(changes, list)
        or not changes
        or not all(isinstance(line, str) and line.strip() for line in changes)
    ):
        raise fault("« changes » est une liste d’au moins une phrase : ce qui change")
    if not body.strip():
        raise fault("le texte manque après l’en-tête")
    return Version(number, published, applies, tuple(line.strip() for line in changes), body.strip())
