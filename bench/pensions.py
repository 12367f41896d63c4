"""`python -m bench.pensions`: pension estimates in columns beside the same one career at a time, and a whole scheme.

An estimate: the dates of a career, and its amount on every candidate date, from the earliest one to the age limit.
Careers are those that the tests draw (many classified, disabled, with other schemes): harder than those of a real
scheme. Rates are of one process each, measured in turns in the same run; the best of the rounds counts, for both sides.
Seconds are of the processor where they are judged: what the machine does beside it costs waiting, not work.
"""

import argparse
import datetime
import json
import multiprocessing
import os
import random
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from parvis.regulations.batch.careers import CareerColumns, columns_of
from parvis.regulations.batch.pensions import Candidate, Estimates, Standing, estimate
from parvis.regulations.batch.pensions_law import law
from parvis.regulations.batch.pensions_ways import WAYS
from parvis.regulations.parameters import NotKnown
from parvis.regulations.pensions.career import Career
from parvis.regulations.pensions.estimate import NoPension, dates, pension_on
from tests.regulations.batch.drawn import career as drawn_career

EUROS = datetime.date(2026, 9, 1)
RESULTS = Path(__file__).resolve().parent / "results" / "pensions.json"
DISTINCT, ONE_BY_ONE, PART = 20_000, 12, 50_000
TIMES, MINUTES, GIBIBYTES, PROCESSES = 50, 10, 4, 2
DAYS = {
    *("birth", "since", "settled", "removed", "active_reached", "super_active_reached", "disabled_since"),
}


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.pensions", description="Mesurer les estimations de pension.")
    asked.add_argument(
        "--careers", type=int, default=1_000_000, help="carrières de la mesure en colonnes (1 000 000 ; 0 : aucune)"
    )
    asked.add_argument("--agents", type=int, default=2_200_000, help="agents du régime entier (2 200 000)")
    asked.add_argument("--proved", type=int, default=100_000, help="carrières comparées une à une (100 000)")
    asked.add_argument("--every", type=int, default=50, help="une carrière comparée sur… a ses dates comparées (50)")
    asked.add_argument("--rounds", type=int, default=3, help="tours de mesures (3)")
    asked.add_argument("--strict", action="store_true", help="code de sortie 1 si un objectif est manqué")
    options = asked.parse_args()
    law()
    figures: dict[str, float] = {}
    if options.proved:
        figures |= proved(options.proved, options.every)
    if options.careers or options.agents:
        careers = _drawn(DISTINCT, 20260901)
        columns = _compact(columns_of(careers))
        if options.careers:
            figures |= rates(careers, columns, options.careers, options.rounds)
        if options.agents:
            figures |= whole_scheme(columns, options.agents)
    # A run that leaves a part out keeps the last figures of that part.
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    figures = {name: found for name, found in known.items() if name != "reached"} | figures
    reached = (
        figures.get("ratio", TIMES) >= TIMES
        and figures.get("scheme_seconds", 0) < MINUTES * 60
        and figures.get("scheme_gib", 0) < GIBIBYTES
    )
    print("Objectifs atteints." if reached else "Objectif manqué.")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures | {"reached": reached}, indent=1) + "\n")
    return 1 if options.strict and not reached else 0


def _drawn(size: int, seed: int) -> list[Career]:
    draws = random.Random(seed)
    return [drawn_career(draws, 1945, 1990) for _ in range(size)]


def _compact(columns: CareerColumns) -> CareerColumns:
    """Days of 8 bytes, numbers of 4, as a database would hand them over."""
    cells = {one.name: np.asarray(getattr(columns, one.name)) for one in fields(columns)}
    return CareerColumns(**{name: found if name in DAYS else found.astype(np.int32) for name, found in cells.items()})


def _many(columns: CareerColumns, size: int, seed: int) -> CareerColumns:
    """So many rows: each of the drawn ones again and again, with a birth and an index of its own."""
    draws = np.random.default_rng(seed)
    times = -(-size // columns.length())
    cells = {}
    for one in fields(columns):
        found = np.asarray(getattr(columns, one.name))
        cells[one.name] = np.concatenate([found] * times)[:size]
    cells["birth"] = cells["birth"] - draws.integers(0, 28, size)
    cells["index"] = draws.integers(280, 1200, size, dtype=np.int32)
    return CareerColumns(**cells)


def proved(size: int, every: int) -> dict[str, float]:
    """Rows give what the functions give for each career: an amount on two dates of each, dates of one in `every`.

    Raises AssertionError with the career where one differs.
    """
    start, parts = time.perf_counter(), max(size // 1_000, 1)
    shares = [(size // parts + (part < size % parts), part, every) for part in range(parts)]
    found = []
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        for one in pool.imap_unordered(_proved_part, shares):
            found.append(one)
            print(f"\r{len(found)} / {parts}", end="", file=sys.stderr)
    covered, amounts, looked = (sum(one) for one in zip(*found, strict=True))
    print(
        f"{size} carrières tirées au sort, dont {covered} que les colonnes couvrent : les mêmes centimes une à une à"
        f" {amounts} dates, les mêmes dates pour {looked} d’entre elles ({time.perf_counter() - start:,.0f} s)."
    )
    return {"proved": size, "proved_covered": covered, "proved_amounts": amounts, "proved_dates": looked}


def _proved_part(share: tuple[int, int, int]) -> tuple[int, int, int]:
    size, seed, every = share
    careers, draws = _drawn(size, seed), random.Random(seed)
    found = estimate(columns_of(careers), euros_of=EUROS)
    covered = amounts = looked = 0
    for row, career in enumerate(careers):
        if found.standing[row] == Standing.UNSETTLED:
            continue
        covered += 1
        if row % every == 0:
            looked += 1
            assert _dates_of(found, row) == _one_by_one(career), career
        candidates = found.of(row)
        for one in {candidates[0].effect: candidates[0], **_some(candidates, draws)}.values() if candidates else ():
            amounts += 1
            assert (one.way, one.annual) == _amount(career, one.effect), (career, one)
    return covered, amounts, looked


def _some(candidates: Sequence[Candidate], draws: random.Random) -> dict[datetime.date, Candidate]:
    one = draws.choice(candidates)
    return {one.effect: one}


def _dates_of(found: Estimates, row: int) -> object:
    standing = Standing(found.standing[row])
    if standing is not Standing.ESTIMATED:
        return standing
    days = (column[row].tolist() for column in (found.earliest, found.without_decote, found.age_limit))
    return (*days, WAYS[found.way[row]])


def _one_by_one(career: Career) -> object:
    try:
        one = dates(career).value
    except NoPension:
        return Standing.NO_PENSION
    except NotKnown:
        return Standing.NOT_KNOWN
    return one.earliest, one.without_decote, one.age_limit, one.way


def _amount(career: Career, effect: datetime.date) -> tuple[object, object]:
    try:
        one = pension_on(career, effect, euros_of=EUROS).value
    except (NoPension, NotKnown):
        return None, None
    return one.way, one.annual


def rates(careers: Sequence[Career], columns: CareerColumns, size: int, rounds: int) -> dict[str, float]:
    """Careers a second, one at a time and in columns, in turns; then all of them once in columns."""
    sample = estimate(columns.part(0, ONE_BY_ONE), euros_of=EUROS)
    days = [[one.effect for one in sample.of(row)] for row in range(ONE_BY_ONE)]
    part = _many(columns, min(PART, size), 1)
    singles: list[float] = []
    batch: list[float] = []
    for _ in range(rounds):
        start = time.process_time()
        for career, effects in zip(careers[:ONE_BY_ONE], days, strict=True):
            _one_by_one(career)
            for effect in effects:
                _amount(career, effect)
        singles.append(ONE_BY_ONE / (time.process_time() - start))
        start = time.process_time()
        estimate(part, euros_of=EUROS)
        batch.append(part.length() / (time.process_time() - start))
    every = _many(columns, size, 2)
    start, waited = time.process_time(), time.perf_counter()
    found = estimate(every, euros_of=EUROS)
    seconds, waited = time.process_time() - start, time.perf_counter() - waited
    ratio = max(batch) / max(singles)
    print(
        f"Une à une : {max(singles):,.1f} carrières par seconde ({sum(map(len, days)) / ONE_BY_ONE:.0f} dates chacune),"
        f" en colonnes : {max(batch):,.0f}, rapport {ratio:,.0f} (objectif {TIMES})"
    )
    print(
        f"{size} carrières en colonnes, un processus : {seconds:,.0f} s de processeur ({waited:,.0f} s d’attente),"
        f" {len(found.annual)} montants ; {_gib():.2f} Gio"
    )
    return {
        "single": round(max(singles), 2),
        "batch": round(max(batch)),
        "ratio": round(ratio),
        "columns": size,
        "columns_seconds": round(seconds, 1),
        "columns_gib": round(_gib(), 2),
    }


def whole_scheme(columns: CareerColumns, agents: int) -> dict[str, float]:
    """A whole scheme, shared between two processes: the time from columns to amounts, and the memory of both."""
    shares = [(columns, agents // PROCESSES + (part < agents % PROCESSES), part) for part in range(PROCESSES)]
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        found = pool.starmap(_share, shares, chunksize=1)
    seconds, waited = max(one.seconds for one in found), max(one.end for one in found) - min(one.start for one in found)
    memory, amounts = sum(one.gib for one in found), sum(one.amounts for one in found)
    print(
        f"Régime entier : {agents} agents, {sum(one.estimated for one in found)} estimés, {amounts} montants,"
        f" {PROCESSES} processus : {seconds:,.0f} s de processeur chacun au plus (objectif {MINUTES * 60}),"
        f" {waited:,.0f} s d’attente, {memory:.2f} Gio ensemble (objectif {GIBIBYTES})"
    )
    load = os.getloadavg()[0]
    print(f"Charge de la machine pendant la mesure : {load:.1f} pour {os.cpu_count()} cœurs.")
    return {
        "scheme_seconds": round(seconds, 1),
        "scheme_waited": round(waited, 1),
        "scheme_gib": round(memory, 2),
        "scheme_amounts": amounts,
        "load": round(load, 1),
    }


@dataclass(frozen=True, slots=True)
class Share:
    """What one process did: when (on the machine's clock), its seconds of processor, memory and results."""

    start: float
    end: float
    seconds: float
    gib: float
    estimated: int
    amounts: int


def _share(columns: CareerColumns, agents: int, seed: int) -> Share:
    own = _many(columns, agents, 100 + seed)
    start, worked = time.monotonic(), time.process_time()
    found = estimate(own, euros_of=EUROS)
    seconds, end = time.process_time() - worked, time.monotonic()
    estimated = int((found.standing == Standing.ESTIMATED).sum())
    return Share(start, end, seconds, _gib(), estimated, len(found.annual))


def _gib() -> float:
    """The most memory this process has had, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    sys.exit(main())
