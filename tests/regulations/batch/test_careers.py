"""The columns that stand for a career of periods, number by number."""

import datetime
from decimal import Decimal

import pytest

from parvis.regulations.pensions.career import Bonification, Career, IndexHeld, Kind, OtherYear, Stretch
from parvis.regulations.pensions.categories import Category
from parvis.regulations.pensions.children import Child

np = pytest.importorskip("numpy", reason="the extra « batch » is not installed")

from parvis.regulations.batch.careers import NAMES, CareerColumns, columns_of  # noqa: E402

DAY, D = datetime.date, Decimal

OWN = Career(
    birth=DAY(1964, 7, 1),
    stretches=(
        Stretch(DAY(1980, 1, 1), DAY(1981, 4, 1), Kind.OTHER_SCHEME),
        Stretch(DAY(1985, 1, 1), DAY(1995, 1, 1), share=D("0.8"), category=Category.SUPER_ACTIVE),
        Stretch(DAY(1995, 1, 1), DAY(1996, 1, 1), Kind.SICK_LEAVE, category=Category.ACTIVE),
        Stretch(DAY(1996, 1, 1), DAY(1996, 7, 1), Kind.UNCOUNTED_LEAVE),
        Stretch(DAY(1996, 7, 1), DAY(1997, 7, 1), Kind.COUNTED_LEAVE, D("0.5"), kept_whole=True),
        Stretch(DAY(1997, 7, 1), DAY(2003, 7, 1), category=Category.ACTIVE, firefighter=True),
        Stretch(DAY(2003, 7, 1), DAY(2030, 1, 1), share=D("0.9"), category=Category.ACTIVE),
    ),
    indices=(IndexHeld(450, DAY(2020, 1, 1)), IndexHeld(400, DAY(2010, 1, 1))),
    children=(
        Child(DAY(1992, 1, 1)),
        Child(DAY(1994, 1, 1), interrupted=False, raised=False),
        Child(DAY(2003, 12, 31)),
        Child(DAY(2004, 1, 1)),
        Child(DAY(2006, 1, 1), borne_in_service=False),
    ),
    bonifications=(
        Bonification(3, "dépaysement"),
        Bonification(5, "enfant handicapé", for_surcote=True, in_services=False),
        Bonification(2, "autre", for_surcote=True),
    ),
    # 1985 is full of services already; half of 1996 is not.
    other_years=(OtherYear(1984, 4, 2), OtherYear(1985, 4, 4), OtherYear(1996, 4, 4)),
    volunteer_years=12,
    disabled_since=DAY(2000, 7, 1),
)


def test_each_number_of_a_career() -> None:
    columns = columns_of([OWN])
    found = {name: getattr(columns, name)[0].tolist() for name in NAMES}
    assert found == {
        "birth": DAY(1964, 7, 1),
        "since": DAY(2003, 7, 1),
        # Six months after the last index.
        "settled": DAY(2020, 7, 1),
        "removed": DAY(2030, 1, 1),
        "category": 1,
        "share": 9_000,
        "firefighter": 0,
        "index": 450,
        "worked_days": 16 * 360,
        "sick_days": 360,
        "counted_leave_days": 360,
        "liquidated": (10 * 360 * 8 + 8 * 360 * 10) * 1_000,
        "firefighter_days": 6 * 360,
        "active_days": 17 * 360,
        "super_active_days": 10 * 360,
        # 15 years of classified services, the leave that is sedentary apart.
        "active_reached": DAY(2001, 7, 1),
        "super_active_reached": None,
        "other_days": 450 + 360 + 180,
        "other_paid_days": 450 + 180 + 180,
        "begun": [4, 5, 5, 9, 13],
        "children_before_2004": 2,
        "children_since_2004": 1,
        "children_raised": 4,
        "bonifications": 5,
        "duration_quarters": 5,
        "surcote_quarters": 7,
        "volunteer_years": 12,
        "disabled_since": DAY(2000, 7, 1),
        "disabled_worked_days": 3 * 360,
        "disabled_sick_days": 0,
        "disabled_other_quarters": 0,
    }


def test_the_past_is_settled_once_the_last_year_elsewhere_is_over() -> None:
    own = Career(
        DAY(1970, 1, 1),
        (Stretch(DAY(1999, 4, 1)), Stretch(DAY(1990, 1, 1), DAY(1999, 4, 1), Kind.OTHER_SCHEME)),
        (IndexHeld(400, DAY(2020, 1, 1)),),
        other_years=(OtherYear(2005, 1, 0),),
    )
    columns = columns_of([own, Career(own.birth, own.stretches[:1], own.indices)])
    assert columns.settled.tolist() == [DAY(2006, 1, 1), DAY(1999, 4, 1)]
    assert columns.removed.tolist() == [None, None] and columns.since.tolist() == [DAY(1999, 4, 1)] * 2
    assert columns.other_days.tolist() == [9 * 360 + 90, 0]


def test_a_part_is_some_of_the_rows() -> None:
    columns = columns_of([OWN] * 5)
    assert columns.length() == 5 and columns.part(1, 3).length() == 2 and columns.part(3, 9).length() == 2
    assert isinstance(columns.part(0, 0), CareerColumns) and columns.part(0, 0).length() == 0
