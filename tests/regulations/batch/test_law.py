"""The law as arrays: what the functions of one career answer, at every boundary and on its eve."""

import datetime
from decimal import Decimal

import pytest

from parvis.regulations.parameters import NotKnown, value
from parvis.regulations.parameters.tables import find
from parvis.regulations.pensions import rights
from parvis.regulations.pensions.categories import Category

np = pytest.importorskip("numpy", reason="the extra « batch » is not installed")

from parvis.regulations.batch.days import day  # noqa: E402
from parvis.regulations.batch.eras import DAWN, MISSING, Breaks, changes, grid, line, whole  # noqa: E402
from parvis.regulations.batch.pensions_law import CATEGORIES, EIGHTHS, POINT, law  # noqa: E402

DAY = datetime.date
EVE = datetime.timedelta(days=1)


def places(breaks: Breaks, *days: datetime.date) -> list[int]:
    return breaks.place(np.array([day(one) for one in days])).tolist()


def test_a_day_lies_after_the_last_change() -> None:
    breaks = Breaks([DAY(2023, 9, 1), DAY(2011, 7, 1), DAY(2023, 9, 1)])
    assert breaks.starts == (DAWN, DAY(2011, 7, 1), DAY(2023, 9, 1)) and len(breaks) == 3
    assert places(breaks, DAY(1850, 1, 1), DAY(2011, 6, 30), DAY(2011, 7, 1), DAY(2023, 8, 31)) == [0, 0, 1, 1]
    assert places(breaks, DAY(2023, 9, 1), DAY(2199, 12, 31)) == [2, 2]


def test_changes_are_those_of_parameters_versions_and_rows() -> None:
    known = changes(parameters=["cnracl_pensions.minimum_reference"])
    assert DAY(2026, 1, 1) in known.starts and DAY(2027, 1, 1) in known.starts  # known before 2027 only
    ended = changes(parameters=["cnracl_pensions.surcote_quarters"])
    assert ended.starts == (DAWN, DAY(2004, 1, 1), DAY(2010, 11, 11))
    assert DAY(2026, 9, 1) in changes(versions=["cnracl_pensions.active"]).starts
    assert DAY(1970, 4, 1) in changes(rows=["cnracl_pensions.active"]).starts
    # A table by age has no row that is a day.
    assert changes(rows=["cnracl_early.disability"]).starts == (DAWN,)


def test_numbers_are_whole_and_what_is_not_known_says_so() -> None:
    assert whole(lambda: Decimal("1.25"), 8) == 10
    assert whole(lambda: None) == MISSING
    assert whole(lambda: value("pay.point_value", on=DAY(1990, 1, 1))) == MISSING
    with pytest.raises(ValueError, match="whole number of 1/2"):
        whole(lambda: Decimal("1.25"), 2)
    breaks = Breaks([DAY(2011, 7, 1)])
    assert line(breaks, lambda on: on.year).tolist() == [1900, 2011]
    assert grid(breaks, breaks, lambda first, second: first.year + second.year).tolist() == [3800, 3911, 3911, 4022]


def test_every_boundary_reads_the_law_of_its_right_side() -> None:
    own = law()
    for start in own.eras.starts[1:]:
        for on in (start - EVE, start):
            (era,) = places(own.eras, on)
            assert own.point[era] == whole(lambda on=on: value("pay.point_value", on=on), POINT)
            assert own.reference[era] == whole(lambda on=on: value("cnracl_pensions.minimum_reference", on=on), 100)
            assert own.surcote_rate[era] == whole(lambda on=on: value("cnracl_pensions.surcote_rate", on=on), EIGHTHS)


@pytest.mark.parametrize("category", Category)
def test_every_generation_reads_its_row(category: Category) -> None:
    own, of = law(), law().categories[CATEGORIES.index(category)]
    for birth in (one for start in own.births.starts[1:] for one in (start - EVE, start)):
        for on in (DAY(2011, 6, 30), DAY(2014, 1, 22), DAY(2023, 8, 31), DAY(2023, 9, 1), DAY(2026, 9, 1)):
            (generation,), (era,) = places(own.births, birth), places(own.eras, on)
            cell = generation * len(own.eras) + era
            assert of.age[cell] == rights.legal_age(category, birth, on).value.in_months
            assert of.limit[cell] == rights.age_limit(category, birth, on).value.in_months
            own_quarters = find(f"cnracl_pensions.{category.value}.quarters", on=on, at=birth)
            assert of.quarters[cell] == (MISSING if own_quarters is None else own_quarters.value)


def test_a_long_career_reads_the_day_of_opening() -> None:
    own = law()
    for start in own.openings.starts[1:]:
        for opened in (start - EVE, start):
            (opening,), (era,) = places(own.openings, opened), places(own.eras, DAY(2026, 9, 1))
            try:
                birth = opened.replace(year=opened.year - 58, day=1)
                expected = rights.required_quarters(Category.SEDENTARY, birth, DAY(2026, 9, 1), opened_on=opened).value
            except NotKnown:
                expected = Decimal(MISSING)
            assert own.early_quarters[opening * len(own.eras) + era] == expected
