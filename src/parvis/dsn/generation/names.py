"""Invented people: names that are common in France, a NIR of their sex, birth and department, never a real person's.

The order number of the NIR begins at 900, where no town registers births.
"""

import calendar
import datetime
import random
import tomllib
from dataclasses import dataclass
from importlib import resources

_DATA = tomllib.loads((resources.files("parvis.dsn.generation") / "data" / "names.toml").read_text(encoding="utf-8"))
WOMEN, MEN, SURNAMES = (tuple(_DATA[kind]) for kind in ("women", "men", "surnames"))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as S21.G00.30 says it."""

    nir: str
    surname: str
    used_name: str | None
    first_names: str
    female: bool
    born: datetime.date
    birth_place: str
    department: str


def invented(draw: random.Random, rank: int, department: str, place: str, youngest: int, oldest: int) -> Identity:
    """Somebody born between two years. `rank` is theirs at their employer, and makes the NIR their own."""
    female = draw.random() < 0.61
    year, month = draw.randint(youngest, oldest), draw.randint(1, 12)
    born = datetime.date(year, month, draw.randint(1, calendar.monthrange(year, month)[1]))
    surname = draw.choice(SURNAMES)
    first = draw.choice(WOMEN if female else MEN)
    if draw.random() < 0.3:
        first += " " + draw.choice(WOMEN if female else MEN)
    used = draw.choice(SURNAMES) if female and draw.random() < 0.45 else None
    where = department_of_birth(department, year)
    number = nir(draw, female=female, born=born, department=where, rank=rank)
    return Identity(number, surname.upper(), used.upper() if used else None, first, female, born, place[:30], where)


def department_of_birth(department: str, year: int) -> str:
    """Two characters: 20 for Corsica before 1976, 97 for an overseas department."""
    where = department[:2]
    return "20" if where in {"2A", "2B"} and year < 1976 else where


def nir(draw: random.Random, *, female: bool, born: datetime.date, department: str, rank: int) -> str:
    """13 characters without the key, accepted by the norm's own control."""
    # Order numbers 900 to 998; the town's number carries the rest of the rank, so that nobody shares a NIR.
    order, town = 900 + rank % 99, 1 + (rank // 99 * 37 + draw.randint(0, 36)) % 989
    return f"{2 if female else 1}{born.year % 100:02d}{born.month:02d}{department}{town:03d}{order:03d}"
