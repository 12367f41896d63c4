"""The letters that a person may open, as pages show them; the establishment in scope alone."""

import datetime
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from parvis.access.decision import shows
from parvis.access.standing import Standing
from parvis.establishments.funds import FUNDS, ordered
from parvis.ground import files
from parvis.ground.pages.filters import date_long, date_short, datetime_long
from parvis.ground.pages.numbering import page_count, page_within
from parvis.ground.tables.downloads import safe_name
from parvis.ground.tenancy import Refused
from parvis.journal.queries import names
from parvis.letters.filters import SORTS, UNREAD, Filters
from parvis.letters.kept import PURPOSE
from parvis.letters.models import FundLetter, Theme, Withdrawal
from parvis.letters.reading import Readable, funds_shown, readers

# A page of them weighs less than 60 kB, archiving and all (tests/information/test_public_site.py).
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A letter of the list."""

    id: int
    title: str
    fund: str
    type: str
    type_id: int
    theme: str
    reference: str
    dated_on: datetime.date
    arrived: str
    unread: bool
    archived: bool
    money: bool
    opened: bool
    size: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list; whatever the filters, `unread`: of all that may be opened and is not archived, `funds`: of
    which there are letters."""

    rows: list[Line]
    total: int
    unread: int
    any: bool
    page: int
    funds: frozenset[str]

    @property
    def pages(self) -> int:
        return page_count(self.total, PER_PAGE)


_FROM = """FROM letters_fundletter l JOIN letters_lettertype t ON t.id = l.type_id
  LEFT JOIN letters_reading r ON r.letter_id = l.id AND r.person_id = %(person)s
  WHERE l.establishment_id = %(place)s AND l.withdrawn_at IS NULL AND l.type_id = ANY(%(types)s)
    AND l.fund = ANY(%(funds)s)"""
_COLUMNS = f"""l.id, l.title, l.fund, t.name, t.id, t.theme, l.reference, l.dated_on, l.deposited_at, {UNREAD},
  l.archived_at IS NOT NULL, t.about_money, l.first_opened_at IS NOT NULL, l.size"""


def _values(who: Standing, may: Readable) -> dict[str, Any]:
    return {"person": who.person_id, "place": who.establishment_id, "types": may.ids, "funds": funds_shown(who)}


def listed(who: Standing, may: Readable, filters: Filters) -> Listed:
    """A page of the letters; two statements."""
    conditions, given = filters.conditions()
    values, wanted = _values(who, may) | given, " AND ".join(f"({one})" for one in conditions)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE {wanted}), count(*) FILTER (WHERE l.archived_at IS NULL AND {UNREAD}), "
            f"count(*), coalesce(string_agg(DISTINCT l.fund, ','), '') {_FROM}",
            values,
        )
        total, unread, everything, funds = cursor.fetchone()
        held = frozenset(funds.split(",")) - {""}
        page = page_within(filters.page, total, PER_PAGE)
        cursor.execute(
            f"SELECT {_COLUMNS} {_FROM} AND {wanted} ORDER BY {_order(filters)} LIMIT %(limit)s OFFSET %(offset)s",
            values | {"limit": PER_PAGE, "offset": (page - 1) * PER_PAGE},
        )
        return Listed([_line(row) for row in cursor], total, unread, bool(everything), page, held)


def _order(filters: Filters) -> str:
    way = "DESC" if filters.descending else "ASC"
    return f"{SORTS[filters.sort]} {way}, l.dated_on DESC, l.id DESC"


def _line(row: tuple[Any, ...]) -> Line:
    number, title, fund, kind, kind_id, theme, reference, dated_on, at, unread, archived, money, opened, size = row
    short = FUNDS[fund].short
    return Line(
        id=number,
        title=title,
        fund=short,
        type=kind,
        type_id=kind_id,
        theme=Theme(theme).label,
        reference=reference,
        dated_on=dated_on,
        arrived=f"Arrivé le {date_long(at)}",
        unread=unread,
        archived=archived,
        money=money,
        opened=opened,
        size=weight(size),
        file_name=f"{short} {dated_on.isoformat()} {title}.pdf",
    )


def weight(size: int) -> str:
    """« 84 Ko », « 1,3 Mo »."""
    return f"{size / 1_000_000:.1f} Mo".replace(".", ",") if size >= 1_000_000 else f"{max(1, round(size / 1_000))} Ko"


def chosen(who: Standing, may: Readable, numbers: Sequence[int]) -> list[Line]:
    """Those of these letters that the person may open, by date; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} {_FROM} AND l.id = ANY(%(numbers)s) ORDER BY l.dated_on DESC, l.id DESC",
            _values(who, may) | {"numbers": list(numbers)},
        )
        return [_line(row) for row in cursor]


def found(who: Standing, may: Readable, filters: Filters) -> list[Line]:
    """All that the filters find, up to one more than a ZIP may hold; one statement."""
    conditions, given = filters.conditions()
    wanted = " AND ".join(f"({one})" for one in conditions)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} {_FROM} AND {wanted} ORDER BY {_order(filters)} LIMIT %(limit)s",
            _values(who, may) | given | {"limit": settings.PARVIS_LETTER_ZIP_LETTERS + 1},
        )
        return [_line(row) for row in cursor]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may read a letter, or who did: when, in words; "" where they never opened it."""

    name: str
    function: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter's page. `readers`: who opened it, then who may and did not."""

    line: Line
    addressed_to: str
    archived: str
    readers: list[Reader]
    others: list[Reader]


def letter(who: Standing, may: Readable, number: int) -> Letter | None:
    """A letter that the person may open, or None; four statements."""
    lines = chosen(who, may, [number])
    if not lines:
        return None
    row = FundLetter.objects.get(pk=number)
    read = list(row.readings.filter(opened=True).order_by("first_at"))
    called = names([*(one.account for one in read), row.archived_by])
    persons = {one.person_id for one in read}
    everybody = readers(who.establishment_id, may.types[row.type_id].service)
    functions = {one.person_id: one.function for one in everybody}
    return Letter(
        line=lines[0],
        addressed_to=row.addressed_to,
        archived=f"Archivé le {date_long(row.archived_at)} par {called.get(row.archived_by, 'la plateforme')}"
        if row.archived_at
        else "",
        readers=[
            Reader(
                called.get(one.account, who.name if one.person_id == who.person_id else "Une personne"),
                functions.get(one.person_id, ""),
                datetime_long(one.first_at),
                datetime_long(one.last_at) if one.last_at != one.first_at else "",
            )
            for one in read
        ],
        others=[Reader(one.name, one.function, "", "") for one in everybody if one.person_id not in persons],
    )


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What is said at the address of a letter that its fund took back."""

    fund: str
    on: str
    why: str


def withdrawn(who: Standing, may: Readable, number: int) -> Withdrawn | None:
    """For who could have opened it; nothing of what it was."""
    row = FundLetter.objects.filter(
        establishment_id=who.establishment_id, pk=number, type_id__in=may.ids, withdrawn_at__isnull=False
    ).first()
    if row is None or not shows(who, row.fund) or row.withdrawn_at is None:
        return None
    return Withdrawn(FUNDS[row.fund].short, date_long(row.withdrawn_at), str(Withdrawal(row.withdrawn_reason).label))


@dataclass(frozen=True, slots=True)
class File:
    """The file of a letter that the person may open."""

    content: bytes
    name: str
    digest: str
    service: str


def file(who: Standing, may: Readable, number: int) -> File | None:
    """The PDF, or None for a letter that the person may not open. Raises files.Missing where it does not open."""
    lines = chosen(who, may, [number])
    if not lines:
        return None
    key, digest, kind = FundLetter.objects.filter(pk=number).values_list("key", "digest", "type_id").get()
    return File(files.read(key, PURPOSE), lines[0].file_name, digest, may.types[kind].service)


def archive_of(lines: Sequence[Line]) -> tuple[bytes, list[int]]:
    """One ZIP of these letters and the numbers of those in it; names never meet. One statement, and the files.

    Raises Refused where they are too many or too heavy for one ZIP. A file that does not open is told inside.
    """
    limit, most = settings.PARVIS_LETTER_ZIP, settings.PARVIS_LETTER_ZIP_LETTERS
    rows = FundLetter.objects.filter(pk__in=[one.id for one in lines]).values_list("id", "key", "size")
    kept = {number: (key, size) for number, key, size in rows}
    if len(lines) > most or sum(size for _, size in kept.values()) > limit:
        raise Refused(
            f"Un fichier ZIP réunit au plus {most} courriers et {limit // 1_000_000} Mo : choisissez-en moins, par "
            "exemple un fonds ou une période à la fois."
        )
    held: list[int] = []
    missing: list[Line] = []
    taken: set[str] = set()
    made = io.BytesIO()
    # Stored and not packed: a PDF is packed already.
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as box:
        for one in lines:
            try:
                content = files.read(kept[one.id][0], PURPOSE)
            except files.Missing:
                missing.append(one)
                continue
            box.writestr(_free(safe_name(one.file_name), taken), content)
            held.append(one.id)
        if missing:
            box.writestr("A-LIRE.txt", _note(missing).encode())
    return made.getvalue(), held


def _free(name: str, taken: set[str]) -> str:
    stem, _, ending = name.rpartition(".")
    wanted, number = name, 1
    while wanted.casefold() in taken:
        number += 1
        wanted = f"{stem}-{number}.{ending}"
    taken.add(wanted.casefold())
    return wanted


def _note(missing: Sequence[Line]) -> str:
    said = [f"- {one.fund}, {date_short(one.dated_on)}, {one.title} (référence {one.reference})" for one in missing]
    return "\r\n".join(["Ces courriers ne se lisent plus ; demandez-les de nouveau au fonds :", "", *said, ""])


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: pairs of value and label."""

    funds: list[tuple[str, str]]
    themes: list[tuple[str, str]]
    types: list[tuple[str, str]]


def choices(who: Standing, may: Readable, held: frozenset[str]) -> Choices:
    """The establishment's funds, with those of `held` whose contract has ended, and the themes and types of which it
    reads letters; nothing is asked."""
    types = list(may.types.values())
    themes = {one.theme for one in types}
    return Choices(
        [(fund.code, fund.short) for fund in ordered(who.funds | held)],
        [(str(value), str(label)) for value, label in Theme.choices if value in themes],
        [(one.code, one.name) for one in types],
    )
