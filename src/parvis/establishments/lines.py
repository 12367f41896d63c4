"""Lines of a CSV that an operator imports: a stream, each wrong line told by its number, nothing half-imported."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from parvis.ground.identifiers.text import clean

SHOWN_ERRORS = 50
LONGEST_LINE = 100_000
_SEPARATORS = {";": "des points-virgules", "\t": "des tabulations", "|": "des barres verticales"}


class Rejected(Exception):
    """The file cannot be imported and nothing was written. `errors`: French sentences; `more`: how many others."""

    def __init__(self, errors: list[str], more: int = 0) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors
        self.more = more


class BadRow(ValueError):
    """What is wrong with one line."""


class Errors:
    """The first errors in full; the others are counted."""

    def __init__(self) -> None:
        self.first: list[tuple[int, str]] = []
        self.count = 0

    def add(self, line: int, sentence: str) -> None:
        """Note what is wrong with a line."""
        self.count += 1
        if len(self.first) < SHOWN_ERRORS:
            self.first.append((line, sentence))

    def refuse(self) -> None:
        """Raise Rejected where anything was noted."""
        if self.count:
            said = [f"ligne {line} : {sentence}" for line, sentence in sorted(self.first)]
            raise Rejected(said, self.count - len(said))


def text_lines(file: BinaryIO, what: str) -> Iterator[str]:
    """The file's lines as text. Raises Rejected for what is no text, before much of it is in memory."""
    number = 0
    while raw := file.readline(LONGEST_LINE):
        number += 1
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            raise Rejected([f"La ligne {number} est démesurée : ce fichier n’est pas un CSV {what}."])
        if b"\0" in raw:
            raise Rejected(["Ce fichier n’est pas du texte en UTF-8 : enregistrez-le en CSV, encodage UTF-8."])
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as fault:
            raise Rejected(
                [f"Ce fichier n’est pas en UTF-8 (ligne {number}) : enregistrez-le en CSV, encodage UTF-8."]
            ) from fault


def header(lines: Iterator[str], columns: Sequence[str]) -> dict[str, int]:
    """Where each column stands. Raises Rejected for an empty file, another separator, a missing or repeated column."""
    first = next(lines, "")
    if not first.strip():
        raise Rejected(["Le fichier est vide : sa première ligne doit nommer les colonnes."])
    names = [clean(name).lower() for name in next(csv.reader([first]))]
    other = next((sign for sign in _SEPARATORS if first.count(sign) > first.count(",")), None)
    if other is not None:
        raise Rejected(
            [f"Les colonnes sont séparées par {_SEPARATORS[other]} : enregistrez le fichier avec des virgules."]
        )
    missing = [column for column in columns if column not in names]
    if missing:
        many = len(missing) > 1
        raise Rejected(
            [f"Il manque {'les colonnes' if many else 'la colonne'} {', '.join(missing)} en première ligne."]
        )
    twice = sorted({name for name in names if name in columns and names.count(name) > 1})
    if twice:
        raise Rejected([f"La première ligne nomme deux fois {', '.join(twice)} : gardez une seule colonne de ce nom."])
    return {name: position for position, name in enumerate(names)}


def rows(
    lines: Iterator[str],
    positions: Mapping[str, int],
    errors: Errors,
    checked: Callable[[dict[str, str]], tuple[Any, ...]],
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Each good line with its number in the file, as `checked` returns it; those for which it raises BadRow go to
    `errors`."""
    reader = csv.reader(lines, strict=True)
    while True:
        number = reader.line_num + 2
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            errors.add(number, "un guillemet n’est pas refermé, ou est mal placé.")
            continue
        if not any(value.strip() for value in values):
            continue
        try:
            if len(values) != len(positions):
                raise BadRow(f"{len(values)} colonne{'s' if len(values) > 1 else ''} au lieu de {len(positions)}.")
            yield number, checked({name: plain(values[position]) for name, position in positions.items()})
        except BadRow as fault:
            errors.add(number, str(fault))


def plain(value: str) -> str:
    """A value as stored."""
    # Most values are plain digits: the full cleaning, character by character, would be half of the import's time.
    return value.strip() if value.isascii() and value.isprintable() and "  " not in value else clean(value)
