"""Ages, required quarters, annulment, limits, at both sides of every boundary; two years of services; categories."""

import datetime
from decimal import Decimal

import pytest

from parvis.regulations.parameters import NotKnown
from parvis.regulations.pensions import rights
from parvis.regulations.pensions.categories import Category, keeps_category, services_threshold

DAY = datetime.date
SED, ACT, SUP = Category.SEDENTARY, Category.ACTIVE, Category.SUPER_ACTIVE
BEFORE_2023, LAW_2023, EVE, SUSPENDED = DAY(2023, 8, 31), DAY(2023, 9, 1), DAY(2026, 8, 31), DAY(2026, 9, 1)


def both(kind: Category, birth: datetime.date, effect: datetime.date) -> tuple[str, int]:
    quarters = rights.required_quarters(kind, birth, effect).value
    return str(rights.legal_age(kind, birth, effect).value), int(quarters)


@pytest.mark.parametrize(
    ("birth", "effect", "age", "quarters"),
    [
        (DAY(1943, 12, 31), DAY(2004, 1, 1), "60a0m", 150),
        (DAY(1944, 1, 1), DAY(2004, 1, 1), "60a0m", 152),
        (DAY(1951, 6, 30), DAY(2011, 7, 1), "60a0m", 163),
        (DAY(1951, 7, 1), DAY(2011, 11, 1), "60a4m", 163),
        (DAY(1952, 1, 1), DAY(2012, 10, 1), "60a9m", 164),
        (DAY(1953, 1, 1), DAY(2014, 3, 1), "61a2m", 165),
        (DAY(1954, 12, 31), DAY(2016, 8, 1), "61a7m", 165),
        (DAY(1955, 1, 1), DAY(2017, 1, 1), "62a0m", 166),
        (DAY(1957, 12, 31), DAY(2020, 1, 1), "62a0m", 166),
        (DAY(1958, 1, 1), DAY(2020, 1, 1), "62a0m", 167),
        (DAY(1961, 1, 1), BEFORE_2023, "62a0m", 168),
        (DAY(1961, 8, 31), LAW_2023, "62a0m", 168),
        (DAY(1961, 9, 1), BEFORE_2023, "62a0m", 168),
        (DAY(1961, 9, 1), LAW_2023, "62a3m", 169),
        (DAY(1962, 1, 1), LAW_2023, "62a6m", 169),
        (DAY(1963, 1, 1), LAW_2023, "62a9m", 170),
        (DAY(1963, 12, 31), SUSPENDED, "62a9m", 170),
        (DAY(1964, 1, 1), EVE, "63a0m", 171),
        (DAY(1964, 1, 1), SUSPENDED, "62a9m", 170),
        (DAY(1965, 3, 31), EVE, "63a3m", 172),
        (DAY(1965, 3, 31), SUSPENDED, "62a9m", 170),
        (DAY(1965, 4, 1), SUSPENDED, "63a0m", 171),
        (DAY(1965, 12, 31), SUSPENDED, "63a0m", 171),
        (DAY(1966, 1, 1), EVE, "63a6m", 172),
        (DAY(1966, 1, 1), SUSPENDED, "63a3m", 172),
        (DAY(1967, 1, 1), SUSPENDED, "63a6m", 172),
        (DAY(1968, 1, 1), EVE, "64a0m", 172),
        (DAY(1968, 12, 31), SUSPENDED, "63a9m", 172),
        (DAY(1969, 1, 1), SUSPENDED, "64a0m", 172),
        (DAY(1990, 1, 1), SUSPENDED, "64a0m", 172),
    ],
)
def test_sedentary(birth: datetime.date, effect: datetime.date, age: str, quarters: int) -> None:
    assert both(SED, birth, effect) == (age, quarters)


@pytest.mark.parametrize(
    ("kind", "birth", "effect", "age", "quarters"),
    [
        (ACT, DAY(1956, 6, 30), DAY(2011, 7, 1), "55a0m", 163),
        (ACT, DAY(1956, 7, 1), DAY(2011, 11, 1), "55a4m", 163),
        (ACT, DAY(1960, 1, 1), DAY(2017, 1, 1), "57a0m", 166),
        (ACT, DAY(1965, 6, 1), LAW_2023, "57a0m", 168),
        (ACT, DAY(1966, 8, 31), LAW_2023, "57a0m", 168),
        (ACT, DAY(1966, 9, 1), LAW_2023, "57a3m", 169),
        (ACT, DAY(1967, 12, 31), SUSPENDED, "57a6m", 169),
        (ACT, DAY(1968, 1, 1), SUSPENDED, "57a9m", 170),
        (ACT, DAY(1969, 1, 1), EVE, "58a0m", 171),
        (ACT, DAY(1969, 1, 1), SUSPENDED, "57a9m", 170),
        (ACT, DAY(1970, 3, 31), SUSPENDED, "57a9m", 170),
        (ACT, DAY(1970, 4, 1), SUSPENDED, "58a0m", 171),
        (ACT, DAY(1971, 1, 1), SUSPENDED, "58a3m", 172),
        (ACT, DAY(1973, 1, 1), EVE, "59a0m", 172),
        (ACT, DAY(1973, 12, 31), SUSPENDED, "58a9m", 172),
        (ACT, DAY(1974, 1, 1), SUSPENDED, "59a0m", 172),
        (SUP, DAY(1965, 6, 1), LAW_2023, "52a0m", 166),
        (SUP, DAY(1968, 6, 1), LAW_2023, "52a0m", 167),
        (SUP, DAY(1971, 8, 31), SUSPENDED, "52a0m", 168),
        (SUP, DAY(1971, 9, 1), SUSPENDED, "52a3m", 169),
        (SUP, DAY(1975, 3, 31), SUSPENDED, "52a9m", 170),
        (SUP, DAY(1975, 4, 1), SUSPENDED, "53a0m", 171),
        (SUP, DAY(1979, 1, 1), SUSPENDED, "54a0m", 172),
    ],
)
def test_classified(kind: Category, birth: datetime.date, effect: datetime.date, age: str, quarters: int) -> None:
    assert both(kind, birth, effect) == (age, quarters)


@pytest.mark.parametrize(
    ("kind", "birth", "day"),
    [
        # Old enough under the first law; waiting for the suspension, which asks for less; on its own day.
        (SED, DAY(1961, 8, 31), DAY(2023, 8, 31)),
        (SED, DAY(1961, 9, 1), DAY(2023, 12, 1)),
        (SED, DAY(1963, 11, 30), DAY(2026, 8, 30)),
        (SED, DAY(1964, 1, 1), DAY(2026, 10, 1)),
        (SED, DAY(1963, 12, 15), DAY(2026, 9, 15)),
        (ACT, DAY(1968, 12, 31), DAY(2026, 9, 30)),
        (ACT, DAY(1969, 1, 1), DAY(2026, 10, 1)),
    ],
)
def test_the_first_day_by_age(kind: Category, birth: datetime.date, day: datetime.date) -> None:
    assert rights.legal_date(kind, birth) == day


@pytest.mark.parametrize(
    ("kind", "birth", "effect", "age"),
    [
        (SED, DAY(1946, 4, 11), DAY(2006, 5, 1), "61a0m"),
        (SED, DAY(1955, 3, 1), DAY(2018, 1, 1), "66a3m"),
        (SED, DAY(1956, 3, 1), DAY(2018, 4, 1), "66a6m"),
        (SED, DAY(1957, 12, 31), DAY(2021, 1, 1), "66a9m"),
        (SED, DAY(1958, 1, 1), DAY(2021, 1, 1), "67a0m"),
        (ACT, DAY(1967, 6, 30), DAY(2027, 7, 1), "62a0m"),
        (SUP, DAY(1975, 6, 30), DAY(2030, 7, 1), "57a0m"),
    ],
)
def test_annulment_age(kind: Category, birth: datetime.date, effect: datetime.date, age: str) -> None:
    assert str(rights.annulment_age(kind, birth, effect).value) == age


@pytest.mark.parametrize(
    ("kind", "birth", "limit", "surcote"),
    [
        (SED, DAY(1968, 6, 1), "67a0m", "63a9m"),
        (ACT, DAY(1968, 6, 1), "62a0m", "62a9m"),
        (SUP, DAY(1974, 6, 1), "57a0m", "62a9m"),
    ],
)
def test_age_limit_and_age_of_the_surcote(kind: Category, birth: datetime.date, limit: str, surcote: str) -> None:
    assert str(rights.age_limit(kind, birth, SUSPENDED).value) == limit
    assert str(rights.surcote_age(kind, birth, SUSPENDED).value) == surcote


@pytest.mark.parametrize(
    ("days", "removed", "invalid", "answer"),
    [
        (720, DAY(2011, 1, 1), False, True),
        (719, DAY(2011, 1, 1), False, False),
        (720, DAY(2010, 12, 31), False, False),
        (5400, DAY(2010, 12, 31), False, True),
        (1, DAY(2026, 1, 1), True, True),
    ],
)
def test_right_after_two_years(days: int, removed: datetime.date, invalid: bool, answer: bool) -> None:
    assert rights.has_right(days, removed, invalid=invalid).value is answer


@pytest.mark.parametrize(
    ("kind", "day", "months"),
    [
        (ACT, DAY(2011, 6, 30), 180),
        (ACT, DAY(2011, 7, 1), 184),
        (ACT, DAY(2012, 1, 1), 189),
        (ACT, DAY(2013, 1, 1), 194),
        (ACT, DAY(2014, 12, 31), 199),
        (ACT, DAY(2015, 1, 1), 204),
        (SUP, DAY(2011, 7, 1), 304),
        (SUP, DAY(2015, 1, 1), 324),
    ],
)
def test_threshold_of_classified_services(kind: Category, day: datetime.date, months: int) -> None:
    assert services_threshold(kind, day).value == months
    assert keeps_category(kind, Decimal(months), day).value
    assert not keeps_category(kind, Decimal(months) - Decimal("0.1"), day).value


def test_a_long_career_opened_before_60_has_the_quarters_of_its_opening() -> None:
    def quarters(opened: datetime.date, effect: datetime.date) -> int:
        return int(rights.required_quarters(SED, DAY(1967, 6, 1), effect, opened_on=opened).value)

    assert quarters(DAY(2023, 8, 31), DAY(2023, 8, 31)) == 168
    assert quarters(DAY(2024, 12, 31), DAY(2026, 1, 1)) == 169
    assert quarters(DAY(2025, 1, 1), DAY(2026, 1, 1)) == 170
    # From 60 on, those of the generation.
    assert quarters(DAY(2027, 6, 1), DAY(2027, 6, 1)) == 172


def test_refusals() -> None:
    with pytest.raises(ValueError, match="sedentary"):
        services_threshold(SED, DAY(2020, 1, 1))
    with pytest.raises(NotKnown):
        rights.has_right(720, DAY(1960, 1, 1))
    assert str(rights.legal_age(SED, DAY(1958, 1, 1), DAY(2012, 1, 1)).value) == "62a0m"
    with pytest.raises(NotKnown, match="not fixed"):
        rights.required_quarters(SED, DAY(1958, 1, 1), DAY(2012, 1, 1))


def test_every_step_says_its_source() -> None:
    result = rights.required_quarters(SED, DAY(1964, 7, 1), SUSPENDED)
    assert "décret 2026-344" in result.steps[0].source and result.steps[0].figures["naissance"] == DAY(1964, 7, 1)
    assert rights.required_quarters(ACT, DAY(1969, 1, 1), EVE).uncertain
