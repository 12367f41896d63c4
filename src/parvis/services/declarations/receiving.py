"""`parvis dsn receive`: the files that Net-entreprises hands to the operator, each of them once, whole or not at all.

A file is known by its SHA-256: the same one again, under any name, changes nothing. Its work is one transaction, so
that a kill leaves it as it was, to be done again from its beginning. It is read as a stream, a batch at a time. What
lies in the folder is registered first (`registering`): « Reçue » until its own control begins.
"""

import datetime
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import DataError, IntegrityError

from parvis.dsn import reading
from parvis.dsn.shapes import CANCELS, DeclarationEnd, Individual, Problem, Read
from parvis.dsn.shapes import Declaration as Told
from parvis.dsn.shapes import Sending as Sent
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import plural
from parvis.services.declarations import outcome, registering, taking
from parvis.services.declarations.heads import Head, entered
from parvis.services.declarations.models import Declaration, Sending
from parvis.services.declarations.outcome import Rejected
from parvis.services.declarations.processing import Work

OWNER = "parvis_owner"
MOST_PROBLEMS = 50


class Broken(Exception):
    """The file cannot be read to its end, or says something wrong of itself; nothing of it was written.

    `problems`: the blocking ones that were met, the first one first.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(slots=True)
class Report:
    """What a run did."""

    files: int = 0
    already: int = 0
    refused: int = 0
    declarations: int = 0
    rejected: int = 0
    strangers: int = 0
    individuals: int = 0
    anomalies: int = 0

    def add(self, other: "Report") -> None:
        """What one file came to."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def __str__(self) -> str:
        files = (
            f"{plural(self.files, 'fichier reçu', 'fichiers reçus')}, "
            f"{plural(self.already, 'déjà reçu', 'déjà reçus')}, {plural(self.refused, 'refusé', 'refusés')}"
        )
        return (
            f"{files} : {plural(self.declarations, 'déclaration', 'déclarations')} "
            f"({plural(self.rejected, 'rejetée', 'rejetées')}, {self.strangers} sans établissement), "
            f"{plural(self.individuals, 'individu', 'individus')}, {plural(self.anomalies, 'anomalie', 'anomalies')}."
        )


Tell = Callable[[str], None]


@dataclass(slots=True)
class _Waiting:
    """A file of a folder that was not taken yet, and what its headers say, once it was looked at."""

    path: Path
    digest: str = ""
    heads: list[Head] = field(default_factory=list)
    sirets: set[str] = field(default_factory=set)
    seen: tuple[int, ...] = ()

    def look(self, stream: BinaryIO) -> None:
        """Once, and again where the file has changed since: what was registered of it is no longer there."""
        found = os.fstat(stream.fileno())
        seen = (found.st_ino, found.st_size, found.st_mtime_ns)
        if seen == self.seen:
            return
        before, self.seen = self.digest, seen
        self.digest, self.heads = entered(stream)
        self.sirets = {head.siret for head in self.heads}
        if before not in ("", self.digest):
            registering.forget(before)


def receive(folder: Path, *, tell: Tell = lambda text: None) -> Report:
    """Every file of a folder, the oldest month first; `tell` gets a sentence for what is refused. As the owner.

    Several processes may share a folder: each takes the files whose employers no other one is at, and an employer's in
    their order (`taking`). Raises OSError where a file cannot be read.
    """
    report, files = Report(), [_Waiting(path) for path in taking.in_order(folder)]
    for one in files:
        with one.path.open("rb") as stream:
            one.look(stream)
    registering.register([(one.path.name, one.digest, one.heads) for one in files])
    met = stuck = False
    while files:
        left: list[_Waiting] = []
        later: set[str] = set()
        for one in files:
            with one.path.open("rb") as stream:
                one.look(stream)
                # Where nothing could be taken at all, whoever has the first one is waited for.
                wait = stuck and not left
                if later.isdisjoint(one.sirets) and _took(one, stream, report, tell, wait=wait, met=met):
                    continue
            left.append(one)
            later |= one.sirets
        met, stuck = True, len(left) == len(files)
        done = _done([one.digest for one in left])
        files = [one for one in left if one.digest not in done]
    return report


def _took(one: _Waiting, stream: BinaryIO, report: Report, tell: Tell, *, wait: bool, met: bool) -> bool:
    with taking.held(taking.locks_of(one.digest, one.sirets), wait=wait) as mine:
        if mine:
            _receive(stream, one.path.name, one.digest, one.heads, report, tell, clock.now(), quiet=False, met=met)
        return mine


def _done(digests: list[str]) -> set[str]:
    """Those of the files that another process has dealt with meanwhile."""
    with tenancy.scope(role=OWNER):
        rows = Sending.objects.filter(digest__in=digests).exclude(state=Sending.State.PENDING)
        return set(rows.values_list("digest", flat=True))


def receive_file(
    stream: BinaryIO,
    name: str,
    *,
    report: Report,
    tell: Tell = lambda text: None,
    at: datetime.datetime | None = None,
    quiet: bool = False,
) -> None:
    """One file: entered, then read and checked in one transaction. Raises OSError.

    `at`: when it came, now unless the demo says otherwise; `quiet`: nobody is told, and no history is written.
    """
    digest, heads = entered(stream)
    with taking.held(taking.locks_of(digest, {head.siret for head in heads}), wait=True):
        _receive(stream, name, digest, heads, report, tell, at or clock.now(), quiet=quiet)


def _receive(
    stream: BinaryIO,
    name: str,
    digest: str,
    heads: list["Head"],
    report: Report,
    tell: Tell,
    at: datetime.datetime,
    *,
    quiet: bool,
    met: bool = False,
) -> None:
    """`met`: another process was at it, and may be done: then it is none that was received before."""
    with tenancy.scope(role=OWNER):
        found = registering.taken(name, digest, heads, at)
    if found is None:
        report.already += not met
        return
    sending, places = found
    report.files += 1

    def work() -> Report:
        own = Report()
        stream.seek(0)
        with tenancy.scope(role=OWNER):
            _File(digest, places, own, tell, name, at, quiet).work(stream)
            _end(sending, Sending.State.DONE)
        return own

    try:
        report.add(taking.tried(work))
    except (DataError, IntegrityError, taking.Busy) as fault:
        # What the database says of a row is not told: it may hold what was declared of somebody.
        report.refused += 1
        tell(f"{name} : rien n’en est enregistré ({type(fault).__name__}), il sera repris la prochaine fois.")
    except Broken as broken:
        problem = broken.problems[0]
        report.refused += 1
        tell(f"{name} : ligne {problem.line}{f', {problem.rubric}' if problem.rubric else ''} : {problem.message}")
        with tenancy.scope(role=OWNER):
            sending.line, sending.rubric, sending.says = problem.line, problem.rubric, problem.message[:300]
            _end(sending, Sending.State.REFUSED)
            Declaration.objects.filter(digest=digest, establishment_id__in=set(places.values())).update(
                state=Declaration.State.REJECTED,
                processed_at=clock.now(),
                reports_on=at.astimezone(clock.PARIS).date(),
                problems=[_problem(one) for one in broken.problems],
            )


def _end(sending: Sending, state: Sending.State) -> None:
    sending.state, sending.finished_at = state, clock.now()
    sending.save()


def _problem(one: Problem) -> dict[str, object]:
    return {"line": one.line, "rubric": one.rubric, "code": one.code, "says": one.message}


class _File:
    """The reading of one file, inside its transaction."""

    def __init__(
        self,
        digest: str,
        places: dict[str, int],
        report: Report,
        tell: Tell,
        name: str,
        at: datetime.datetime,
        quiet: bool,
    ) -> None:
        self.digest, self.places, self.report, self.tell, self.name = digest, places, report, tell, name
        self.at, self.quiet = at, quiet
        self.sent: Sent | None = None
        self.early: list[Problem] = []
        self.met: list[Problem] = []
        self.events: Iterator[Read] = iter(())

    def work(self, stream: BinaryIO) -> None:
        """Every declaration of it. Raises Broken."""
        self.events = reading.read(stream)
        for one in self.events:
            if isinstance(one, Problem):
                self._whole_file(one)
                self.early.append(one)
            elif isinstance(one, Sent):
                self.sent = one
            elif isinstance(one, Told):
                self._declaration(one)
                self.early = []

    def _whole_file(self, one: Problem) -> None:
        if one.blocking and len(self.met) < MOST_PROBLEMS:
            self.met.append(one)
        if one.fatal or (one.blocking and not one.declaration):
            raise Broken(self.met)

    def _declaration(self, told: Told) -> None:
        place = self.places.get(told.siret or "")
        self.report.declarations += 1
        if place is None or told.month is None:
            self.report.strangers += 1
            if place is not None:
                # Announced by its raw head, and its month is none.
                Declaration.objects.filter(establishment_id=place, digest=self.digest, number=told.number).update(
                    state=Declaration.State.REJECTED,
                    processed_at=clock.now(),
                    problems=[_problem(one) for one in self.early if one.blocking][:MOST_PROBLEMS],
                )
            self.tell(f"{self.name} : la déclaration {told.number} est d’un établissement que Parvis ne connaît pas.")
            self._skip()
            return
        row = self._row(place, told)
        try:
            with tenancy.scope(establishment=place, role=OWNER):
                self._checked(row, told)
        except Rejected as rejected:
            self.report.rejected += 1
            for problem in rejected.problems[:1]:
                self.tell(f"{self.name} : déclaration {told.number}, ligne {problem.line} : {problem.message}")
            row.state, row.processed_at = Declaration.State.REJECTED, clock.now()
            row.problems = [_problem(one) for one in rejected.problems[:MOST_PROBLEMS]]
            # Told at once: nothing is waited for.
            row.individuals, row.reports_on = 0, row.received_at.astimezone(clock.PARIS).date()
            row.save()

    def _row(self, place: int, told: Told) -> Declaration:
        values = {
            "month": told.month,
            "nature": told.nature or "01",
            "kind": told.kind or "01",
            "fraction": told.fraction or 1,
            "fractions": told.fractions or 1,
            "order": told.order or 0,
            "norm": self.sent.norm if self.sent else "",
            "software": ((self.sent.software if self.sent else "") or "")[:60],
            "test": told.test,
            "state": Declaration.State.CHECKING,
        }
        which: dict[str, Any] = {"establishment_id": place, "digest": self.digest, "number": told.number}
        row = Declaration.objects.filter(**which).first()
        if row is None:
            return Declaration.objects.create(**which, **values, received_at=self.at)
        # Announced; the lock on its file is held, and its end saves it.
        for name, value in values.items():
            setattr(row, name, value)
        return row

    def _skip(self) -> None:
        for one in self.events:
            if isinstance(one, Problem):
                self._whole_file(one)
            elif isinstance(one, DeclarationEnd):
                return

    def _checked(self, row: Declaration, told: Told) -> None:
        """The individuals of one declaration. Raises Rejected, at its end, for what its lines say wrong."""
        wrong = [one for one in self.early if one.blocking]
        replaced: list[Declaration] = []
        work: Work | None = None
        if not wrong:
            try:
                replaced = outcome.place_of(row, told)
                work = Work(row, replaces=replaced[0] if replaced else None)
            except Rejected as rejected:
                wrong += rejected.problems
        batch: list[Individual] = []
        for one in self.events:
            if isinstance(one, Individual):
                # What an « annulation » may say of somebody is not theirs any more.
                if work is not None and not wrong and told.kind != CANCELS:
                    batch.append(one)
                    if len(batch) >= settings.PARVIS_DECLARATION_BATCH:
                        work.batch(batch)
                        batch = []
            elif isinstance(one, Problem):
                self._whole_file(one)
                if one.blocking and len(wrong) < MOST_PROBLEMS:
                    wrong.append(one)
            elif isinstance(one, DeclarationEnd):
                break
        if wrong or work is None:
            raise Rejected(wrong)
        if batch:
            work.batch(batch)
        outcome.finish(work, told, replaced, quiet=self.quiet)
        self.report.individuals += work.sums.individuals
        self.report.anomalies += work.sums.anomalies.total()
