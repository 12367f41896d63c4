"""Careers drawn at random, such as columns cover: what tests and benchmark compare one by one and in columns."""

import datetime
import random
from decimal import Decimal

from parvis.regulations.pensions.career import Bonification, Career, IndexHeld, Kind, OtherYear, Stretch
from parvis.regulations.pensions.categories import Category
from parvis.regulations.pensions.children import Child
from parvis.regulations.periods import add_months

DAY, D = datetime.date, Decimal
SHARES = (D(1), D(1), D(1), D("0.8"), D("0.5"), D("0.8571"), D("0.6"))
PAST = (Kind.SERVICE,) * 6 + (Kind.SICK_LEAVE, Kind.COUNTED_LEAVE, Kind.UNCOUNTED_LEAVE, Kind.UNCOUNTED_LEAVE)
# Days beside which a law, a row or a rule changes: births and beginnings are drawn on their eves too.
EDGES = (DAY(1951, 7, 1), DAY(1956, 7, 1), DAY(1961, 7, 1), DAY(1961, 9, 1), DAY(1963, 9, 1), DAY(1964, 1, 1))
EDGES += (DAY(1965, 4, 1), DAY(1966, 9, 1), DAY(1968, 2, 29), DAY(1970, 4, 1), DAY(1971, 9, 1), DAY(1975, 4, 1))


def career(drawn: random.Random, first: int = 1945, last: int = 1985) -> Career:
    """One career; births between two years."""
    birth = _birth(drawn, first, last)
    start = add_months(birth, drawn.randint(15 * 12 + 6, drawn.choice((20, 24, 30, 45)) * 12))
    start += datetime.timedelta(days=drawn.randint(0, 30))
    category = drawn.choice((*Category, Category.SEDENTARY, Category.SEDENTARY, Category.SEDENTARY))
    firefighter = category is Category.ACTIVE and drawn.random() < 0.2
    stretches = []
    for _ in range(drawn.choice((0, 0, 1, 2, 3, 5))):
        end = add_months(start, drawn.randint(1, 100)) + datetime.timedelta(days=drawn.randint(0, 30))
        stretches.append(
            Stretch(start, end, drawn.choice(PAST), drawn.choice(SHARES), category, drawn.random() < 0.2, firefighter)
        )
        start = end + datetime.timedelta(days=drawn.choice((0, 0, 0, drawn.randint(1, 900))))
        category = drawn.choice((category, category, category, *Category))
        firefighter = category is Category.ACTIVE and drawn.random() < 0.2
    removed = None
    if drawn.random() < 0.15:
        removed = add_months(max(start, DAY(2009, 10, 1)), drawn.randint(1, 240))
    share, whole = drawn.choice(SHARES), drawn.random() < 0.2
    stretches.append(Stretch(start, removed, Kind.SERVICE, share, category, whole, firefighter))
    if drawn.random() < 0.3:
        begun = add_months(birth, drawn.randint(16 * 12, 22 * 12))
        stretches.append(Stretch(begun, add_months(begun, drawn.randint(1, 90)), Kind.OTHER_SCHEME))
    return Career(
        birth,
        tuple(stretches),
        _indices(drawn, start),
        _children(drawn, birth),
        _bonifications(drawn),
        _other_years(drawn, birth.year),
        volunteer_years=drawn.choice((0, 0, 0, 0, 5, 10, 24, 40)),
        disabled_since=add_months(birth, drawn.randint(240, 720)) if drawn.random() < 0.1 else None,
    )


def _birth(drawn: random.Random, first: int, last: int) -> datetime.date:
    edges = [one for one in EDGES if first <= one.year <= last]
    if edges and drawn.random() < 0.25:
        return drawn.choice(edges) + datetime.timedelta(days=drawn.randint(-1, 1))
    return DAY(drawn.randint(first, last), 1, 1) + datetime.timedelta(days=drawn.randint(0, 364))


def _indices(drawn: random.Random, start: datetime.date) -> tuple[IndexHeld, ...]:
    index = IndexHeld(drawn.randint(280, 1200), DAY(1990, 1, 1))
    if drawn.random() < 0.7:
        return (index,)
    return (index, IndexHeld(index.index + drawn.randint(1, 60), add_months(start, drawn.randint(0, 100))))


def _children(drawn: random.Random, birth: datetime.date) -> tuple[Child, ...]:
    return tuple(
        Child(add_months(birth, drawn.randint(18 * 12, 42 * 12)), *(drawn.random() < 0.8 for _ in range(3)))
        for _ in range(drawn.choice((0, 0, 1, 2, 3, 3, 4, 6)))
    )


def _bonifications(drawn: random.Random) -> tuple[Bonification, ...]:
    return tuple(
        Bonification(drawn.randint(1, 12), "autre", drawn.random() < 0.5, drawn.random() < 0.5)
        for _ in range(drawn.choice((0, 0, 0, 1, 2)))
    )


def _other_years(drawn: random.Random, birth: int) -> tuple[OtherYear, ...]:
    first = birth + drawn.randint(15, 24)
    years = []
    for year in range(first, first + drawn.choice((0, 0, 2, 6, 15, 25))):
        quarters = drawn.randint(0, 4)
        years.append(OtherYear(year, quarters, drawn.randint(0, quarters)))
    return tuple(years)
