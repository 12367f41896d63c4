"""Days, months, ages and half-open periods, as the texts count them."""

import calendar
import datetime
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Age:
    """An age in whole years and months: `Age(62, 9)` is 62 years and 9 months."""

    years: int
    months: int = 0

    @classmethod
    def parse(cls, text: str) -> "Age":
        """`62y9m` or `62a9m`, `62`. Raises ValueError."""
        found = re.fullmatch(r"(\d+)(?:[ya](?:(\d+)m)?)?", text)
        if found is None or int(found[2] or 0) > 11:
            raise ValueError(f"{text!r} is no age")
        return cls(int(found[1]), int(found[2] or 0))

    @property
    def in_months(self) -> int:
        return self.years * 12 + self.months

    def reached_on(self, birth: datetime.date) -> datetime.date:
        """The day on which somebody born that day is of this age."""
        return add_months(birth, self.in_months)

    def __str__(self) -> str:
        return f"{self.years}a{self.months}m"


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to the day before another one. Raises ValueError where it is empty."""

    starts_on: datetime.date
    ends_before: datetime.date

    def __post_init__(self) -> None:
        if self.ends_before <= self.starts_on:
            raise ValueError("a period ends after it starts")

    def __contains__(self, day: datetime.date) -> bool:
        return self.starts_on <= day < self.ends_before

    @property
    def days(self) -> int:
        """Days of the calendar."""
        return (self.ends_before - self.starts_on).days


def month_of(text: str) -> datetime.date:
    """The first day of `2026-03`; of `2026-03-15` too. Raises ValueError."""
    year, month = text.split("-")[:2]
    return datetime.date(int(year), int(month), 1)


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later (or earlier), the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def whole_months(start: datetime.date, end: datetime.date) -> int:
    """Whole months from one day to another, 0 where none has passed. Raises ValueError where they are the other way."""
    if end < start:
        raise ValueError("the end comes before the start")
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def age_on(birth: datetime.date, day: datetime.date) -> Age:
    """The age in whole months on a day."""
    return Age(*divmod(whole_months(birth, day), 12))
