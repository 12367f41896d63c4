"""« Contrôler une DSN avant envoi »: everything is checked as on receipt, and nothing of the file is kept."""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from typing import BinaryIO

from django.conf import settings

from parvis.access.standing import Standing
from parvis.dsn import reading
from parvis.dsn.shapes import CANCELS, Declaration, DeclarationEnd, Individual, Problem, Sending
from parvis.ground import tenancy
from parvis.ground.identifiers.text import sort_key
from parvis.services.declarations import comparing
from parvis.services.declarations.amounts import bases_of
from parvis.services.declarations.checks import CHECKS, Check, Found, found
from parvis.services.declarations.knowing import judged
from parvis.services.declarations.models import Declaration as Row
from parvis.services.declarations.outcome import Rejected, taken_by
from parvis.services.declarations.processing import Sums, name_of
from parvis.services.declarations.words import problem_label

# What a page can show; the counts are of everything.
MOST_SHOWN, MOST_PROBLEMS = 500, 200


@dataclass(frozen=True, slots=True)
class Line:
    """A fault, ready to show: of the file (`who` empty), or of an individual."""

    line: int
    rubric: str
    code: str
    label: str
    who: str
    found: str
    expected: str
    mending: str
    blocking: bool
    family: str


@dataclass(slots=True)
class Part:
    """A declaration of the file. `elsewhere`: it is of another establishment, and was not checked. `cancels`: it takes
    another one away, and says nothing of anybody. `row`: as it would be received here; `seen`: the agents (ids) in it.
    """

    month: datetime.date | None
    siret: str
    test: bool
    elsewhere: bool
    cancels: bool = False
    sums: Sums = field(default_factory=Sums)
    new: int = 0
    row: Row | None = None
    seen: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Dry:
    """What a dry check found."""

    norm: str = ""
    parts: list[Part] = field(default_factory=list)
    problems: list[Line] = field(default_factory=list)
    anomalies: list[Line] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    problem_count: int = 0
    fatal: bool = False

    @property
    def anomaly_count(self) -> int:
        return self.counts.total()

    @property
    def rejected(self) -> bool:
        """Whether the file, or a declaration of it, would be rejected."""
        return any(one.blocking for one in self.problems)

    @property
    def by_check(self) -> list[tuple[Check, int]]:
        """Which anomalies, the most frequent first."""
        return [(CHECKS[code], count) for code, count in self.counts.most_common()]


def dry_check(who: Standing, stream: BinaryIO) -> Dry:
    """Read a file and check what is this establishment's in it. Nothing is written, whatever happens: the database
    itself holds that."""
    with tenancy.scope(person=who.person_id, establishment=who.establishment_id, read_only=True):
        return _Checking(who).run(stream)


class _Checking:
    def __init__(self, who: Standing) -> None:
        self.who, self.dry = who, Dry()
        self.part: Part | None = None
        self.batch: list[Individual] = []

    def run(self, stream: BinaryIO) -> Dry:
        for one in reading.read(stream):
            if isinstance(one, Individual):
                self._individual(one)
            elif isinstance(one, Problem):
                self._problem(one)
            elif isinstance(one, Declaration):
                self._declaration(one)
            elif isinstance(one, DeclarationEnd):
                self._check()
                self._month()
            elif isinstance(one, Sending):
                self.dry.norm = one.norm
        self._check()
        self.dry.anomalies.sort(key=lambda line: (not line.blocking, sort_key(line.who), line.line))
        return self.dry

    def _declaration(self, one: Declaration) -> None:
        elsewhere = one.siret != self.who.siret
        self.part = Part(one.month, one.siret or "", one.test, elsewhere, one.kind == CANCELS)
        self.dry.parts.append(self.part)
        # A test takes nobody's place, and is compared with nothing.
        if elsewhere or one.test or one.month is None:
            return
        self.part.row = Row(
            establishment_id=self.who.establishment_id,
            month=one.month,
            nature=one.nature or "01",
            fraction=one.fraction or 1,
            fractions=one.fractions or 1,
            order=one.order or 0,
        )
        try:
            taken_by(self.part.row, one)
        except Rejected as rejected:
            for problem in rejected.problems:
                self._problem(problem)

    def _month(self) -> None:
        """What only a whole month shows, of one that comes in one piece."""
        part = self.part
        if part is None or part.row is None or part.cancels or part.row.fractions > 1:
            return
        there, missing = comparing.month_before(part.row)
        if missing is not None:
            self._anomaly(self._line("", CHECKS["MoisPer01"], missing))
        if there:
            for agent, what in comparing.absent(part.row.establishment_id, part.row.month, seen=part.seen):
                self._anomaly(self._line(agent.name, CHECKS["AbsPer01"], what))

    def _anomaly(self, line: Line) -> None:
        self.dry.counts[line.code] += 1
        if len(self.dry.anomalies) < MOST_SHOWN:
            self.dry.anomalies.append(line)

    def _individual(self, one: Individual) -> None:
        if self.part is None or self.part.elsewhere or self.part.cancels:
            return
        self.batch.append(one)
        if len(self.batch) >= settings.PARVIS_DECLARATION_BATCH:
            self._check()

    def _problem(self, one: Problem) -> None:
        self.dry.problem_count += 1
        self.dry.fatal = self.dry.fatal or one.fatal
        if len(self.dry.problems) < MOST_PROBLEMS:
            label, mending = problem_label(one.code)
            self.dry.problems.append(
                Line(
                    one.line,
                    one.rubric,
                    one.code,
                    label,
                    "",
                    one.message,
                    "",
                    mending,
                    one.blocking,
                    "fichier",
                )  # fmt: skip
            )

    def _check(self) -> None:
        part, people, self.batch = self.part, self.batch, []
        if part is None or part.month is None or not people:
            return
        for one in judged(self.who.establishment_id, part.month, people):
            case = one.case
            part.sums.individuals += 1
            part.sums.add(bases_of(case, 0))
            part.new += case.known is None and case.twin is None
            part.seen |= {each.id for each in (case.known, case.twin) if each is not None}
            for check, what in found(case):
                self._anomaly(self._line(name_of(case.one), check, what))

    @staticmethod
    def _line(name: str, check: Check, what: Found) -> Line:
        return Line(
            what.line, "", check.code, check.label, name, what.found, what.expected, check.payroll, check.blocking,
            check.family.value,
        )  # fmt: skip
