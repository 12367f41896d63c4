"""« Contrôler une DSN avant envoi »: everything is checked as on receipt, and nothing of the file is kept."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from django.conf import settings

from parvis.access.standing import Standing
from parvis.dsn import reading
from parvis.dsn.problems import CODES
from parvis.dsn.shapes import CANCELS, Declaration, DeclarationEnd, Individual, Problem, Sending
from parvis.ground import tenancy
from parvis.ground.identifiers.text import sort_key
from parvis.services.declarations.amounts import bases_of
from parvis.services.declarations.checks import CHECKS, Check, Found, found
from parvis.services.declarations.knowing import judged
from parvis.services.declarations.processing import Sums, name_of

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
    another one away, and says nothing of anybody."""

    month: datetime.date | None
    siret: str
    test: bool
    elsewhere: bool
    cancels: bool = False
    sums: Sums = field(default_factory=Sums)
    new: int = 0
    rejected: bool = False


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
                elsewhere = one.siret != self.who.siret
                self.part = Part(one.month, one.siret or "", one.test, elsewhere, one.kind == CANCELS)
                self.dry.parts.append(self.part)
            elif isinstance(one, DeclarationEnd):
                self._check()
            elif isinstance(one, Sending):
                self.dry.norm = one.norm
        self._check()
        self.dry.anomalies.sort(key=lambda line: (not line.blocking, sort_key(line.who), line.line))
        return self.dry

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
            code = CODES.get(one.code)
            self.dry.problems.append(
                Line(
                    one.line,
                    one.rubric,
                    one.code,
                    code.label if code else one.code,
                    "",
                    one.message,
                    "",
                    code.mending if code else "",
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
            for line in self._lines(case.one, found(case)):
                self.dry.counts[line.code] += 1
                if len(self.dry.anomalies) < MOST_SHOWN:
                    self.dry.anomalies.append(line)

    @staticmethod
    def _lines(one: Individual, wrong: Iterator[tuple[Check, Found]]) -> Iterator[Line]:
        name = name_of(one)
        for check, what in wrong:
            yield Line(
                what.line, "", check.code, check.label, name, what.found, what.expected, check.payroll,
                check.blocking, check.family.value,
            )  # fmt: skip
