"""Reading news: what concerns an establishment, what everybody reads; strings ready to show."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parvis.access.standing import Standing
from parvis.establishments.funds import FUNDS
from parvis.ground import clock, tenancy
from parvis.ground.database.prepared import prepared
from parvis.ground.database.together import Question, rows
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_long
from parvis.ground.pages.typography import spaced
from parvis.information.news.audience import CONCERNS_SQL, SHOWN_SQL, fund_names, themes, themes_of

PER_PAGE = 12


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in its widths: the attributes of `<img>`."""

    src: str
    srcset: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Item:
    """An item of news in a list. `day`: since when it is shown, in words (`starts_on`: the day itself).

    `unread` is known of a person alone. `funds`, `themes`: names; none stands for all.
    """

    number: int
    title: str
    summary: str
    href: str
    day: str
    starts_on: datetime.date
    pinned: bool
    unread: bool
    funds: tuple[str, ...]
    themes: tuple[str, ...]
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list."""

    items: list[Item]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


_PICTURES = """(SELECT string_agg(concat_ws(' ', p.width, p.height, p.digest), ',' ORDER BY p.width)
    FROM information_newspicture p WHERE p.news_id = n.id)"""
COLUMNS = f"""n.id, n.title, n.summary, n.slug, n.starts_on, n.pinned, array_to_string(n.funds, ','),
  array_to_string(n.themes, ','), n.picture_alt, {_PICTURES}"""
ORDER = "ORDER BY n.pinned DESC, n.starts_on DESC, n.published_at DESC, n.id DESC"
_UNREAD = """NOT EXISTS (SELECT 1 FROM information_newsreading r
    WHERE r.news_id = n.id AND r.person_id = %(person)s)"""
_HERE = f"FROM information_news n WHERE {SHOWN_SQL} AND {CONCERNS_SQL} {ORDER} LIMIT %(limit)s"
HERE_SQL = f"SELECT {COLUMNS}, {_UNREAD}, count(*) OVER () {_HERE} OFFSET %(skipped)s"
# Nobody is told how many more there are: read in the order of the index, no further than what is shown.
LATEST_SQL = f"SELECT {COLUMNS}, {_UNREAD} {_HERE}"
PUBLIC_SQL = f"""SELECT {COLUMNS}, CASE WHEN %(person)s > 0 THEN {_UNREAD} ELSE false END, count(*) OVER ()
  FROM information_news n
  WHERE {SHOWN_SQL} AND n.public AND (%(fund)s = '' OR n.funds = '{{}}' OR %(fund)s = ANY (n.funds))
    AND (%(theme)s = '' OR %(theme)s = ANY (n.themes)) {ORDER} LIMIT %(limit)s OFFSET %(skipped)s"""


def latest_asked(who: Standing, limit: int) -> Question[list[Item]]:
    """What concerns the person in the establishment in scope today, pinned first, then the latest: to be asked with a
    page's other questions."""
    return Question(
        (rows(LATEST_SQL, 11),),
        _values(who, limit, 0),
        lambda found: [item_of((*row[:4], datetime.date.fromisoformat(row[4]), *row[5:])) for row in found or ()],
    )


def here(who: Standing, page: int) -> Listed:
    """The same by pages."""
    return _paged(lambda skipped: _here(who, PER_PAGE, skipped), page)


def latest_public(limit: int, fund: str = "") -> list[Item]:
    """What everybody reads today: of that fund and of all of them, or of any; opens its own scope where none is."""
    return _public(0, fund, "", limit, 0)[0]


def public(page: int, fund: str = "", theme: str = "", *, person: int = 0) -> Listed:
    """The same by pages; `person`: who signed in, whose unread items are told."""
    return _paged(lambda skipped: _public(person, fund, theme, PER_PAGE, skipped), page)


def _paged(asked: Any, page: int) -> Listed:
    page = max(1, page)
    items, total = asked((page - 1) * PER_PAGE)
    if not items and page > 1:
        page = 1
        items, total = asked(0)
    return Listed(items, total, page)


def _here(who: Standing, limit: int, skipped: int) -> tuple[list[Item], int]:
    return _asked(HERE_SQL, _values(who, limit, skipped))


def _values(who: Standing, limit: int, skipped: int) -> dict[str, Any]:
    return {
        "today": who.today,
        "funds": sorted(who.funds),
        "themes": themes_of(who),
        "establishment": who.establishment_id,
        "person": who.person_id,
        "limit": limit,
        "skipped": skipped,
    }


def _public(person: int, fund: str, theme: str, limit: int, skipped: int) -> tuple[list[Item], int]:
    values = {
        "today": clock.today(),
        "fund": fund if fund in FUNDS else "",
        "theme": theme if theme in themes() else "",
        "person": person,
        "limit": limit,
        "skipped": skipped,
    }
    if tenancy.current() is not tenancy.NOWHERE:
        return _asked(PUBLIC_SQL, values)
    with tenancy.scope(person=person, read_only=True):
        return _asked(PUBLIC_SQL, values)


def _asked(sql: str, values: Mapping[str, Any]) -> tuple[list[Item], int]:
    with prepared() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
    return [item_of(row[:-1]) for row in found], found[0][-1] if found else 0


def item_of(row: tuple[Any, ...]) -> Item:
    """From `COLUMNS` and whether it is unread."""
    number, title, summary, slug, starts_on, pinned, funds, theme_codes, alt, pictures, unread = row
    known = themes()
    return Item(
        number=number,
        title=spaced(title),
        summary=spaced(summary),
        href=address("information:news-item", slug),
        day=date_long(starts_on),
        starts_on=starts_on,
        pinned=pinned,
        unread=unread,
        funds=fund_names(funds.split(",")) if funds else (),
        themes=tuple(known[code] for code in theme_codes.split(",") if code in known) if theme_codes else (),
        picture=picture_of(pictures, alt),
    )


def picture_of(told: str | None, alt: str, *, at: str = "information:news-picture") -> Picture | None:
    """From « width height digest » of each width, commas between them, the narrowest first."""
    if not told:
        return None
    widths = [
        (int(width), int(height), digest) for width, height, digest in (one.split(" ") for one in told.split(","))
    ]
    links = [(address(at, digest), width) for width, _, digest in widths]
    width, height, _ = widths[-1]
    return Picture(
        src=links[min(1, len(links) - 1)][0],
        srcset=", ".join(f"{href} {wide}w" for href, wide in links),
        width=width,
        height=height,
        alt=alt,
    )
