"""How amounts, months and periods are written for people."""

import datetime

from parvis.ground.pages.filters import MONTHS
from parvis.regulations.periods import Period, add_months


def euros(cents: int) -> str:
    """« 1 234,56 € » with no-break spaces; below zero « −1 234,56 € »."""
    whole, rest = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", "\u202f")
    return f"{'−' if cents < 0 else ''}{grouped},{rest:02}\u00a0€"


def month_in_words(month: datetime.date | str) -> str:
    """« octobre 2026 »."""
    day = datetime.date.fromisoformat(month) if isinstance(month, str) else month
    return f"{MONTHS[day.month - 1]} {day.year}"


def period_in_words(starts_on: datetime.date, months: int) -> str:
    """« octobre 2026 », « 4ᵉ trimestre 2026 », « année 2026 »."""
    if months == 12 and starts_on.month == 1:
        return f"année {starts_on.year}"
    if months == 3 and starts_on.month % 3 == 1:
        return f"{('1ᵉʳ', '2ᵉ', '3ᵉ', '4ᵉ')[starts_on.month // 3]} trimestre {starts_on.year}"
    if months == 1:
        return month_in_words(starts_on)
    last = add_months(starts_on, months - 1)
    return f"{month_in_words(starts_on)} à {month_in_words(last)}"


def of_period(period: Period) -> str:
    """The same of a period of the calendar."""
    first, past = period.starts_on, period.ends_before
    return period_in_words(first, (past.year - first.year) * 12 + past.month - first.month)
