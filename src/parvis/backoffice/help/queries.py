"""The questions that the adviser sees: of their funds, and of none in particular."""

import uuid
from dataclasses import dataclass

from parvis.backoffice.help.forms import places
from parvis.ground import clock
from parvis.ground.identifiers.text import clean
from parvis.ground.pages.filters import date_short
from parvis.ground.pages.numbering import page_count, page_within
from parvis.information.models import Question
from parvis.information.news.audience import fund_names

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Line:
    """A question in the list of the office."""

    ref: uuid.UUID
    question: str
    where: str
    funds: str
    rank: int
    dates: str
    label: str
    tone: str
    published: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of them."""

    lines: list[Line]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return page_count(self.total, PER_PAGE)


def listed(*, where: str = "", page: int = 1) -> Lines:
    """By the page on which they stand, then in their order; of one theme or service where one is chosen."""
    held = Question.objects.order_by("theme", "service", "rank", "question", "id")
    kind, _, code = clean(where).partition(":")
    if kind in ("theme", "service"):
        held = held.filter(**{kind: code})
    total = held.count()
    page = page_within(page, total, PER_PAGE)
    named = dict(places())
    return Lines([line(one, named) for one in held[(page - 1) * PER_PAGE : page * PER_PAGE]], total, page)


def line(one: Question, named: dict[str, str] | None = None) -> Line:
    """One of them, ready to show."""
    named = named or dict(places())
    where = f"service:{one.service}" if one.service else f"theme:{one.theme}" if one.theme else ""
    today = clock.today()
    published = one.state == Question.State.PUBLISHED
    label, tone = ("En ligne", "well") if published else ("Brouillon", "neutral")
    if one.state == Question.State.WITHDRAWN:
        label, tone = "Retirée", "wrong"
    elif published and one.starts_on and one.starts_on > today:
        label, tone = "À venir", "act"
    elif published and one.ends_on and one.ends_on < today:
        label, tone = "Terminée", "neutral"
    dates = [f"dès le {date_short(one.starts_on)}"] if one.starts_on else []
    dates += [f"jusqu’au {date_short(one.ends_on)}"] if one.ends_on else []
    return Line(
        one.ref,
        one.question,
        named.get(where, "Un service qui n’est plus offert"),
        ", ".join(fund_names(one.funds)) or "Tous les fonds",
        one.rank,
        " ".join(dates).capitalize() or "Sans dates",
        label,
        tone,
        published,
    )
