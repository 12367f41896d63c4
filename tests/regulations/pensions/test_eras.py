"""Within each era of rules since 2011, with the euros of its first day, the amount never falls when one leaves later.

Since 2023-09 (loi 2023-270) and 2026-09 (suspension): `test_estimate.py`, which also names what may fall between two.
"""

import datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.parameters import tables
from parvis.regulations.pensions.career import Bonification, Career, IndexHeld, Kind, OtherYear, Stretch
from parvis.regulations.pensions.categories import Category, laws
from parvis.regulations.pensions.children import Child
from parvis.regulations.periods import add_months
from tests.regulations.pensions.hands import two_amounts

DAY, D = datetime.date, Decimal
# Laws of ages and durations, and the decree that opened the doors of long careers.
STARTS = [DAY(2011, 7, 1), DAY(2012, 11, 1), DAY(2014, 1, 22), DAY(2023, 9, 1)]
ERAS = [(start, end - datetime.timedelta(days=1)) for start, end in zip(STARTS, STARTS[1:], strict=False)]


def test_the_eras_are_those_of_the_tables() -> None:
    begun = {*laws().values(), *(one.valid_from for one in tables.table("cnracl_early.long_career").versions)}
    assert sorted(day for day in begun if DAY(2011, 1, 1) < day <= DAY(2023, 9, 1)) == STARTS


@st.composite
def careers(draw: st.DrawFn) -> Career:
    birth = draw(st.dates(DAY(1951, 7, 1), DAY(1966, 12, 31)))
    start = add_months(birth, draw(st.integers(15 * 12, 40 * 12)))
    kind = draw(st.sampled_from([Category.SEDENTARY, *Category]))
    shares = st.sampled_from([D(1), D(1), D("0.8"), D("0.5")])
    stretches = []
    for _ in range(draw(st.integers(0, 3))):
        end = add_months(start, draw(st.integers(3, 120))) + datetime.timedelta(days=draw(st.integers(0, 27)))
        what = draw(st.sampled_from([Kind.SERVICE, Kind.SERVICE, Kind.SICK_LEAVE, Kind.UNCOUNTED_LEAVE]))
        stretches.append(Stretch(start, end, what, draw(shares), kind))
        start = end
    stretches.append(Stretch(start, None, Kind.SERVICE, draw(shares), kind))
    first = birth.year + draw(st.integers(15, 22))
    return Career(
        birth,
        tuple(stretches),
        (IndexHeld(draw(st.integers(366, 900)), DAY(1960, 1, 1)),),
        tuple(Child(add_months(birth, months)) for months in draw(st.lists(st.integers(240, 480), max_size=5))),
        (Bonification(draw(st.integers(0, 20)), "autre"),),
        tuple(OtherYear(first + n, 4, draw(st.integers(0, 4))) for n in range(draw(st.integers(0, 12)))),
        disabled_since=draw(st.sampled_from([None, None, None, add_months(birth, 360)])),
    )


@settings(max_examples=60, deadline=None)
@given(own=careers(), era=st.sampled_from(ERAS), first=st.integers(0, 5500), later=st.integers(1, 2000))
def test_within_an_older_era_the_amount_never_falls_when_one_leaves_later(
    own: Career, era: tuple[datetime.date, datetime.date], first: int, later: int
) -> None:
    earlier, after = two_amounts(own, era, first, later)
    assert after >= earlier
