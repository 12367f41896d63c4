"""Until when a declaration may be corrected, and on which day what a correction adds is due.

No text that was read says it for contributions: what is decided here, and why, is in `docs/decisions/0015`.
"""

import calendar
import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from parvis.ledger.corrections import Raise
from parvis.obligations.facts import Held
from parvis.regulations.parameters import NotKnown, value
from parvis.regulations.periods import add_months
from parvis.services.contributions.due import Term, term

# Declared on this site, with a recap of the year; the others by the DSN.
WITH_RECAP = ("atiacl", "feh")


@dataclass(frozen=True, slots=True)
class Later:
    """So many cents of a period that are due on a later day than the rest; None: on a day that nobody can tell."""

    on: datetime.date | None
    amount: int


def correctable_until(fund: str, month: datetime.date) -> datetime.date | None:
    """The last day on which a correction of a month is on time; None where it is not known.

    By the DSN: as long as the DSN of that month may still be sent (`dsn.late_months` after the later of its two
    days). ATIACL and FEH: the end of the month in which the year is recapitulated, regularisations included.
    """
    try:
        if fund in WITH_RECAP:
            recap = int(value("cnracl.recap_month", on=month).value)
            last = calendar.monthrange(month.year + 1, recap)[1]
            return datetime.date(month.year + 1, recap, last)
        day, late = value("dsn.due_day_small", on=month), value("dsn.late_months", on=month)
        return add_months(add_months(month, 1).replace(day=int(day.value)), int(late.value))
    except NotKnown:
        return None


def later(about: Term, raises: Mapping[tuple[str, datetime.date], Sequence[Raise]], held: Held) -> list[Later]:
    """What of a payment is due later, because corrections that came on time added it; by day."""
    found: dict[datetime.date | None, int] = {}
    for (fund, month), added in raises.items():
        if fund != about.fund or month not in about.period:
            continue
        for on, amount in _parts(about, month, added, held):
            found[on] = found.get(on, 0) + amount
    return [Later(on, found[on]) for on in sorted(found, key=lambda day: day or datetime.date.max)]


def _parts(
    about: Term, month: datetime.date, added: Iterable[Raise], held: Held
) -> Iterable[tuple[datetime.date | None, int]]:
    last = correctable_until(about.fund, month)
    for one in added:
        if about.on is None or one.on <= about.on or (last is not None and one.on > last):
            # Known before the day on which all is due, or corrected too late: due with the rest.
            continue
        new = term(about.fund, one.on.replace(day=1), held)
        yield (None if new.assumed else new.on), one.amount


def next_day(amount: int, parts: Sequence[Later], today: datetime.date) -> datetime.date | None:
    """The day on which what is left of a payment is due, where all of it was added by corrections that are not due
    yet; None where the rest is owed too. What is paid pays what was due first."""
    coming = [one for one in parts if one.on is None or one.on >= today]
    if amount <= 0 or not coming or amount > sum(one.amount for one in coming):
        return None
    return next((one.on for one in coming if one.on is not None), None)
