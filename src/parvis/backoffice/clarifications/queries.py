"""The clarifications that the adviser sees, of their funds and of none in particular; the texts that each had."""

import uuid
from dataclasses import dataclass

from parvis.access.terms.text import Block, blocks
from parvis.backoffice.succession.queries import names_of
from parvis.ground import clock
from parvis.ground.identifiers.text import clean
from parvis.ground.pages.filters import date_short, datetime_long
from parvis.ground.pages.numbering import page_count, page_within
from parvis.ground.pages.typography import spaced
from parvis.information.help.clarifications import Page, pages
from parvis.information.models import Clarification, ClarificationVersion
from parvis.information.news.audience import fund_names

PER_PAGE = 25
GONE = Page("", "Page", "Une page qui n’existe plus", "", whole=False)


@dataclass(frozen=True, slots=True)
class Line:
    """A clarification in the list of the office. `online`: on its page today."""

    ref: uuid.UUID
    title: str
    page: Page
    place: str
    funds: str
    dates: str
    label: str
    tone: str
    published: bool
    online: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of them."""

    lines: list[Line]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return page_count(self.total, PER_PAGE)


@dataclass(frozen=True, slots=True)
class Version:
    """A text that it had: when and by whom it was written."""

    number: int
    title: str
    text: tuple[Block, ...]
    place: str
    written: str
    latest: bool


def listed(*, on: str = "", page: int = 1) -> Lines:
    """The latest first; of one page where one is chosen."""
    held = Clarification.objects.order_by("-changed_at", "-id")
    if clean(on):
        held = held.filter(page=clean(on))
    total = held.count()
    page = page_within(page, total, PER_PAGE)
    known = pages()
    return Lines([line(one, known) for one in held[(page - 1) * PER_PAGE : page * PER_PAGE]], total, page)


def line(one: Clarification, known: dict[str, Page] | None = None) -> Line:
    """One of them, ready to show."""
    today = clock.today()
    published = one.state == Clarification.State.PUBLISHED
    label, tone = ("En ligne", "well") if published else ("Brouillon", "neutral")
    if one.state == Clarification.State.WITHDRAWN:
        label, tone = "Retirée", "wrong"
    elif published and one.starts_on and one.starts_on > today:
        label, tone = "À venir", "act"
    elif published and one.ends_on and one.ends_on < today:
        label, tone = "Terminée", "neutral"
    dates = [f"dès le {date_short(one.starts_on)}"] if one.starts_on else []
    dates += [f"jusqu’au {date_short(one.ends_on)}"] if one.ends_on else []
    return Line(
        one.ref,
        spaced(one.title),
        (known or pages()).get(one.page, GONE),
        one.get_place_display(),
        ", ".join(fund_names(one.funds)) or "Tous les fonds",
        " ".join(dates).capitalize() or "Sans dates",
        label,
        tone,
        published,
        label == "En ligne",
    )


def versions(one: Clarification) -> list[Version]:
    """Its texts, the latest first."""
    held = list(ClarificationVersion.objects.filter(clarification=one).order_by("-number"))
    names = names_of([version.written_by for version in held])
    return [_version(version, str(names.get(version.written_by, "")), index == 0) for index, version in enumerate(held)]


def version(one: Clarification, number: int) -> Version | None:
    """One of its texts."""
    return next((version for version in versions(one) if version.number == number), None)


def _version(held: ClarificationVersion, by: str, latest: bool) -> Version:
    return Version(
        held.number,
        spaced(held.title),
        blocks(held.body),
        str(Clarification.Place(held.place).label),
        datetime_long(held.written_at) + (f", par {by}" if by else ""),
        latest,
    )
