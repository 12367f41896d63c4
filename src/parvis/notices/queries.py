"""Reading notices: of an establishment for its pages, and how a person wants to be told."""

import datetime
import json
from dataclasses import dataclass
from typing import Any

from parvis.access.standing import Standing
from parvis.ground import tenancy
from parvis.ground.database.prepared import prepared
from parvis.ground.database.together import Question, rows
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import datetime_long
from parvis.ground.pages.numbering import page_count, page_within
from parvis.notices.models import Notice, Wish
from parvis.notices.readers import READS_SQL, reads, values
from parvis.notices.registry import KINDS, Delivery, Kind


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as its reader sees it, strings ready to show; `href` notes that it was read, and leads on."""

    number: int
    title: str
    sentence: str
    action: str
    href: str
    at: datetime.datetime
    when: str
    unread: bool


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person wants to be told: by (place, kind)."""

    held: dict[tuple[int, str], Delivery]

    def delivery(self, kind: Kind, place: int) -> Delivery:
        """What holds for a kind in an establishment: the wish for it, else the wish for everywhere, else the kind's.

        What is obligatory is told at once where the kind has become so since somebody chose « jamais ».
        """
        found = self.held.get((place, kind.code)) or self.held.get((0, kind.code)) or kind.default
        return Delivery.AT_ONCE if kind.obligatory and found is Delivery.NEVER else found


def wishes_of(person: int) -> Wishes:
    """The person's wishes, all of them; opens the person's scope."""
    with tenancy.scope(person=person, role=tenancy.PERSON, read_only=True):
        rows = Wish.objects.filter(person_id=person).values_list("place", "kind", "delivery")
        return Wishes({(place, kind): Delivery(delivery) for place, kind, delivery in rows})


_UNREAD = """NOT EXISTS (SELECT 1 FROM notices_reader r
    WHERE r.notice_id = n.id AND r.person_id = %(person)s AND r.read_at IS NOT NULL)"""
LINES_SQL = f"""SELECT n.id, n.kind, n.object_id, n.detail, n.at, {_UNREAD} FROM notices_notice n
  WHERE n.establishment_id = %(establishment)s AND {READS_SQL} AND (NOT %(only_unread)s OR {_UNREAD})
  ORDER BY n.id DESC LIMIT %(limit)s OFFSET %(skipped)s"""
TOTALS_SQL = f"""SELECT count(*), count(*) FILTER (WHERE {_UNREAD}) FROM notices_notice n
  WHERE n.establishment_id = %(establishment)s AND {READS_SQL}"""
PER_PAGE = 25


COUNT_SQL = f"""SELECT count(*) FROM (SELECT 1 FROM notices_notice n
  WHERE n.establishment_id = %(establishment)s AND {READS_SQL} AND {_UNREAD} LIMIT %(most)s) unread"""


def count_unread(who: Standing, most: int) -> int:
    """How many notices of the establishment in scope the person may read and has not; counted up to `most`."""
    with prepared() as cursor:
        cursor.execute(COUNT_SQL, {**values(who), "establishment": who.establishment_id, "most": most})
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of notices; `total`: of all that are asked for, `unread`: of all that are not read."""

    lines: list[Line]
    total: int
    unread: int
    page: int

    @property
    def pages(self) -> int:
        return page_count(self.total, PER_PAGE)


def listed(who: Standing, page: int, *, unread_only: bool = False) -> Listed:
    """A page of the notices of the establishment in scope that the person may read today; two statements."""
    with prepared() as cursor:
        cursor.execute(TOTALS_SQL, {**values(who), "establishment": who.establishment_id})
        everything, unread_count = cursor.fetchone()
    total = unread_count if unread_only else everything
    number = page_within(page, total, PER_PAGE)
    skipped = (number - 1) * PER_PAGE
    lines = notices_asked(who, PER_PAGE, unread_only=unread_only, skipped=skipped).ask()
    return Listed(lines, total, unread_count, number)


def notices_of(who: Standing, limit: int, *, unread_only: bool = False) -> list[Line]:
    """The notices of the establishment in scope that the person may read today, latest first; one statement."""
    return notices_asked(who, limit, unread_only=unread_only).ask()


def notices_asked(who: Standing, limit: int, *, unread_only: bool = False, skipped: int = 0) -> Question[list[Line]]:
    """The same, to be asked with other questions of the page."""

    def read(found: list[tuple[Any, ...]] | None) -> list[Line]:
        return [
            line(who.siret, number, kind, about, detail, datetime.datetime.fromisoformat(at), unread)
            for number, kind, about, detail, at, unread in found or ()
        ]

    asked = {
        **values(who),
        "establishment": who.establishment_id,
        "only_unread": unread_only,
        "limit": limit,
        "skipped": skipped,
    }
    return Question((rows(LINES_SQL, 6),), asked, read)


def line(siret: str, number: int, kind: str, about: int, detail: Any, at: datetime.datetime, unread: bool) -> Line:
    """A row of a list of notices, ready to show."""
    what = KINDS[kind].show(siret, about, json.loads(detail) if isinstance(detail, str) else detail)
    href = address("notices:open", siret, number)
    return Line(number, what.title, what.sentence, what.action, href, at, datetime_long(at), unread)


def readable(who: Standing, number: int) -> Notice | None:
    """A notice of the establishment in scope, where the person may read it today."""
    one = Notice.objects.filter(establishment_id=who.establishment_id, pk=number).first()
    return one if one is not None and reads(who, one) else None


def unread(who: Standing, limit: int) -> list[Notice]:
    """The notices that the person may read here and has not read, latest first."""
    numbers = [line.number for line in notices_of(who, limit, unread_only=True)]
    return list(Notice.objects.filter(establishment_id=who.establishment_id, pk__in=numbers))


def choices() -> list[Kind]:
    """Every kind, in the order of its label."""
    return sorted(KINDS.values(), key=lambda kind: kind.label)
