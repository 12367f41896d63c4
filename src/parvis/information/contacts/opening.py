"""When somebody answers: « ouvert maintenant », « rouvre lundi à 9 h », in the time of whoever reads it.

Hours are those of the territory in which the telephones are: its time zone, its holidays. Pure functions.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from parvis.ground.pages.filters import DAYS, MONTHS, NO_BREAK, date_full
from parvis.ground.territories import Territory, holiday

# For each weekday from Monday, the hours as minutes since midnight.
Hours = Sequence[Sequence[Sequence[int]]]
DAY = datetime.timedelta(days=1)
# Beyond, nothing is said of when it opens again: a line that is closed for so long is a matter of validity dates.
HORIZON = 90
WEEK = 7


@dataclass(frozen=True, slots=True)
class Closed:
    """Days on which nobody answers, both included, and why."""

    starts_on: datetime.date
    ends_on: datetime.date
    reason: str


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether somebody answers now, what is said of it, and why it is closed where that is not a matter of hours."""

    is_open: bool
    text: str
    why: str = ""


def why_closed(where: Territory, closed: Sequence[Closed], day: datetime.date) -> str:
    """The closing or the holiday of that day there; "" for an ordinary day."""
    for one in closed:
        if one.starts_on <= day <= one.ends_on:
            return one.reason
    name = holiday(where, day)
    return f"jour férié ({name})" if name else ""


def _spans(
    hours: Hours, where: Territory, closed: Sequence[Closed], first: datetime.date, days: int
) -> Iterator[tuple[datetime.datetime, datetime.datetime]]:
    for number in range(days):
        day = first + number * DAY
        if not why_closed(where, closed, day):
            for start, end in hours[day.weekday()]:
                yield _at(day, start, where), _at(day, end, where)


def _at(day: datetime.date, minutes: int, where: Territory) -> datetime.datetime:
    """24 h is the next day's midnight."""
    days, minutes = divmod(minutes, 24 * 60)
    return datetime.datetime.combine(day + days * DAY, datetime.time(*divmod(minutes, 60)), where.zone)


def opening(
    hours: Hours, where: Territory, closed: Sequence[Closed], now: datetime.datetime, visitor: Territory
) -> Opening:
    """What is said at `now`, in the visitor's time."""
    here = now.astimezone(where.zone).date()
    following = None
    # Hours that touch (until midnight, from midnight on) are one span: it closes at the end of the last.
    until = None
    for start, end in _spans(hours, where, closed, here - DAY, HORIZON):
        if until is not None:
            if start != until:
                break
            until = end
        elif start <= now < end:
            until = end
        elif start > now:
            following = start
            break
    if until is not None:
        return Opening(True, f"Ouvert maintenant, jusqu’à {_hour(until.astimezone(visitor.zone))}")
    why = why_closed(where, closed, here) if hours[here.weekday()] else ""
    if following is None:
        return Opening(False, "Fermé, réouverture non renseignée", why)
    local, today = following.astimezone(visitor.zone), now.astimezone(visitor.zone).date()
    return Opening(False, f"Fermé, rouvre {_when(local.date(), today)} à {_hour(local)}", why)


def _when(day: datetime.date, today: datetime.date) -> str:
    ahead = (day - today).days
    if ahead < 2:
        return "demain" if ahead else "aujourd’hui"
    if ahead < WEEK:
        return DAYS[day.weekday()]
    if day.year != today.year:
        return f"le {date_full(day)}"
    return f"le {DAYS[day.weekday()]} {'1ᵉʳ' if day.day == 1 else day.day} {MONTHS[day.month - 1]}"


def _hour(at: datetime.datetime) -> str:
    return hour_words(at.hour * 60 + at.minute)


def hour_words(minutes: int) -> str:
    """« 9 h », « 13 h 30 », « minuit »."""
    hour, rest = divmod(minutes, 60)
    if hour in (0, 24) and not rest:
        return "minuit"
    return f"{hour}{NO_BREAK}h{NO_BREAK}{rest:02d}" if rest else f"{hour}{NO_BREAK}h"


def week_in(hours: Hours, where: Territory, visitor: Territory, today: datetime.date) -> list[list[tuple[int, int]]]:
    """The hours of the week of that day, in the visitor's time; what passes midnight there is parted in two."""
    if where.zone == visitor.zone:
        return [[(start, end) for start, end in day] for day in hours]
    monday = today - today.weekday() * DAY
    found: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for number, held in enumerate(hours):
        for start, end in held:
            at = _at(monday + number * DAY, start, where).astimezone(visitor.zone)
            first = at.hour * 60 + at.minute
            last = first + end - start
            found[at.weekday()].append((first, min(last, 24 * 60)))
            if last > 24 * 60:
                found[(at.weekday() + 1) % 7].append((0, last - 24 * 60))
    return [sorted(day) for day in found]


def hours_words(week: Sequence[Sequence[Sequence[int]]]) -> str:
    """« Du lundi au jeudi, de 9 h à 12 h et de 13 h 30 à 17 h ; le vendredi, de 9 h à 12 h »."""
    parts = []
    for held, days in groupby(range(7), key=lambda day: [tuple(span) for span in week[day]]):
        which = list(days)
        if held:
            when = " et ".join(f"de {hour_words(start)} à {hour_words(end)}" for start, end in held)
            parts.append(f"{_days(which)}, {when}")
    text = f"{NO_BREAK}; ".join(parts)
    return text[:1].upper() + text[1:]


def _days(which: list[int]) -> str:
    if len(which) == 1:
        return f"le {DAYS[which[0]]}"
    first, last = DAYS[which[0]], DAYS[which[-1]]
    return f"le {first} et le {last}" if len(which) == 2 else f"du {first} au {last}"


def ahead(hours: Hours, where: Territory, closed: Sequence[Closed], today: datetime.date, days: int) -> list[str]:
    """What is closed in the next days though it is a day with hours: « vendredi 25 décembre 2026 : jour férié (Noël) ».

    Days in a row that are closed for the same reason are one line.
    """
    found = []
    for number in range(days):
        day = today + number * DAY
        why = why_closed(where, closed, day) if hours[day.weekday()] else ""
        if why:
            found.append((day, why))
    lines = []
    for why, same in groupby(found, key=lambda pair: pair[1]):
        held = [day for day, _ in same]
        said = date_full(held[0]) if len(held) == 1 else f"du {date_full(held[0])} au {date_full(held[-1])}"
        lines.append(f"{said}{NO_BREAK}: {why}")
    return lines
