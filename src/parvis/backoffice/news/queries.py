"""The items of the adviser's funds: drafts, those to come, shown, over and withdrawn."""

import uuid
from dataclasses import dataclass

from parvis.access.terms.text import Block, blocks
from parvis.ground import clock
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_long
from parvis.ground.pages.typography import spaced
from parvis.information.models import News, NewsPicture
from parvis.information.news.audience import fund_names, in_words, themes
from parvis.information.news.queries import Item, Picture, picture_of

PER_PAGE = 25
STATES = {
    "drafts": "Brouillons",
    "coming": "À venir",
    "shown": "En ligne",
    "over": "Terminées",
    "withdrawn": "Retirées",
}
_TONES = {"drafts": "neutral", "coming": "act", "shown": "well", "over": "neutral", "withdrawn": "wrong"}
_SAID = {"drafts": "Brouillon", "coming": "À venir", "shown": "En ligne", "over": "Terminée", "withdrawn": "Retirée"}


@dataclass(frozen=True, slots=True)
class Line:
    """An item in the list of the office."""

    ref: uuid.UUID
    title: str
    audience: str
    state: str
    label: str
    tone: str
    dates: str
    pinned: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of them."""

    lines: list[Line]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def _state(news: News) -> str:
    if news.state != News.State.PUBLISHED:
        return "drafts" if news.state == News.State.DRAFT else "withdrawn"
    today = clock.today()
    assert news.starts_on is not None
    if news.starts_on > today:
        return "coming"
    return "over" if news.ends_on is not None and news.ends_on < today else "shown"


def listed(*, state: str = "", page: int = 1) -> Lines:
    """The latest changed first; of one state where one is chosen."""
    today = clock.today()
    held = News.objects.order_by("-changed_at", "-id")
    published = held.filter(state=News.State.PUBLISHED)
    held = {
        "drafts": held.filter(state=News.State.DRAFT),
        "coming": published.filter(starts_on__gt=today),
        "shown": published.filter(starts_on__lte=today).exclude(ends_on__lt=today),
        "over": published.filter(ends_on__lt=today),
        "withdrawn": held.filter(state=News.State.WITHDRAWN),
    }.get(state, held)
    total = held.count()
    page = min(max(1, page), max(1, -(-total // PER_PAGE)))
    return Lines([line(one) for one in held[(page - 1) * PER_PAGE : page * PER_PAGE]], total, page)


def line(news: News) -> Line:
    """One of them, ready to show."""
    state = _state(news)
    dates = f"Depuis le {date_long(news.starts_on)}" if news.starts_on else "–"
    if state == "coming" and news.starts_on:
        dates = f"À partir du {date_long(news.starts_on)}"
    if news.ends_on and news.starts_on:
        dates = f"Du {date_long(news.starts_on)} au {date_long(news.ends_on)}"
    return Line(
        news.ref,
        news.title,
        in_words(news.funds, news.kinds, news.themes),
        state,
        _SAID[state],
        _TONES[state],
        dates,
        news.pinned,
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """An item as its readers see it, whatever its state."""

    line: Line
    item: Item
    blocks: tuple[Block, ...]
    public: bool
    href: str


def preview(ref: uuid.UUID) -> tuple[News, Preview] | None:
    """The item of that reference, of the adviser's funds or for everybody."""
    news = News.objects.filter(ref=ref).first()
    if news is None:
        return None
    shown_on = news.starts_on or clock.today()
    known = themes()
    item = Item(
        number=news.pk,
        title=spaced(news.title),
        summary=spaced(news.summary),
        href=address("information:news-item", news.slug) if news.slug else "",
        day=date_long(shown_on),
        starts_on=shown_on,
        pinned=news.pinned,
        unread=False,
        funds=fund_names(news.funds),
        themes=tuple(known[code] for code in news.themes if code in known),
        picture=_picture(news),
    )
    said = line(news)
    href = item.href if said.state in ("shown", "over") else ""
    return news, Preview(said, item, blocks(news.body), news.public, href)


def _picture(news: News) -> Picture | None:
    told = ",".join(f"{one.width} {one.height} {one.digest}" for one in news.pictures.order_by("width"))
    return picture_of(told, news.picture_alt, at="backoffice:news-picture")


def picture_key(digest: str) -> str:
    """The file of a picture of an item that the adviser sees; "" for any other."""
    return NewsPicture.objects.filter(digest=digest).values_list("key", flat=True).first() or ""
