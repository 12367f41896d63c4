"""Working days in France: holidays fixed and moving, weekends, and the end of a year."""

import datetime

import pytest

from parvis.ground.working_days import after, easter, holidays, is_working

day = datetime.date


@pytest.mark.parametrize(
    ("year", "sunday"),
    [(2024, day(2024, 3, 31)), (2025, day(2025, 4, 20)), (2026, day(2026, 4, 5)), (2027, day(2027, 3, 28)),
     (2038, day(2038, 4, 25)), (2285, day(2285, 3, 22))],
)  # fmt: skip
def test_easter_falls_where_the_calendar_says(year: int, sunday: datetime.date) -> None:
    assert easter(year) == sunday


def test_the_eleven_holidays_of_2026() -> None:
    assert sorted(holidays(2026)) == [
        day(2026, 1, 1), day(2026, 4, 6), day(2026, 5, 1), day(2026, 5, 8), day(2026, 5, 14), day(2026, 5, 25),
        day(2026, 7, 14), day(2026, 8, 15), day(2026, 11, 1), day(2026, 11, 11), day(2026, 12, 25),
    ]  # fmt: skip


def test_five_working_days_pass_over_weekends_holidays_and_the_new_year() -> None:
    assert after(day(2026, 11, 24), 5) == day(2026, 12, 1)
    assert after(day(2026, 11, 28), 5) == day(2026, 12, 4)  # a Saturday
    assert after(day(2026, 4, 30), 5) == day(2026, 5, 11)  # two holidays
    assert after(day(2026, 12, 24), 5) == day(2027, 1, 4)
    assert after(day(2026, 12, 24), 0) == day(2026, 12, 24)
    assert not is_working(day(2026, 5, 14)) and is_working(day(2026, 5, 15))
