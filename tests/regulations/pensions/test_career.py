"""What is counted of a career on a day, and careers that are none."""

import datetime
from decimal import Decimal

import pytest

from parvis.regulations.pensions.career import (
    Career,
    IndexHeld,
    Kind,
    OtherYear,
    Stretch,
    classified_days,
    counted,
    index_held,
    quarters_by_end_of,
    reaches_on,
)
from parvis.regulations.pensions.categories import Category

DAY, D = datetime.date, Decimal
INDEX = (IndexHeld(400, DAY(2000, 1, 1)),)


def career(*stretches: Stretch, **more: object) -> Career:
    return Career(DAY(1966, 6, 1), stretches, INDEX, **more)  # type: ignore[arg-type]


def test_part_time_counts_pro_rata_in_services_and_whole_in_insurance() -> None:
    have = counted(
        career(
            Stretch(DAY(2000, 1, 1), DAY(2010, 1, 1)),
            Stretch(DAY(2010, 1, 1), DAY(2014, 1, 1), share=D("0.5")),
            Stretch(DAY(2014, 1, 1), DAY(2016, 1, 1), share=D("0.5"), kept_whole=True),
        ),
        DAY(2020, 1, 1),
    )
    assert (have.services, have.insured, have.contributed) == (40 + 8 + 8, 64, 64)
    assert have.effective_days == 16 * 360


def test_leave() -> None:
    have = counted(
        career(
            Stretch(DAY(2000, 1, 1), DAY(2005, 1, 1)),
            Stretch(DAY(2005, 1, 1), DAY(2007, 1, 1), Kind.SICK_LEAVE),
            Stretch(DAY(2007, 1, 1), DAY(2008, 1, 1), Kind.COUNTED_LEAVE),
            Stretch(DAY(2008, 1, 1), DAY(2012, 1, 1), Kind.UNCOUNTED_LEAVE),
        ),
        DAY(2020, 1, 1),
    )
    # Illness is contributed for four quarters at most, a counted leave is not.
    assert (have.services, have.insured, have.contributed) == (32, 32, 24)


def test_no_year_holds_more_than_four_quarters() -> None:
    own = Stretch(DAY(2000, 7, 1), DAY(2002, 1, 1))
    alone = counted(career(own), DAY(2010, 1, 1)).insured
    both = career(own, other_years=(OtherYear(2000, 4, 4), OtherYear(2001, 4, 2), OtherYear(1999, 3, 1)))
    assert alone == 6
    assert counted(both, DAY(2010, 1, 1)).insured == 4 + 4 + 3
    assert counted(both, DAY(2010, 1, 1)).contributed == 4 + 4 + 1
    elsewhere = career(own, Stretch(DAY(1999, 1, 1), DAY(2000, 10, 1), Kind.OTHER_SCHEME))
    assert counted(elsewhere, DAY(2010, 1, 1)).insured == 4 + 4 + 4
    assert counted(elsewhere, DAY(2010, 1, 1)).services == 6


def test_only_what_lies_before_the_day_counts() -> None:
    own = career(Stretch(DAY(2000, 1, 1)), other_years=(OtherYear(2030, 4, 4),))
    assert counted(own, DAY(2001, 1, 1)).insured == 4
    assert own.removed_on(DAY(2026, 1, 1)) == DAY(2026, 1, 1)
    left = career(Stretch(DAY(2000, 1, 1), DAY(2020, 1, 1)))
    assert left.removed_on(DAY(2026, 1, 1)) == DAY(2020, 1, 1)


def test_disabled_from_a_day_on() -> None:
    own = career(Stretch(DAY(2000, 1, 1)), disabled_since=DAY(2010, 1, 1))
    assert counted(own, DAY(2020, 1, 1)).contributed_disabled == 40
    assert counted(own, DAY(2009, 1, 1)).contributed_disabled == 0


def test_classified_services_and_the_day_on_which_they_suffice() -> None:
    own = career(
        Stretch(DAY(1990, 1, 1), DAY(1995, 1, 1), category=Category.ACTIVE),
        Stretch(DAY(1995, 1, 1), DAY(2000, 1, 1)),
        Stretch(DAY(2000, 1, 1), category=Category.SUPER_ACTIVE),
    )
    assert classified_days(own, Category.ACTIVE, DAY(2010, 1, 1)) == 15 * 360
    assert classified_days(own, Category.SUPER_ACTIVE, DAY(2010, 1, 1)) == 10 * 360
    assert reaches_on(own, Category.ACTIVE, 15 * 360, DAY(2020, 1, 1)) == DAY(2010, 1, 1)
    assert reaches_on(own, Category.ACTIVE, 15 * 360, DAY(2009, 1, 1)) is None
    assert own.last_category() is Category.SUPER_ACTIVE


def test_the_start_of_a_long_career() -> None:
    own = career(Stretch(DAY(1986, 7, 1)), other_years=(OtherYear(1984, 2, 2), OtherYear(1985, 1, 1)))
    assert quarters_by_end_of(own, 1985) == 3 and quarters_by_end_of(own, 1986) == 5


def test_quarters_by_the_end_of_a_year_are_no_more_than_it_holds() -> None:
    """Who joins in a year that another scheme states too has four of it, not eight: no long career comes of it."""
    own = career(Stretch(DAY(1987, 1, 1)), other_years=(OtherYear(1987, 4, 4),))
    assert quarters_by_end_of(own, 1987) == 4 and quarters_by_end_of(own, 1988) == 8
    half = career(Stretch(DAY(1987, 7, 1)), other_years=(OtherYear(1987, 4, 4),))
    assert quarters_by_end_of(half, 1987) == 4
    both = career(Stretch(DAY(1987, 1, 1)), Stretch(DAY(1986, 7, 1), DAY(1987, 7, 1), Kind.OTHER_SCHEME))
    assert quarters_by_end_of(both, 1987) == 6


@pytest.mark.parametrize(
    ("removed", "index"),
    [(DAY(2026, 6, 30), 400), (DAY(2026, 7, 1), 450), (DAY(2020, 2, 1), 380), (DAY(2020, 7, 1), 400)],
)
def test_the_index_is_held_for_six_months(removed: datetime.date, index: int) -> None:
    own = Career(
        DAY(1966, 6, 1),
        (Stretch(DAY(1990, 1, 1)),),
        (IndexHeld(450, DAY(2026, 1, 1)), IndexHeld(380, DAY(2019, 1, 1)), IndexHeld(400, DAY(2020, 1, 1))),
    )
    assert index_held(own, removed).index == index


def test_careers_that_are_none() -> None:
    one, other = Stretch(DAY(2000, 1, 1), DAY(2010, 1, 1)), Stretch(DAY(2009, 12, 31))
    with pytest.raises(ValueError, match="overlap"):
        career(one, other)
    with pytest.raises(ValueError, match="overlap"):
        career(Stretch(DAY(2000, 1, 1)), Stretch(DAY(2010, 1, 1)))
    with pytest.raises(ValueError, match="at least"):
        Career(DAY(1966, 1, 1), (), INDEX)
    with pytest.raises(ValueError, match="twice"):
        career(one, other_years=(OtherYear(1990, 1, 1), OtherYear(1990, 2, 2)))
    with pytest.raises(ValueError, match="after it starts"):
        Stretch(DAY(2000, 1, 1), DAY(2000, 1, 1))
    with pytest.raises(ValueError, match="share"):
        Stretch(DAY(2000, 1, 1), share=D(0))
    with pytest.raises(ValueError, match="0 to 4"):
        OtherYear(2000, 5, 5)
