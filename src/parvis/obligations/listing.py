"""What is asked of the list and of a month: filters, groups, days. What is not understood is ignored."""

import calendar
import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import DAYS, MONTHS, date_full, plural
from parvis.obligations import words
from parvis.obligations.queries import Item
from parvis.obligations.rights import FUNDS
from parvis.regulations.periods import add_months

STATES = {"a-faire": "À faire", "en-retard": "En retard", "faites": "Faites", "toutes": "Toutes"}
PERIODS = {"1": "1 mois", "3": "3 mois", "6": "6 mois", "12": "12 mois", "passe": "12 mois passés"}
DEFAULT_STATE, DEFAULT_PERIOD = "a-faire", "3"
# So many lines stand on the page at first, which weighs little; the others are one link away.
FEW, AFTER_LATE = 15, 5


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the list; `unfolded`: all of its lines."""

    fund: str = ""
    state: str = DEFAULT_STATE
    period: str = DEFAULT_PERIOD
    unfolded: bool = False

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> "Filters":
        """From an address."""
        fund, state, period = (query.get(name, "") for name in ("fonds", "etat", "periode"))
        return cls(
            fund if fund in FUNDS else "",
            state if state in STATES else DEFAULT_STATE,
            period if period in PERIODS else DEFAULT_PERIOD,
            query.get("suite") == "1",
        )

    @property
    def active(self) -> bool:
        """Whether anything else than the usual list is asked."""
        return replace(self, unfolded=False) != Filters()

    @property
    def query(self) -> str:
        """« ?fonds=cnracl », nothing where nothing is asked."""
        asked = {
            "fonds": self.fund,
            "etat": self.state if self.state != DEFAULT_STATE else "",
            "periode": self.period if self.period != DEFAULT_PERIOD else "",
            "suite": "1" if self.unfolded else "",
        }
        said = urlencode({name: value for name, value in asked.items() if value})
        return f"?{said}" if said else ""

    @property
    def all_query(self) -> str:
        """The same, with all of its lines."""
        return replace(self, unfolded=True).query

    def span(self, today: datetime.date) -> tuple[datetime.date, datetime.date]:
        """The days asked: from the first to the one before the second."""
        if self.period == "passe":
            return add_months(today, -12), today
        return today, add_months(today, int(self.period)) + datetime.timedelta(days=1)

    def keeps(self, one: Item, today: datetime.date) -> bool:
        """Whether the item is in the list. What is late always is; a withdrawn one under « Toutes » alone."""
        if self.fund and one.fund != self.fund:
            return False
        late = one.state is words.LATE
        first, past = self.span(today)
        within = first <= one.placed_on < past or (
            one.opens_on is not None and one.opens_on < past and one.placed_on >= first
        )
        if self.state == "en-retard":
            return late
        if self.state == "faites":
            return one.state is words.DONE and (within or (one.done_on is not None and first <= one.done_on < past))
        if self.state == "a-faire":
            return late or (one.open and one.state is not words.PAST and (within or one.state is words.OPEN))
        return late or within

    def folded(self, items: Sequence[Item]) -> tuple[Sequence[Item], int]:
        """The first lines, by day, and how many are folded away; those that follow what is late always show. One alone
        is not folded away."""
        late = sum(1 for one in items if one.state is words.LATE)
        most = max(FEW, late + AFTER_LATE)
        if self.unfolded or len(items) <= most + 1:
            return items, 0
        in_order = sorted(items, key=lambda one: one.state is not words.LATE)
        return in_order[:most], len(items) - most


def address_of(siret: str, key: str, placed_on: datetime.date, today: datetime.date) -> str:
    """Where an obligation of any day stands in the list, done or not."""
    asked = Filters(state="toutes", period="passe" if placed_on < today else "12", unfolded=True)
    return address("obligations:index", siret) + f"{asked.query}#{key}"


@dataclass(frozen=True, slots=True)
class Group:
    """A month of the list, or what is late."""

    code: str
    title: str
    items: tuple[Item, ...]


def groups(items: Iterable[Item]) -> list[Group]:
    """By month, what is late first."""
    made: dict[str, list[Item]] = {}
    for one in items:
        code = "retard" if one.state is words.LATE else f"{one.placed_on:%Y-%m}"
        made.setdefault(code, []).append(one)
    return [
        Group(code, "En retard" if code == "retard" else month_title(several[0].placed_on), tuple(several))
        for code, several in sorted(made.items(), key=lambda pair: (pair[0] != "retard", pair[0]))
    ]


def month_title(day: datetime.date) -> str:
    """« Décembre 2026 »."""
    return f"{MONTHS[day.month - 1].capitalize()} {day.year}"


def count_in_words(count: int, filters: Filters) -> str:
    """« 12 échéances à faire dans les 3 mois »."""
    what = {"a-faire": "à faire", "en-retard": "en retard", "toutes": ""}.get(filters.state)
    if what is None:
        what = "faite" if count < 2 else "faites"
    span = (
        ""
        if filters.state == "en-retard"
        else (" sur les 12 mois passés" if filters.period == "passe" else f" d’ici {PERIODS[filters.period]}")
    )
    return f"{plural(count, 'échéance', 'échéances')} {what}".rstrip() + span


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a month: its number, its name in full, what is due and what opens."""

    day: datetime.date
    name: str
    today: bool
    weekend: bool
    due: tuple[Item, ...]
    opening: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks of seven days, None outside of it; the months before and after, "" where there is none."""

    title: str
    code: str
    weeks: tuple[tuple[Cell | None, ...], ...]
    before: str
    before_title: str
    after: str
    after_title: str
    count: int


def asked_month(text: str, today: datetime.date, past: datetime.date) -> datetime.date:
    """The first day of the month asked (`2026-12`), else of this one; from a year back to what is computed."""
    try:
        day = datetime.date.fromisoformat(f"{text}-01") if len(text) == 7 else today.replace(day=1)
    except ValueError:
        day = today.replace(day=1)
    return min(max(day, add_months(today.replace(day=1), -12)), add_months(past, -1))


def month(first: datetime.date, items: Iterable[Item], today: datetime.date, past: datetime.date) -> Month:
    """The month that begins on a day."""
    after, before = add_months(first, 1), add_months(first, -1)
    here = [one for one in items if one.state is not words.WITHDRAWN]
    due = [one for one in here if first <= one.placed_on < after]
    opening = [one for one in here if one.opens_on and one.opens_on != one.placed_on and first <= one.opens_on < after]
    weeks = tuple(
        tuple(_cell(day, due, opening, today) if day.month == first.month else None for day in week)
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    )
    earliest = add_months(today.replace(day=1), -12)
    return Month(
        *(month_title(first), f"{first:%Y-%m}", weeks),
        *((f"{before:%Y-%m}", month_title(before)) if before >= earliest else ("", "")),
        *((f"{after:%Y-%m}", month_title(after)) if after < past else ("", "")),
        count=len(due),
    )


def _cell(day: datetime.date, due: list[Item], opening: list[Item], today: datetime.date) -> Cell:
    return Cell(
        *(day, date_full(day), day == today, day.weekday() > 4),
        tuple(one for one in due if one.placed_on == day),
        tuple(one for one in opening if one.opens_on == day),
    )


WEEKDAYS = tuple((name[:3], name) for name in DAYS)
