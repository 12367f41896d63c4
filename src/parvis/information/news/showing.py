"""One item of news as it is read, and the flow of the latest (Atom)."""

import datetime
import hashlib
import uuid
from dataclasses import dataclass
from xml.etree import ElementTree

from django.conf import settings

from parvis.access.terms.text import Block, blocks
from parvis.establishments.funds import FUNDS
from parvis.ground import clock, tenancy
from parvis.ground.database.prepared import prepared
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import PARIS, date_long
from parvis.information.news.audience import SHOWN_SQL
from parvis.information.news.queries import COLUMNS, Item, item_of

FEED_LENGTH = 30
_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Shown:
    """An item whole. `over`: the last day on which it was shown, in words, where that is past; `public`: for who did
    not sign in too."""

    item: Item
    blocks: tuple[Block, ...]
    over: str
    public: bool


ONE_SQL = f"""SELECT n.body, n.ends_on, n.public, {COLUMNS}, NOT EXISTS (SELECT 1 FROM information_newsreading r
    WHERE r.news_id = n.id AND r.person_id = %(person)s)
  FROM information_news n WHERE n.slug = %(slug)s AND n.state = 'published' AND n.starts_on <= %(today)s"""


def one(slug: str, *, person: int = 0) -> Shown | None:
    """The item of that address; None for a draft, one to come or one withdrawn. One that is over still answers: links
    to it were sent, and the page says that it is over."""
    today = clock.today()
    with tenancy.scope(person=person, read_only=True), prepared() as cursor:
        cursor.execute(ONE_SQL, {"slug": slug, "person": person, "today": today})
        row = cursor.fetchone()
    if row is None:
        return None
    body, ends_on, public, *rest = row
    over = date_long(ends_on) if ends_on is not None and ends_on < today else ""
    return Shown(item_of(tuple(rest)), blocks(body), over, public)


PICTURE_SQL = """SELECT p.key FROM information_newspicture p JOIN information_news n ON n.id = p.news_id
  WHERE p.digest = %(digest)s AND n.state = 'published' AND n.starts_on <= %(today)s LIMIT 1"""


def picture_key(digest: str) -> str:
    """The file of a picture that is shown; "" for any other. Its address says what it holds: nobody guesses one."""
    with tenancy.scope(read_only=True), prepared() as cursor:
        cursor.execute(PICTURE_SQL, {"digest": digest, "today": clock.today()})
        row = cursor.fetchone()
    return row[0] if row else ""


FEED_SQL = f"""SELECT n.ref, n.slug, n.title, n.summary, n.starts_on, n.published_at, n.changed_at,
    array_to_string(n.funds, ',')
  FROM information_news n
  WHERE {SHOWN_SQL} AND n.public AND (%(fund)s = '' OR n.funds = '{{}}' OR %(fund)s = ANY (n.funds))
  ORDER BY n.starts_on DESC, n.published_at DESC, n.id DESC LIMIT {FEED_LENGTH}"""


def feed(fund: str = "") -> tuple[bytes, str]:
    """The public items as Atom (RFC 4287), of one fund and of all where one is named; and what tells it from another.

    An item keeps its identifier for ever: its reference. Nothing depends on who asks.
    """
    with tenancy.scope(read_only=True), prepared() as cursor:
        cursor.execute(FEED_SQL, {"fund": fund, "today": clock.today()})
        rows = cursor.fetchall()
    site = settings.PARVIS_ADDRESS
    own = address("information:news-feed-fund", fund) if fund else address("information:news-feed")
    root = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": "fr"})
    _add(root, "id", uuid.uuid5(uuid.NAMESPACE_URL, site + own).urn)
    _add(root, "title", f"Actualités {FUNDS[fund].short} – Parvis" if fund else "Actualités – Parvis")
    latest = max((_instants(row)[1] for row in rows), default=datetime.datetime(2026, 1, 1, tzinfo=PARIS))
    _add(root, "updated", latest.isoformat())
    _link(root, "self", site + own, "application/atom+xml")
    _link(root, "alternate", site + address("information:news") + (f"?fonds={fund}" if fund else ""), "text/html")
    _add(_add(root, "author"), "name", "Parvis")
    for row in rows:
        _entry(root, row, site)
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="utf-8")
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _entry(root: ElementTree.Element, row: tuple[object, ...], site: str) -> None:
    ref, slug, title, summary, _, _, _, funds = row
    published, updated = _instants(row)
    entry = _add(root, "entry")
    _add(entry, "id", f"urn:uuid:{ref}")
    _add(entry, "title", str(title))
    _add(entry, "published", published.isoformat())
    _add(entry, "updated", updated.isoformat())
    _link(entry, "alternate", site + address("information:news-item", slug), "text/html")
    _add(entry, "summary", str(summary))
    for code in str(funds).split(",") if funds else ():
        ElementTree.SubElement(entry, "category", {"term": code, "label": FUNDS[code].short})


def _instants(row: tuple[object, ...]) -> tuple[datetime.datetime, datetime.datetime]:
    """Since when it is shown, and its latest change: one prepared before the day begins with that day."""
    starts_on, published_at, changed_at = row[4:7]
    assert isinstance(starts_on, datetime.date)
    assert isinstance(published_at, datetime.datetime)
    assert isinstance(changed_at, datetime.datetime)
    first = datetime.datetime.combine(starts_on, datetime.time(), PARIS)
    return tuple(max(first, at.astimezone(PARIS)).replace(microsecond=0) for at in (published_at, changed_at))  # type: ignore[return-value]


def _add(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name)
    child.text = text or None
    return child


def _link(parent: ElementTree.Element, rel: str, href: str, kind: str) -> None:
    ElementTree.SubElement(parent, "link", {"rel": rel, "href": href, "type": kind})
