"""Days as numbers: each computation over columns is that of one day at a time."""

import datetime
import random

import pytest

from parvis.regulations.pensions import adjusting, durations
from parvis.regulations.periods import add_months, whole_months

np = pytest.importorskip("numpy", reason="the extra « batch » is not installed")

from parvis.regulations.batch import days  # noqa: E402

DAY = datetime.date
# Ends of months, leap years and not, and what surrounds them.
ENDS = [DAY(year, month, day) for year in (2023, 2024) for month in (1, 2, 3, 4) for day in (1, 15, 27, 28)]
ENDS += [DAY(2024, 2, 29), DAY(2023, 1, 29), DAY(2023, 1, 30), DAY(2023, 1, 31), DAY(2024, 3, 31), DAY(2023, 4, 30)]


def both() -> list[tuple[datetime.date, datetime.date]]:
    drawn = random.Random(3)
    far = [DAY.fromordinal(drawn.randint(DAY(1900, 1, 1).toordinal(), DAY(2099, 1, 1).toordinal())) for _ in range(800)]
    return [(start, end) for start in ENDS for end in ENDS] + list(zip(far, reversed(far), strict=True))


STARTS, AFTER = (np.array(column, dtype="datetime64[D]") for column in zip(*both(), strict=True))


def test_a_day_and_its_number_are_one() -> None:
    numbers = days.days(STARTS)
    assert days.dates(numbers).tolist() == STARTS.tolist()
    assert [days.date_of(one) for one in numbers.tolist()] == STARTS.tolist()
    assert [days.day(one) for one in STARTS.tolist()] == numbers.tolist()
    assert (np.argsort(numbers, kind="stable") == np.argsort(STARTS, kind="stable")).all()


def test_months_later_and_earlier() -> None:
    months = np.arange(len(STARTS)) % 1200 - 400
    found = days.dates(days.plus_months(days.days(STARTS), months)).tolist()
    assert found == [add_months(day, more) for day, more in zip(STARTS.tolist(), months.tolist(), strict=True)]


def test_days_and_months_between() -> None:
    start, end = days.days(STARTS), days.days(AFTER)
    served, whole, begun = days.days_between(start, end), days.whole_months(start, end), days.begun_months(start, end)
    for place, (one, other) in enumerate(both()):
        forward = one < other
        assert served[place] == (durations.days_between(one, other) if forward else 0)
        assert whole[place] == (whole_months(one, other) if forward else 0)
        assert begun[place] == adjusting.begun_months(one, other)


@pytest.mark.parametrize("start", [DAY(2023, 1, 31), DAY(2023, 2, 28), DAY(2024, 2, 29), DAY(2023, 11, 30)])
def test_the_first_day_on_which_a_duration_is_reached(start: datetime.date) -> None:
    wanted = np.arange(-5, 500)
    found = days.dates(days.reached_after(days.days(np.full(len(wanted), start, dtype="datetime64[D]")), wanted))
    for days_wanted, day in zip(wanted.tolist(), found.tolist(), strict=True):
        assert durations.days_between(start, day) >= days_wanted
        eve = day - datetime.timedelta(days=1)
        assert day == start or durations.days_between(start, eve) < days_wanted


def test_what_is_no_column_of_days_is_refused() -> None:
    for given in ([1, 2], ["2024-01-01"], [[DAY(2024, 1, 1)]], [1.5]):
        with pytest.raises(ValueError, match="days"):
            days.days(given)
    with pytest.raises(ValueError, match="missing"):
        days.days(np.array(["NaT"], dtype="datetime64[D]"))
    with pytest.raises(ValueError, match="bounds"):
        days.days([DAY(1849, 12, 31)])
    with pytest.raises(ValueError, match="bounds"):
        days.day(DAY(2200, 1, 1))
    absent = days.days(np.array(["NaT", "2024-01-01"], dtype="datetime64[D]"), absent=days.NEVER)
    assert absent.tolist() == [days.NEVER, days.day(DAY(2024, 1, 1))]
