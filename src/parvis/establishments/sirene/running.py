"""Going through a run: each stride of lines is committed with what it kept, so that a killed run goes on where it was.

As the owner, one run at a time (an advisory lock of the session, which dies with the process). Nothing in the directory
changes before all files are read without a wrong line; then it changes at once (`applying`).
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from parvis.establishments.lines import LONGEST_LINE, SHOWN_ERRORS, Errors, Rejected
from parvis.establishments.models import SireneRun
from parvis.establishments.sirene import applying, reading
from parvis.establishments.sirene.files import Columns, Source
from parvis.establishments.sirene.reading import PLACES, Reading
from parvis.ground import clock

Step = SireneRun.Step
ROLES = ("units", "establishments", "links")
_TABLES = {
    Step.UNITS: ("establishments_sireneunit", "line, siren, name, sort_key, category, kind"),
    Step.ESTABLISHMENTS: (
        "establishments_sirenekept",
        "line, siret, siren, head, own, own_key, address, commune, postcode, insee_code, department, closed_on, since",
    ),
    Step.LINKS: ("establishments_sirenelink", 'line, predecessor, successor, "on"'),
}
_WANTED = {Step.UNITS: reading.UNITS, Step.ESTABLISHMENTS: reading.ESTABLISHMENTS, Step.LINKS: reading.LINKS}
_READERS: dict[str, Callable[..., Iterator[bytes]]] = {
    Step.UNITS: reading.units,
    Step.ESTABLISHMENTS: reading.establishments,
    Step.LINKS: reading.links,
}
_LABELS = {
    Step.UNITS: "unités légales",
    Step.ESTABLISHMENTS: "établissements",
    Step.LINKS: "successions",
}


class Busy(Exception):
    """Another process is reading INSEE's files."""


def number(count: int) -> str:
    """« 1 234 567 », with narrow no-break spaces."""
    return f"{count:,}".replace(",", "\u202f")


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did."""

    counts: dict[str, int]

    def __str__(self) -> str:
        def said(key: str, one: str, many: str) -> str:
            count = self.counts.get(key, 0)
            return f"{number(count)} {many if count >= 2 else one}"

        waiting = said("to_see", "changement à traiter", "changements à traiter")
        return (
            f"{said('establishments_read', 'établissement lu', 'établissements lus')}, "
            f"{said('establishments_kept', 'gardé', 'gardés')} ; {said('created', 'créé', 'créés')}, "
            f"{said('changed', 'modifié', 'modifiés')}, {said('absent', 'absent', 'absents')} de ces fichiers ; "
            f"{waiting} dans l’espace conseiller."
        )


def import_sirene(
    units: Path, establishments: Path, links: Path | None = None, *, say: Callable[[str], None] = lambda text: None
) -> Report:
    """Read the files and follow them: all or nothing. The same call after a kill goes on where it was.

    Raises Rejected with the lines to correct, Busy while another one runs, OSError where a file cannot be read.
    """
    sources = {role: Source(path) for role, path in zip(ROLES, (units, establishments, links), strict=True) if path}
    files = {role: source.fingerprint() for role, source in sources.items()}
    with _alone():
        run = _begun(files, say)
        try:
            for step in (Step.UNITS, Step.ESTABLISHMENTS, Step.LINKS):
                if run.step == step:
                    if step in sources:
                        _read(run, step, sources[step], say)
                    _next(run)
            say("Comparaison avec le répertoire…")
            _applied(run)
        except Rejected:
            run.refresh_from_db()
            _finish(run, Step.REFUSED)
            raise
    return Report(run.counts)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('parvis sirene'))")
        if not cursor.fetchone()[0]:
            raise Busy
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('parvis sirene'))")


def _begun(files: dict[str, Any], say: Callable[[str], None]) -> SireneRun:
    """The run that was interrupted on these very files, or a new one."""
    open_one = SireneRun.objects.filter(finished_at=None).first()
    if open_one is not None and open_one.files == files and _still_there(open_one):
        say(f"Reprise après la ligne {number(open_one.line)} ({open_one.get_step_display().lower()}).")
        return open_one
    with transaction.atomic():
        if open_one is not None:
            _finish(open_one, Step.REPLACED)
        _emptied()
        return SireneRun.objects.create(files=files, started_at=clock.now())


def _still_there(run: SireneRun) -> bool:
    """What was kept is not logged: a server that crashed meanwhile has lost it."""
    with connection.cursor() as cursor:
        for step, (table, _) in _TABLES.items():
            cursor.execute(f"SELECT count(*) FROM {table}")
            if cursor.fetchone()[0] != run.counts.get(f"{step}_kept", 0):
                return False
    return True


def _emptied() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE " + ", ".join(table for table, _ in _TABLES.values()))


def _finish(run: SireneRun, step: Step) -> None:
    run.step, run.finished_at = step, clock.now()
    run.save(update_fields=["step", "finished_at", "counts", "errors"])


def _read(run: SireneRun, step: Step, source: Source, say: Callable[[str], None]) -> None:
    """The whole file, stride by stride. Raises Rejected at its end where a line was wrong."""
    table, names = _TABLES[step]
    reader = _READERS[step]
    if step != Step.UNITS:
        reader = partial(reader, collected=_collected())
    with source.opened() as file:
        columns = Columns.of(file.readline(LONGEST_LINE), _WANTED[step], source.path.name)
        if columns.positions[0] != 0:
            raise Rejected([f"{source.path.name} : {_WANTED[step][0]} doit être la première colonne."])
        if run.offset:
            file.seek(run.offset)
        while True:
            state = Reading(line=max(run.line, 1))
            with transaction.atomic(), connection.cursor() as cursor:
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for block in reader(file, settings.PARVIS_SIRENE_STRIDE, columns, state):
                        if block:
                            copy.write(block)
                _note(run, step, state, file.tell())
            if not state.read:
                break
            say(f"{_LABELS[step].capitalize()} : {number(run.counts[f'{step}_read'])} lignes lues.")
    _checked(run, step, source)


def _note(run: SireneRun, step: str, state: Reading, offset: int) -> None:
    run.line, run.offset = state.line, offset
    run.counts = {
        **run.counts,
        f"{step}_read": run.counts.get(f"{step}_read", 0) + state.read,
        f"{step}_kept": run.counts.get(f"{step}_kept", 0) + state.kept,
        "errors": run.counts.get("errors", 0) + state.errors.count,
    }
    run.errors = (run.errors + [list(one) for one in state.errors.first])[:SHOWN_ERRORS]
    run.save(update_fields=["line", "offset", "counts", "errors"])


def _checked(run: SireneRun, step: str, source: Source) -> None:
    errors = Errors()
    errors.first = [(line, sentence) for line, sentence in run.errors]
    errors.count = run.counts.get("errors", 0)
    if step in (Step.UNITS, Step.ESTABLISHMENTS):
        with connection.cursor() as cursor:
            column = "siren" if step == Step.UNITS else "siret"
            applying.twice(cursor, errors, _TABLES[Step(step)][0], column)
    if not run.counts.get(f"{step}_read"):
        raise Rejected([f"{source.path.name} ne contient que sa ligne d’en-tête."])
    if errors.count:
        run.errors = [list(one) for one in errors.first]
        run.save(update_fields=["errors"])
        said = [f"{source.path.name}, ligne {line} : {sentence}" for line, sentence in sorted(errors.first)]
        raise Rejected(said, errors.count - len(said))


def _next(run: SireneRun) -> None:
    steps = [Step.UNITS, Step.ESTABLISHMENTS, Step.LINKS, Step.APPLYING]
    run.step, run.line, run.offset = steps[steps.index(Step(run.step)) + 1], 0, 0
    run.save(update_fields=["step", "line", "offset"])


def _collected() -> bytearray:
    """The places of the SIREN of the public units."""
    places = bytearray(PLACES)
    with connection.cursor() as cursor, cursor.copy("COPY establishments_sireneunit (siren) TO STDOUT") as copy:
        for block in copy:
            for siren in bytes(block).split():
                places[int(siren) % PLACES] = 1
    return places


def _applied(run: SireneRun) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            found = applying.apply(cursor, run.pk, clock.now())
        run.counts = {**run.counts, **found}
        _finish(run, Step.DONE)
        _emptied()
