"""The words of the cases on pay, contributions and dates: numbers, periods, fractions, lists by month."""

import datetime
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from parvis.regulations.parameters import parameter
from parvis.regulations.periods import add_months

Inputs = Mapping[str, Any]
PERIODS = (
    "period", "periode", "mois_paie", "mois", "date", "trimestre", "year", "annee", "annee_remunerations", "exercice",
)  # fmt: skip


def given(inputs: Inputs, *words: str) -> Any:
    """The first of these words that is given, or None."""
    return next((inputs[word] for word in words if inputs.get(word) is not None), None)


def number(inputs: Inputs, *words: str, default: Any = None) -> Decimal:
    """The first of these words as an exact number. Raises KeyError where none is and there is no default."""
    found = maybe(inputs, *words)
    if found is not None:
        return found
    if default is None:
        raise KeyError(words[0])
    return Decimal(default)


def maybe(inputs: Inputs, *words: str) -> Decimal | None:
    """The first of these words as an exact number, or None."""
    found = given(inputs, *words)
    return None if found is None else Decimal(str(found))


def whole(inputs: Inputs, *words: str, default: int | None = None) -> int:
    """The first of these words as a whole number. Raises KeyError, ValueError."""
    found = number(inputs, *words, default=default)
    if found != found.to_integral_value():
        raise ValueError(f"{words[0]}: {found} is no whole number")
    return int(found)


def fraction(inputs: Inputs, *words: str) -> Decimal:
    """A fraction written as one (0.8) or in percent (80, or a word in `_pct`)."""
    for word in words:
        if inputs.get(word) is not None:
            found = Decimal(str(inputs[word]))
            return found / 100 if word.endswith("_pct") or found > 1 else found
    raise KeyError(words[0])


def percent(inputs: Inputs, *words: str) -> Decimal | None:
    """A rate in percent, written so (10.29) or as a factor (0.1029)."""
    found = maybe(inputs, *words)
    return None if found is None else found * 100 if 0 < found < 1 else found


def yes(inputs: Inputs, *words: str) -> bool:
    """Whether one of these words is true."""
    return any(inputs.get(word) is True for word in words)


def day(written: Any) -> datetime.date:
    """`2026-03-05`, `2026-03`, `2026-T1`, `2026`, `2026-01-01..`: the first day of what is said. Raises ValueError."""
    text = str(written).strip()
    quarter = re.fullmatch(r"(\d{4})[- ]?[TQ]([1-4])", text) or re.fullmatch(r"[TQ]([1-4])[- ](\d{4})", text)
    if quarter is not None:
        year, place = sorted((int(part) for part in quarter.groups()), reverse=True)
        return datetime.date(year, place * 3 - 2, 1)
    parts = [int(part) for part in text[:10].split("-")]
    return datetime.date(*(parts + [1, 1])[:3])


def on(inputs: Inputs, *words: str, otherwise: str = "") -> datetime.date:
    """The day that a case is about; without one, the first on which the last confirmed value of a parameter holds.

    Raises KeyError where there is neither.
    """
    found = given(inputs, *(words or PERIODS))
    if found is not None:
        return day(found)
    if not otherwise:
        raise KeyError((words or PERIODS)[0])
    return next(one.valid_from for one in reversed(parameter(otherwise).values) if not one.planned)


def by_month(inputs: Inputs, *words: str) -> list[Decimal] | None:
    """The numbers of a list by month, or None. Raises ValueError where the word holds no list."""
    found = given(inputs, *words)
    if found is None:
        return None
    if not isinstance(found, list):
        raise ValueError(f"{words[0]}: a list by month is expected")
    return [Decimal(str(one)) for one in found]


def months_from(first: datetime.date, count: int) -> list[datetime.date]:
    """So many months in a row, from the one of a day on."""
    return [add_months(first.replace(day=1), place) for place in range(count)]


def padded(found: Iterable[Decimal] | None, count: int) -> list[Decimal]:
    """A list by month, or zeros. Raises ValueError where it is of another length."""
    amounts = [Decimal(0)] * count if found is None else list(found)
    if len(amounts) != count:
        raise ValueError(f"{count} months are expected, {len(amounts)} are given")
    return amounts
