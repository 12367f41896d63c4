"""The posts of a town: grades of the territorial service with their indices, and who holds them."""

import datetime
import random
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources

from parvis.dsn.generation.names import Identity, invented

CNRACL, IRCANTEC, ELECTED = "cnracl", "ircantec", "elected"
FULL = Decimal(35)


@dataclass(frozen=True, slots=True)
class Employer:
    """Whom a declaration is made for. `department`: of its people's births."""

    siren: str
    nic: str
    name: str
    postcode: str
    city: str
    department: str
    population: int

    @property
    def siret(self) -> str:
        return self.siren + self.nic


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade: its code and label, its job, steps (gross index, major index), bonus by month, active service."""

    code: str
    label: str
    job: str
    steps: tuple[tuple[int, int], ...]
    bonus: tuple[int, int]
    weight: int
    active: bool = False
    smallest_town: int = 0
    care: bool = False


def _grades() -> tuple[Grade, ...]:
    path = resources.files("parvis.dsn.generation") / "data" / "grades.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["grades"]
    return tuple(
        Grade(**{**row, "steps": tuple(map(tuple, row["steps"])), "bonus": tuple(row["bonus"])}) for row in rows
    )


GRADES = _grades()


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody at their post, from `entered` to `left`. Hours are weekly; `part_time` a percentage of them."""

    rank: int
    identity: Identity
    regime: str
    grade: Grade
    step: int
    entered: datetime.date
    left: datetime.date | None
    leaves_by: str | None
    hours: Decimal
    part_time: int
    trainee: bool
    nbi: int
    bonus: int
    children: int
    cti: int
    absent_from: datetime.date | None
    absent_until: datetime.date | None
    absence: str | None
    share: Decimal = Decimal(0)

    @property
    def contract(self) -> str:
        return f"{self.rank:05d}"

    def present(self, month: datetime.date) -> bool:
        """Whether a month is paid: one day of the post falls in it."""
        last = (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
        return self.entered <= last and (self.left is None or self.left >= month)

    def step_in(self, year: int) -> tuple[int, int]:
        """The gross and major index in a year: a step every third year."""
        moved = self.step + max(0, year - 2024 + self.rank % 3) // 3
        return self.grade.steps[min(moved, len(self.grade.steps) - 1)]


def headcount(population: int) -> int:
    """How many agents a town of so many people has: some 7 for 500, 90 for 5,000, 1,070 for 50,000 (an order of
    magnitude, for invented data)."""
    return max(1, round(0.009 * float(max(population, 1)) ** 1.08))


def elected_count(population: int) -> int:
    """Members who are paid an allowance: the mayor and deputies."""
    return min(3 + population // 1500, 30)


def staff(employer: Employer, *, seed: int, agents: int | None = None) -> tuple[Agent, ...]:
    """Everybody who works there between 2024 and 2027, elected members last; the same for the same seed."""
    draw = random.Random(f"{seed}-{employer.siret}")  # noqa: S311  (invented people)
    count = headcount(employer.population) if agents is None else agents
    members = elected_count(employer.population) if agents is None else min(3, agents // 20)
    people = [_agent(draw, rank, employer) for rank in range(1, count + 1)]
    people += [_member(draw, count + rank, employer, mayor=rank == 1) for rank in range(1, members + 1)]
    return tuple(people)


def _agent(draw: random.Random, rank: int, employer: Employer) -> Agent:
    grades = [one for one in GRADES if employer.population >= one.smallest_town]
    grade = draw.choices(grades, [one.weight for one in grades])[0]
    regime = IRCANTEC if draw.random() < 0.22 else CNRACL
    hours = FULL
    if draw.random() < 0.18 and not grade.active:
        hours = Decimal(draw.choice((28, 30, 32) if regime == CNRACL else (8, 12, 17, 20, 24, 28)))
    elif regime == CNRACL and draw.random() < 0.05:
        # A civil servant under 28 hours is Ircantec's.
        regime, hours = IRCANTEC, Decimal(draw.choice((15, 20, 24)))
    year = draw.choices((2024, 2025, 2026), (4, 3, 3))[0] if draw.random() < 0.12 else draw.randint(1992, 2023)
    entered = datetime.date(year, draw.randint(1, 12), draw.choice((1, 1, 1, 1, 15)))
    latest = min(2006, year - 18)
    identity = invented(draw, rank, employer.department, employer.city, max(1960, latest - 34), max(1961, latest))
    left, leaves_by = _leaving(draw, entered)
    absent_from, absent_until, absence = _absence(draw)
    return Agent(
        rank,
        identity,
        regime,
        grade,
        min(len(grade.steps) - 1, (2024 - year) // 6) if year < 2024 else 0,
        entered,
        left,
        leaves_by,
        hours,
        draw.choice((80, 80, 90, 50)) if hours == FULL and draw.random() < 0.1 else 100,
        regime == CNRACL and year >= 2025,
        draw.choice((10, 15, 20, 25)) if regime == CNRACL and draw.random() < 0.12 else 0,
        draw.randrange(grade.bonus[0], grade.bonus[1] + 1, 10),
        draw.choices((0, 1, 2, 3), (52, 20, 21, 7))[0],
        49 if grade.care else 0,
        absent_from,
        absent_until,
        absence,
    )


def _leaving(draw: random.Random, entered: datetime.date) -> tuple[datetime.date | None, str | None]:
    if draw.random() > 0.1:
        return None, None
    year, month = draw.choice((2025, 2026)), draw.randint(1, 12)
    left = datetime.date(year, month, 28 if month == 2 else 30)
    return (left, draw.choice(("039", "059", "100"))) if left > entered else (None, None)


def _absence(draw: random.Random) -> tuple[datetime.date | None, datetime.date | None, str | None]:
    if draw.random() > 0.12:
        return None, None, None
    first = datetime.date(draw.choice((2025, 2026)), draw.randint(1, 12), draw.randint(1, 28))
    motif, days = draw.choice((("01", 12), ("01", 35), ("14", 60), ("02", 112), ("13", 200)))
    return first, first + datetime.timedelta(days=days), motif


def _member(draw: random.Random, rank: int, employer: Employer, *, mayor: bool) -> Agent:
    identity = invented(draw, rank, employer.department, employer.city, 1950, 1990)
    share = Decimal("0.55") if mayor else Decimal("0.20")
    since = datetime.date(2020, 6, 1)
    grade = Grade("ELU", "Maire" if mayor else "Adjoint au maire", "331a", ((1027, 835),), (0, 0), 1)
    return Agent(
        rank, identity, ELECTED, grade, 0, since, None, None, FULL, 100, False, 0, 0, 0, 0, None, None, None, share
    )
