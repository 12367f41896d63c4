"""Reading obligations: the whole of one establishment, with what people did; what comes next, for the home page.

The Échéancier applies the law each time it is opened, so that it never shows what is out of date; what is written down
(`materialising.py`) adds what people did and what is past.
"""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from parvis.access.standing import Standing
from parvis.access.status import values
from parvis.ground.database.together import Question, rows
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import DAYS, date_long
from parvis.journal.queries import FORGOTTEN, names
from parvis.obligations import words
from parvis.obligations.computing import Computed, Line, computed, horizon, period_in_words
from parvis.obligations.facts import Held, held_by
from parvis.obligations.models import Computation, Occurrence
from parvis.obligations.rights import FUNDS, seen_funds, ticked_funds
from parvis.regulations.periods import Period, add_months

MONTHS_BACK = 12
SHORT_MONTHS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
MONTHS_EXPLAINED = 3
DAYS_LOOKED = 35


@dataclass(frozen=True, slots=True)
class Item:
    """An obligation as it is shown, strings ready; the days for who sorts, exports and draws a month."""

    key: str
    fund: str
    fund_name: str
    act: str
    label: str
    period: str
    due_on: datetime.date | None
    opens_on: datetime.date | None
    placed_on: datetime.date
    state: words.State
    when: str
    left: str
    uncertain: bool
    rule: str
    source: str
    remarks: tuple[str, ...]
    moved: str
    done_on: datetime.date | None
    done_said: str
    note: str
    taken_by: str
    taken_by_me: bool
    may_tick: bool
    changed_at: datetime.datetime | None

    @property
    def weekday(self) -> str:
        """« mar. »: of the day under which it stands."""
        return f"{DAYS[self.placed_on.weekday()][:3]}."

    @property
    def short_month(self) -> str:
        """« déc. »: of the same."""
        return SHORT_MONTHS[self.placed_on.month - 1]

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        return self.state not in (words.DONE, words.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything of an establishment: its obligations by day, what is missing and assumed, the facts behind."""

    items: tuple[Item, ...]
    computed: Computed
    held: Held
    follows_from: datetime.date


def _explained(held: Held, today: datetime.date) -> Computed:
    """What the law says of the months just past too, for its texts."""
    return computed(held, add_months(today.replace(day=1), -MONTHS_EXPLAINED), horizon(today))


def whole(who: Standing) -> Whole:
    """Of the establishment in scope, what the person sees: from a year ago to a year from now. Four statements."""
    today, here = who.today, who.establishment_id
    held = held_by([here], today)[here]
    found = _explained(held, today)
    follows = Computation.objects.filter(pk=here).values_list("follows_from", flat=True).first()
    since = today if follows is not None else today.replace(day=1)
    kept = {
        row.key: row
        for row in Occurrence.objects.filter(
            establishment_id=here, placed_on__gte=add_months(today.replace(day=1), -MONTHS_BACK)
        )
    }
    called = names({ref for row in kept.values() for ref in (row.taken_by, row.done_by)})
    explained = {line.key: line for line in found.lines}
    shown = _Shown(who, follows or today, called)
    items = [shown.item(line, kept.get(line.key)) for line in found.lines if line.placed_on >= since]
    said = {one.key for one in items}
    for key, row in kept.items():
        trace = row.done_at is not None or row.taken_by is not None
        if key not in said and (row.placed_on < today or trace):
            items.append(shown.item(_line(row, explained.get(key)), row, gone=row.placed_on >= today))
    seen = seen_funds(who)
    order = list(FUNDS)
    items = sorted(
        (one for one in items if one.fund in seen), key=lambda one: (one.placed_on, order.index(one.fund), one.key)
    )
    return Whole(tuple(items), found, held, follows or today)


def _line(row: Occurrence, explained: Line | None) -> Line:
    """A row as it was told, with the law's texts where they are still known."""
    return Line(
        *(row.key, row.fund, row.act, row.label, Period(row.period_starts_on, row.period_ends_before)),
        *(row.due_on, row.opens_on, row.placed_on, row.uncertain),
        rule=explained.rule if explained else "",
        source=explained.source if explained else "",
        remarks=explained.remarks if explained else (),
    )


class _Shown:
    """What is the same for every line of a page."""

    def __init__(self, who: Standing, follows_from: datetime.date, called: dict[object, str]) -> None:
        self.who, self.follows_from, self.called = who, follows_from, called
        self.ticked = ticked_funds(who)

    def name(self, ref: uuid.UUID | None) -> str:
        return self.called.get(ref, FORGOTTEN) if ref else ""

    def item(self, line: Line, row: Occurrence | None, *, gone: bool = False) -> Item:
        done = row is not None and row.done_at is not None
        state = words.state_of(
            today=self.who.today,
            soon=settings.PARVIS_OBLIGATION_SOON_DAYS,
            due_on=line.due_on,
            opens_on=line.opens_on,
            act=line.act,
            done=done,
            withdrawn=gone or (row is not None and row.withdrawn_on is not None and line.placed_on < self.who.today),
            follows_from=self.follows_from,
        )
        return Item(
            *(line.key, line.fund, FUNDS[line.fund], words.ACTS[line.act], line.label, period_in_words(line.period)),
            *(line.due_on, line.opens_on, line.placed_on, state, words.when(line.due_on, line.opens_on)),
            left=words.left(state, self.who.today, line.due_on, line.opens_on, line.act in words.OWED),
            uncertain=line.uncertain,
            rule=line.rule,
            source=line.source,
            remarks=line.remarks,
            moved=_moved(line, row),
            done_on=row.done_on if row is not None else None,
            done_said=self._done(row) if row is not None and done else "",
            note=row.note if row is not None else "",
            taken_by=self.name(row.taken_by) if row is not None else "",
            taken_by_me=row is not None and row.taken_by == self.who.ref,
            may_tick=line.fund in self.ticked,
            changed_at=row.changed_at if row is not None else None,
        )

    def _done(self, row: Occurrence) -> str:
        """« Fait le 3 décembre 2026 par Camille Durand », « … : vu par le service Paiements »."""
        by = f"par {self.name(row.done_by)}" if row.done_by else f": {row.done_reason}"
        return f"Fait le {date_long(row.done_on)} {by}" if row.done_on else ""


def _moved(line: Line, row: Occurrence | None) -> str:
    """That the day is not the one that was told before."""
    if row is None or line.due_on is None:
        return ""
    before = row.due_before if row.due_on == line.due_on else row.due_on
    return f"Date modifiée : c’était le {date_long(before)}." if before and before != line.due_on else ""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What comes next, for a home page: strings ready to show, the day for who sorts, the establishment (`place`)."""

    title: str
    fund: str
    period: str
    when: str
    left: str
    due: datetime.date
    href: str
    taken_by: str
    uncertain: bool
    siret: str
    place: str


_WRITTEN = "EXISTS (SELECT 1 FROM obligations_computation c WHERE c.establishment_id = %(establishment)s)"
_UPCOMING = """SELECT o.key, o.fund, o.label, o.period_starts_on, o.period_ends_before, o.due_on, o.opens_on,
  o.placed_on, o.uncertain,
  (SELECT n.name FROM journal_name n WHERE n.ref = o.taken_by AND n.establishment_id = o.establishment_id
    ORDER BY n.id DESC LIMIT 1)
FROM obligations_occurrence o WHERE o.establishment_id = %(establishment)s AND o.placed_on >= %(today)s
  AND o.done_at IS NULL AND o.withdrawn_on IS NULL AND o.fund = ANY(%(funds)s)
ORDER BY o.placed_on, o.fund, o.key LIMIT %(limit)s"""
_DAYS = frozenset((3, 4, 5, 6, 7))


def upcoming_asked(who: Standing, limit: int) -> Question[list[Upcoming]]:
    """What comes next in the establishment in scope and is not done, to be asked with a page's other questions.

    Worked out, in four statements more, where nothing was written down yet.
    """

    def read(written: bool, found: list[list[Any]] | None) -> list[Upcoming]:
        if written:
            return [_next(who.today, who.siret, who.establishment_name, _of_json(row)) for row in found or ()]
        items = [one for one in whole(who).items if one.open and one.placed_on >= who.today][:limit]
        return [
            Upcoming(
                *(one.label, one.fund_name, one.period, one.when, words.days((one.placed_on - who.today).days)),
                *(one.placed_on, _href(who.siret, one.key), one.taken_by, one.uncertain),
                *(who.siret, who.establishment_name),
            )
            for one in items
        ]

    asked = {
        "establishment": who.establishment_id,
        "today": who.today,
        "limit": limit,
        "funds": list(seen_funds(who)),
    }
    return Question((_WRITTEN, rows(_UPCOMING, 10)), asked, read)


def _of_json(row: list[Any]) -> tuple[Any, ...]:
    """The days of a row are days again."""
    return tuple(
        datetime.date.fromisoformat(value) if value is not None and number in _DAYS else value
        for number, value in enumerate(row)
    )


def _href(siret: str, key: str) -> str:
    return address("obligations:index", siret) + f"#{key}"


def _next(today: datetime.date, siret: str, place: str, row: tuple[Any, ...]) -> Upcoming:
    key, fund, label, starts, ends, due_on, opens_on, placed_on, uncertain, taken = row
    return Upcoming(
        title=label,
        fund=FUNDS[fund],
        period=period_in_words(Period(starts, ends)),
        when=words.when(due_on, opens_on),
        left=words.days((placed_on - today).days),
        due=placed_on,
        href=_href(siret, key),
        taken_by=taken or "",
        uncertain=uncertain,
        siret=siret,
        place=place,
    )


@dataclass(frozen=True, slots=True)
class Everywhere:
    """An occurrence in one of the person's establishments."""

    siret: str
    place: str
    key: str
    fund: str
    act: str
    label: str
    starts: datetime.date
    ends: datetime.date
    due_on: datetime.date | None
    opens_on: datetime.date | None
    placed_on: datetime.date
    uncertain: bool
    changed_at: datetime.datetime
    done_on: datetime.date | None
    taken: str | None


def everywhere(
    first: datetime.date, past: datetime.date, *, undone: bool = False, lines: int = 100_000
) -> list[Everywhere]:
    """What stands between two days in all establishments that the person in scope enters; one statement.

    Under the role `parvis_person`. What nothing wrote down yet is not there: `parvis daily` writes it.
    """
    rule = values()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM obligations_of_person(%s, %s, %s, %s, %s, %s)",
            [rule["today"], rule["months"], first, past, undone, lines],
        )
        return [Everywhere(*row) for row in cursor.fetchall()]


def upcoming_everywhere(today: datetime.date, limit: int) -> list[Upcoming]:
    """What comes next over all establishments of the person in scope (role `parvis_person`).

    One statement where enough comes within weeks, so that three hundred establishments cost little; else two.
    """
    soon = everywhere(today, today + datetime.timedelta(days=DAYS_LOOKED), undone=True, lines=limit)
    found = soon if len(soon) >= limit else everywhere(today, horizon(today), undone=True, lines=limit)
    return [
        _next(
            today,
            one.siret,
            one.place,
            (
                *(one.key, one.fund, one.label, one.starts, one.ends, one.due_on, one.opens_on, one.placed_on),
                *(one.uncertain, one.taken),
            ),
        )
        for one in found
    ]
