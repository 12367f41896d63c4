"""What is kept of each line of INSEE's files, as lines for COPY.

The loops see forty million lines: they look at as little of each as tells whether it is one of ours, and parse those
alone.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from io import BufferedReader
from itertools import islice

from parvis.establishments.lines import LONGEST_LINE, Errors
from parvis.establishments.sirene.files import Columns
from parvis.establishments.sirene.words import address, categories, department, presented, told, way
from parvis.ground.identifiers.text import sort_key

# The names of INSEE's files « StockUniteLegale », « StockEtablissement » and « StockEtablissementLiensSuccession »
# (https://www.sirene.fr/sirene/public/static/documentation): version 3.11 of the description.
UNITS = ("siren", "denominationUniteLegale", "categorieJuridiqueUniteLegale")
ESTABLISHMENTS = (
    *("siren", "siret", "etablissementSiege", "complementAdresseEtablissement", "numeroVoieEtablissement"),
    *("indiceRepetitionEtablissement", "typeVoieEtablissement", "libelleVoieEtablissement"),
    *("distributionSpecialeEtablissement", "codePostalEtablissement", "libelleCommuneEtablissement"),
    *("codeCommuneEtablissement", "codeCedexEtablissement", "libelleCedexEtablissement", "dateDebut"),
    *("etatAdministratifEtablissement", "enseigne1Etablissement", "denominationUsuelleEtablissement"),
)
LINKS = ("siretEtablissementPredecesseur", "siretEtablissementSuccesseur", "dateLienSuccession")
# A prime: how many places the collected SIREN are spread over. It bounds the memory whatever the file holds; two
# numbers that meet on a place are told apart later, by the join with the units.
PLACES = 16_777_213
_BLOCK = 1 << 16
_MALFORMED = "elle ne commence pas par un SIREN (9 chiffres)."


@dataclass(slots=True)
class Reading:
    """How far a file is read, and what was wrong."""

    line: int = 1
    read: int = 0
    kept: int = 0
    errors: Errors = field(default_factory=Errors)


def lines_of(file: BufferedReader, most: int) -> Iterator[bytes]:
    """The next lines, `most` at most; one that never ends comes in parts, which are then no lines of ours."""
    return islice(iter(partial(file.readline, LONGEST_LINE), b""), most)


def units(file: BufferedReader, most: int, columns: Columns, state: Reading) -> Iterator[bytes]:
    """Those whose legal category is public: line, SIREN, name, key, category, kind."""
    kinds = categories()
    public = frozenset(code.encode() for code in kinds)
    commas, from_end = columns.count - 1, columns.count - columns.positions[2]
    block: list[str] = []
    number = state.line
    for line in lines_of(file, most):
        number += 1
        quoted = b'"' in line
        if (quoted or line.count(b",") == commas) and line[:9].isdigit():
            # The quick way out: of a hundred legal units one is public. A name may hold quotes and commas; what comes
            # after the category holds none.
            before, category, *_ = line.rsplit(b",", from_end)
            if category not in public and not (quoted and b'"' in line[len(before) :]):
                continue
        elif _blank(line):
            continue
        try:
            siren, name, code = columns.values(line)
            if code not in kinds:
                if not siren.isdecimal() or len(siren) != 9:
                    raise ValueError(_MALFORMED)
                continue
            block.append(_unit(number, siren, told(name), code, kinds[code]))
        except ValueError as fault:
            state.errors.add(number, str(fault))
            continue
        state.kept += 1
        if len(block) >= 500:
            yield "".join(block).encode()
            block = []
    state.read += number - state.line
    state.line = number
    yield "".join(block).encode()


def establishments(
    file: BufferedReader, most: int, columns: Columns, state: Reading, collected: bytearray
) -> Iterator[bytes]:
    """Those of the collected SIREN: see `establishments_sirenekept`."""
    commas = columns.count - 1
    block: list[str] = []
    number = state.line
    for line in lines_of(file, most):
        number += 1
        try:
            # A line of another kind has no number here, or not its commas: told apart below.
            if not collected[int(line[:9]) % PLACES] and (line.count(b",") == commas or b'"' in line):
                continue
        except ValueError:
            if _blank(line):
                continue
        try:
            block.append(_establishment(number, columns.values(line)))
        except ValueError as fault:
            state.errors.add(number, str(fault))
            continue
        state.kept += 1
        if len(block) >= 500:
            yield "".join(block).encode()
            block = []
    state.read += number - state.line
    state.line = number
    yield "".join(block).encode()


def links(file: BufferedReader, most: int, columns: Columns, state: Reading, collected: bytearray) -> Iterator[bytes]:
    """The successions of establishments of the collected SIREN."""
    block: list[str] = []
    number = state.line
    for line in lines_of(file, most):
        number += 1
        if _blank(line):
            continue
        try:
            old, new, day = columns.values(line)
            if not _is_siret(old) or not _is_siret(new):
                raise ValueError("les deux SIRET comptent 14 chiffres.")
            if not collected[int(old[:9]) % PLACES]:
                continue
            block.append(f"{number}\t{old}\t{new}\t{_day(day)}\n")
        except ValueError as fault:
            state.errors.add(number, str(fault))
            continue
        state.kept += 1
    state.read += number - state.line
    state.line = number
    yield "".join(block).encode()


def _blank(line: bytes) -> bool:
    return not line.strip()


def _is_siret(value: str) -> bool:
    return len(value) == 14 and value.isascii() and value.isdecimal()


def _day(value: str) -> str:
    """For COPY: the day, or NULL where there is none. Raises ValueError."""
    if not value:
        return "\\N"
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError(f"« {value[:30]} » n’est pas une date (AAAA-MM-JJ).") from None


def _field(value: str) -> str:
    return value.replace("\\", "\\\\") if "\\" in value else value


def _unit(number: int, siren: str, name: str, category: str, kind: str) -> str:
    if not siren.isdecimal() or len(siren) != 9:
        raise ValueError(_MALFORMED)
    if not name:
        # A legal unit that asked not to be told: its number is all there is.
        name = f"Établissement {siren}"
    shown = presented(name)[:200]
    return f"{number}\t{siren}\t{_field(shown)}\t{_field(sort_key(shown)[:200])}\t{category}\t{kind}\n"


def _establishment(number: int, values: list[str]) -> str:
    siren, siret, head, complement, way_number, repetition, way_kind, way_name, special, *more = map(told, values)
    postcode, commune, insee_code, cedex, cedex_name, since, state, sign, usual = more
    if not _is_siret(siret) or not siret.startswith(siren):
        raise ValueError(f"« {siret[:30]} » n’est pas un SIRET (14 chiffres) de l’unité {siren[:30]}.")
    if state not in ("A", "F"):
        raise ValueError(f"etatAdministratifEtablissement « {state[:30]} » : A ou F.")
    if len(postcode) > 5 or len(insee_code) > 5:
        raise ValueError(f"le code postal « {postcode[:30]} » ou le code de commune est trop long.")
    begun = _day(since)
    last = f"{cedex} {cedex_name}" if cedex else f"{postcode} {commune}"
    lines = address([complement, way(way_number, repetition, way_kind, way_name), special, last.strip()])
    array = "{" + ",".join('"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"' for line in lines) + "}"
    own = presented(usual or sign)[:150]
    return (
        f"{number}\t{siret}\t{siren}\t{'t' if head == 'true' else 'f'}\t{_field(own)}\t{_field(sort_key(own))}\t"
        f"{_field(array)}\t{_field(presented(commune)[:100])}\t{postcode}\t{insee_code}\t{department(insee_code)}\t"
        f"{begun if state == 'F' else NULL}\t{begun}\n"
    )


NULL = "\\N"
