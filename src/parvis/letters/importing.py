"""A batch of letters: a manifest (CSV) and a folder of PDF. Each stride of lines is committed with its files.

While one stride is written, the files of the next are checked and kept: neither waits for the other.

A letter is known by its fund and reference: the same manifest again, after a kill or once its wrong lines are
corrected, deposits what is missing and nothing twice. A wrong line is told, and keeps no other from being deposited.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection

from parvis.access.standing import standings
from parvis.establishments.funds import FUNDS
from parvis.establishments.lines import BadRow, Errors, header, rows, text_lines
from parvis.ground import clock, files, tenancy
from parvis.ground.identifiers.numbers import parse_siret
from parvis.ground.pages.filters import plural
from parvis.ground.tenancy import Refused
from parvis.journal.actions import SYSTEM, Change, record_changes
from parvis.letters.actions import Sealed, Told, about, campaign_named, checked, made, named, sealed_each
from parvis.letters.filters import day
from parvis.letters.models import FundLetter, LetterType
from parvis.letters.reading import reading, service_of
from parvis.notices.actions import notify_each

COLUMNS = ("siret", "fund", "type", "reference", "title", "dated_on", "file")
OPTIONAL = "campaign"
OWNER = "parvis_owner"
Tell = Callable[[int, str], None]


class Busy(Exception):
    """Another process is importing letters."""


class Unsettled(Exception):
    """What a stride is about changed twice while it was written; the strides before it are done."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that says something possible; whether it can be done is seen with the others of its stride."""

    number: int
    siret: str
    told: Told
    file: str
    campaign: str


@dataclass(slots=True)
class Report:
    """What an import did: lines read, letters deposited, those there already, lines refused."""

    read: int = 0
    deposited: int = 0
    already: int = 0
    refused: int = 0

    def __str__(self) -> str:
        return (
            f"{plural(self.read, 'ligne lue', 'lignes lues')} : "
            f"{plural(self.deposited, 'courrier déposé', 'courriers déposés')}, "
            f"{plural(self.already, 'déjà déposé', 'déjà déposés')}, {plural(self.refused, 'refusé', 'refusés')}."
        )


class _Wrong(Errors):
    """Every wrong line, told as it is met."""

    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self._tell = tell

    def add(self, line: int, sentence: str) -> None:
        self.count += 1
        self._tell(line, sentence)


@dataclass(frozen=True, slots=True)
class _Place:
    """An establishment of the stride: the funds it ever had a contract with, those of today, who took its place."""

    id: int
    ever: frozenset[str]
    today: frozenset[str]
    successor: str


@dataclass(slots=True)
class _Stride:
    """What is known of a stride before it is written: the files wanted, those there already, what is wrong by line."""

    lines: Sequence[Line]
    places: dict[str, _Place]
    wanted: list[tuple[Line, bytes]] = field(default_factory=list)
    already: int = 0
    wrong: dict[int, str] = field(default_factory=dict)


# By line: its file as it is kept, or why it is refused.
_Judged = dict[int, Sealed | Refused]


class _Meanwhile(Exception):
    """An establishment of the stride, or its contracts, changed since it was looked at."""


@dataclass(slots=True)
class _Run:
    """What is known for the whole import."""

    folder: Path
    batch: files.Batch
    types: dict[str, LetterType]
    wrong: _Wrong
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    campaigns: dict[tuple[str, str], int] = field(default_factory=dict)
    told: set[tuple[int, str]] = field(default_factory=set)


def import_letters(
    manifest: Path, folder: Path, *, tell: Tell, say: Callable[[str], None] = lambda text: None
) -> Report:
    """Deposit the letters of the manifest; `tell` gets each wrong line, `say` how far it has come. As the owner.

    Raises Rejected for a file that is no manifest, Busy while another one runs, Unsettled where what it is about
    changes all the while, OSError where it cannot be read.
    """
    report, wrong = Report(), _Wrong(tell)
    with manifest.open("rb") as file, _alone(), files.Batch() as batch:
        lines = text_lines(file, "de courriers")
        positions = header(lines, COLUMNS)
        with tenancy.scope(role=OWNER, read_only=True):
            types = {one.code: one for one in LetterType.objects.filter(retired_at=None)}
        run = _Run(folder.resolve(strict=True), batch, types, wrong)
        good = (Line(number, *values) for number, values in rows(lines, positions, wrong, _read))
        with ThreadPoolExecutor(1) as beside:
            for stride, judging in _ahead(run, good, beside):
                deposited, already = _twice(run, stride, judging.result(), beside)
                report.read += len(stride.lines)
                report.deposited += deposited
                report.already += already
                if report.read % (settings.PARVIS_LETTER_CHUNK * 10) == 0:
                    say(f"{plural(report.read, 'ligne lue', 'lignes lues')}…")
    # Those that the stride refused were read; those that say nothing possible never came to it.
    report.refused = wrong.count
    report.read = report.deposited + report.already + report.refused
    return report


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('parvis letters'))")
        if not cursor.fetchone()[0]:
            raise Busy
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('parvis letters'))")


def _read(row: dict[str, str]) -> tuple[Any, ...]:
    """The values of a line. Raises BadRow with the first thing that is wrong, and what to do."""
    try:
        siret = parse_siret(row["siret"])
    except ValueError as fault:
        raise BadRow(f"siret « {row['siret']} » : {fault}") from fault
    dated_on = day(row["dated_on"])
    if dated_on is None:
        raise BadRow(f"dated_on « {row['dated_on']} » : une date est attendue, AAAA-MM-JJ ou JJ/MM/AAAA.")
    fund = row["fund"].lower()
    if fund not in FUNDS:
        raise BadRow(f"fund « {row['fund']} » : un de {', '.join(FUNDS)}.")
    try:
        told = checked(Told(fund, row["type"], row["reference"], row["title"], dated_on))
    except Refused as refusal:
        raise BadRow(refusal.message) from refusal
    campaign = row.get(OPTIONAL, "")
    if len(campaign) > 100:
        raise BadRow("campaign : le nom d’un envoi compte 100 caractères au plus.")
    return siret, told, row["file"], campaign


def _ahead(run: _Run, good: Iterable[Line], beside: ThreadPoolExecutor) -> Iterator[tuple[_Stride, "Future[_Judged]"]]:
    """The strides, each with what its files turn out to be; the files of the next one are begun before one is given."""
    lines = iter(good)
    before: tuple[_Stride, Future[_Judged]] | None = None
    while found := list(islice(lines, settings.PARVIS_LETTER_CHUNK)):
        stride = _looked_at(run, found)
        coming = stride, beside.submit(_judged, run, stride.wanted)
        if before is not None:
            yield before
        before = coming
    if before is not None:
        yield before


def _looked_at(run: _Run, lines: Sequence[Line]) -> _Stride:
    """What of the lines is to be deposited, is there already, is wrong."""
    with tenancy.scope(role=OWNER, read_only=True):
        stride, there = _Stride(lines, _places(lines)), _there(lines)
    for line in lines:
        try:
            content = _wanted(run, line, stride.places.get(line.siret), there.get(_key(line)))
        except BadRow as fault:
            stride.wrong[line.number] = str(fault)
        else:
            stride.already += content is None
            stride.wanted += [(line, content)] if content is not None else []
    return stride


def _judged(run: _Run, wanted: Sequence[tuple[Line, bytes]]) -> _Judged:
    """Check the files and keep those that may be; beside the strides being written, without the database.

    A file whose row is not written after all is one that no row knows, and is swept as such.
    """
    verdicts = run.batch.accepted([(line.file, content) for line, content in wanted], field="file")
    found = list(zip((line.number for line, _ in wanted), verdicts, strict=True))
    contents = {number: one.content for number, one in found if not isinstance(one, Refused)}
    refused = {number: one for number, one in found if isinstance(one, Refused)}
    return refused | dict(zip(contents, sealed_each(list(contents.values())), strict=True))


def _twice(run: _Run, stride: _Stride, judged: _Judged, beside: ThreadPoolExecutor) -> tuple[int, int]:
    """A stride; looked at once more where one of its letters, or of its establishments, came to be otherwise.

    Raises Unsettled where they do so again.
    """
    try:
        done = _deposited(run, stride, judged)
    except (IntegrityError, _Meanwhile):
        # What the stride had begun was undone with it.
        run.campaigns.clear()
        run.told.clear()
        stride = _looked_at(run, stride.lines)
        # Beside too: the process that looks at files answers one thread, which may be at the next stride's.
        new = [one for one in stride.wanted if one[0].number not in judged]
        judged |= beside.submit(_judged, run, new).result()
        try:
            done = _deposited(run, stride, judged)
        except (IntegrityError, _Meanwhile) as fault:
            raise Unsettled from fault
    wrong = stride.wrong | {
        line.number: verdict.message for line, _ in stride.wanted if isinstance(verdict := judged[line.number], Refused)
    }
    # Told once the transaction holds: a stride that is done again tells each line once.
    for number, sentence in sorted(wrong.items()):
        run.wrong.add(number, sentence)
    return done, stride.already


def _deposited(run: _Run, stride: _Stride, judged: _Judged) -> int:
    """Write the letters whose files are kept; how many. Raises _Meanwhile."""
    kept = [(line, file) for line, _ in stride.wanted if isinstance(file := judged[line.number], Sealed)]
    if not kept:
        return 0
    with tenancy.scope(role=OWNER):
        if _places(stride.lines) != stride.places:
            raise _Meanwhile
        _write(run, kept, stride.places)
    return len(kept)


def _key(line: Line) -> tuple[str, str]:
    return line.told.fund, line.told.reference


PLACES_SQL = """SELECT e.siret, e.id, coalesce(string_agg(c.fund, ','), ''),
    coalesce(string_agg(c.fund, ',') FILTER (WHERE c.starts_on <= %(today)s
      AND (c.ends_on IS NULL OR c.ends_on >= %(today)s)), ''),
    coalesce((SELECT o.siret FROM establishments_succession s JOIN establishments_establishment o
      ON o.id = s.successor_id WHERE s.predecessor_id = e.id AND s.done_at IS NOT NULL LIMIT 1), '')
  FROM establishments_establishment e LEFT JOIN establishments_contract c ON c.establishment_id = e.id
  WHERE e.siret = ANY(%(sirets)s) GROUP BY e.id"""


def _places(stride: Sequence[Line]) -> dict[str, _Place]:
    with connection.cursor() as cursor:
        cursor.execute(PLACES_SQL, {"today": clock.today(), "sirets": sorted({line.siret for line in stride})})
        return {
            siret: _Place(number, frozenset(ever.split(",")), frozenset(today.split(",")), successor)
            for siret, number, ever, today, successor in cursor
        }


def _there(stride: Sequence[Line]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What the fund's letters of these references are, where they came already."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT l.fund, l.reference, l.establishment_id, l.digest FROM letters_fundletter l
            JOIN unnest(%s::text[], %s::text[]) AS w (fund, reference)
              ON l.fund = w.fund AND l.reference = w.reference""",
            [[line.told.fund for line in stride], [line.told.reference for line in stride]],
        )
        return {(fund, reference): tuple(rest) for fund, reference, *rest in cursor}


def _wanted(run: _Run, line: Line, place: _Place | None, there: tuple[Any, ...] | None) -> bytes | None:
    """The file of a letter to deposit; None where the letter came already. Raises BadRow."""
    if (earlier := run.seen.setdefault(_key(line), line.number)) != line.number:
        raise BadRow(f"la référence « {line.told.reference} » est déjà à la ligne {earlier} : gardez l’une des deux.")
    if place is None:
        raise BadRow(f"le SIRET {line.siret} n’est pas dans le répertoire : vérifiez-le, ou importez-le d’abord.")
    if there is not None:
        _same(run, line, place, there)
        return None
    if place.successor:
        raise BadRow(f"l’établissement {line.siret} a été repris par {place.successor} : adressez-lui ce courrier.")
    if line.told.fund not in place.ever:
        raise BadRow(
            f"{line.siret} n’a jamais eu de contrat avec {FUNDS[line.told.fund].short} : vérifiez le SIRET et le fonds."
        )
    if line.told.type not in run.types:
        raise BadRow(f"type « {line.told.type[:40]} » : un de {', '.join(sorted(run.types))}.")
    return _content(run, line)


def _same(run: _Run, line: Line, place: _Place, there: tuple[Any, ...]) -> None:
    """Raises BadRow where the reference is that of another letter; a file that is gone by now is no fault."""
    establishment, digest = there
    try:
        differs = hashlib.sha256(_content(run, line)).hexdigest() != digest
    except BadRow:
        differs = False
    # What was for an establishment that another one took over is there now.
    if differs or (establishment != place.id and not place.successor):
        raise BadRow(
            f"la référence « {line.told.reference} » est celle d’un autre courrier, déjà déposé : donnez-lui-en "
            "une autre."
        )


def _content(run: _Run, line: Line) -> bytes:
    path = (run.folder / line.file).resolve()
    # Neither a path that leaves the folder, nor a link that leads out of it.
    if not line.file or not path.is_relative_to(run.folder) or not path.is_file():
        raise BadRow(f"le fichier « {line.file} » n’est pas dans le dossier : vérifiez son nom, ou ajoutez-le.")
    if path.stat().st_size > settings.PARVIS_FILE_SIZE:
        raise BadRow(f"« {line.file} » dépasse {settings.PARVIS_FILE_SIZE // 1_000_000} Mo : allégez-le.")
    try:
        return path.read_bytes()
    except OSError as fault:
        raise BadRow(f"le fichier « {line.file} » ne peut pas être lu : {fault.strerror}.") from fault


def _campaign(run: _Run, line: Line) -> int | None:
    if not line.campaign:
        return None
    key = (line.told.fund, line.campaign)
    if key not in run.campaigns:
        run.campaigns[key] = campaign_named(*key)
    return run.campaigns[key]


def _write(run: _Run, kept: list[tuple[Line, Sealed]], places: dict[str, _Place]) -> None:
    letters = []
    for line, file in kept:
        kind, place = run.types[line.told.type], places[line.siret]
        letter = made(line.told, kind, file, establishment=place.id, campaign=_campaign(run, line))
        letters.append((letter, place))
    FundLetter.objects.bulk_create(letter for letter, _ in letters)
    record_changes(
        "letter.deposited",
        actor=SYSTEM,
        changes=[Change(one.ref, {}, {**named(one), "type": one.type.code}, place.id) for one, place in letters],
    )
    by_service: dict[str, list[tuple[int, int, dict[str, Any]]]] = {}
    nobodys = []
    for letter, place in letters:
        told = (place.id, letter.pk, about(letter))
        by_service.setdefault(service_of(letter.type.service, place.today - {""}).code, []).append(told)
        # Once for an establishment and a service, however many such letters come.
        if not _known_or_read(run, place.id, letter.type.service):
            nobodys.append(told)
    for service, about_each in by_service.items():
        notify_each("letter", about_each, service=service)
    if nobodys:
        notify_each("letter_nobody", nobodys, administrators=True)


def _known_or_read(run: _Run, place: int, type_service: str) -> bool:
    """Whether somebody there reads such letters, or it was told in this import that nobody does."""
    key = (place, type_service)
    if key in run.told:
        return True
    run.told.add(key)
    with tenancy.scope(establishment=place, role=OWNER):
        return bool(reading(standings(place), type_service))
