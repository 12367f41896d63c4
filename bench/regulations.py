"""`python -m bench.regulations`: contributions in batch and one at a time, beside OpenFisca-France on the same inputs.

`--openfisca PYTHON`: the interpreter of an environment that has OpenFisca-France (never ours: it is AGPL). Without it,
the same formulas in NumPy's 32-bit floats stand in, which OpenFisca cannot exceed. All figures are of one run, taken in
turns; the best of the rounds counts, for both sides.
"""

import argparse
import datetime
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from parvis.regulations.batch.contributions import RafpColumns, cnracl, rafp_year
from parvis.regulations.contributions.cnracl import CnraclPay, contributions
from parvis.regulations.contributions.rafp import RafpMonth, year_of_contributions
from parvis.regulations.parameters import value

PERIOD = datetime.date(2024, 3, 1)
ONE_BY_ONE, FEW, PROVED = 2_000, 20, 100_000
RESULTS = Path(__file__).resolve().parent / "results"
THEIRS = Path(__file__).with_name("openfisca_rates.py")


def main() -> int:
    asked = argparse.ArgumentParser(
        prog="python -m bench.regulations", description="Mesurer le calcul des cotisations."
    )
    asked.add_argument("--agents", type=int, default=1_000_000, help="agents par mesure (1 000 000)")
    asked.add_argument("--rounds", type=int, default=5, help="tours de mesures (5)")
    asked.add_argument("--openfisca", type=Path, metavar="PYTHON", help="interpréteur où OpenFisca-France est installé")
    asked.add_argument("--strict", action="store_true", help="code de sortie 1 si un objectif est manqué")
    options = asked.parse_args()
    drawn = np.random.default_rng(20260301)
    pay = drawn.integers(180_174, 600_000, options.agents, dtype=np.int64)
    bonuses = drawn.integers(0, 200_000, options.agents, dtype=np.int64)
    proved(pay, bonuses)
    theirs = OpenFisca(options.openfisca, options.agents) if options.openfisca else None
    batch: list[float] = []
    singles: list[float] = []
    their_batch: list[float] = []
    their_singles: list[float] = []
    their_bare: list[float] = []
    for _ in range(options.rounds):
        batch.append(rate(options.agents, lambda: in_batch(pay, bonuses)))
        singles.append(max(one_by_one(pay[:ONE_BY_ONE], bonuses[:ONE_BY_ONE])))
        if theirs is None:
            their_batch.append(rate(options.agents, lambda: in_floats(pay, bonuses)))
        else:
            answer = theirs.round()
            their_batch.append(answer["batch"])
            their_singles.append(answer["single"])
            their_bare.append(answer["bare"])
    if theirs is not None:
        theirs.close()
        print(f"OpenFisca-France, une personne, simulation comprise : {max(their_singles):,.0f} par seconde")
    return said(max(batch), max(singles), max(their_batch), max(their_bare, default=None), options.strict)


def rate(count: int, work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def in_batch(pay: Any, bonuses: Any) -> None:
    cnracl(pay, period=PERIOD)
    rafp_year([RafpColumns(PERIOD, pay, bonuses)])


def one_by_one(pay: Any, bonuses: Any) -> Iterator[float]:
    """The rate over each few agents; the best of them stands beside OpenFisca's best person."""
    for start in range(0, len(pay), FEW):
        rows = range(start, min(start + FEW, len(pay)))
        yield rate(len(rows), lambda rows=rows: [_one(int(pay[row]), int(bonuses[row])) for row in rows])


def _one(cents: int, more: int) -> tuple[Decimal, ...]:
    amount = Decimal(cents) / 100
    due = contributions(CnraclPay(amount), period=PERIOD).value
    added = year_of_contributions([RafpMonth(PERIOD, amount, Decimal(more) / 100)]).value[0]
    return due.agent, due.employer, added.agent, added.employer


def in_floats(pay: Any, bonuses: Any) -> list[Any]:
    """The formulas as OpenFisca computes them, without what it does around: 32-bit floats, nothing rounded."""
    rates = [np.float32(value(f"cnracl.{who}_rate", on=PERIOD).rate) for who in ("agent", "employer")]
    indexed, more = (np.asarray(cents, dtype=np.float32) / np.float32(100) for cents in (pay, bonuses))
    base = np.minimum(more, np.float32(0.2) * indexed)
    return [indexed * rates[0], indexed * rates[1], base * np.float32(0.05), base * np.float32(0.05)]


def proved(pay: Any, bonuses: Any) -> None:
    """The batch gives what the functions give one by one, on random rows. Raises AssertionError."""
    rows = random.Random(1).sample(range(len(pay)), min(PROVED, len(pay)))
    due, added = cnracl(pay, period=PERIOD), rafp_year([RafpColumns(PERIOD, pay, bonuses)])[0]
    for row in rows:
        found = tuple(
            Decimal(int(cells[row])) / 100 for cells in (due.agent, due.employer, added.agent, added.employer)
        )
        assert found == _one(int(pay[row]), int(bonuses[row])), row
    print(f"{len(rows)} agents tirés au sort : le calcul en colonnes et le calcul un à un donnent les mêmes centimes.")


class OpenFisca:
    """OpenFisca-France in its own process, told when to measure a round."""

    def __init__(self, python: Path, agents: int) -> None:
        self.process = subprocess.Popen(
            [str(python), str(THEIRS), str(agents)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def round(self) -> dict[str, float]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("round\n")
        self.process.stdin.flush()
        answer: dict[str, float] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def said(batch: float, single: float, their_batch: float, their_single: float | None, strict: bool) -> int:
    name = "flottants de 32 bits" if their_single is None else "OpenFisca-France"
    print(
        f"En colonnes : {batch:,.0f} agents par seconde ; {name} : {their_batch:,.0f} ;"
        f" rapport {batch / their_batch:.2f}"
    )
    reached = their_single is None or batch >= their_batch
    if their_single is None:
        print(f"Un à un : {single:,.0f} agents par seconde (sans OpenFisca, rien n’est jugé)")
    else:
        print(
            f"Un à un : {single:,.0f} agents par seconde ; OpenFisca-France, une personne à chaud, calcul seul :"
            f" {their_single:,.0f} ; rapport {single / their_single:.1f} (objectif 20)"
        )
        reached = reached and single >= 20 * their_single
        print("Objectifs atteints." if reached else "Objectif manqué.")
    if their_single is not None:
        RESULTS.mkdir(exist_ok=True)
        figures = {
            "batch": round(batch),
            "openfisca_batch": round(their_batch),
            "single": round(single),
            "openfisca_single": round(their_single),
            "reached": reached,
        }
        (RESULTS / "contributions.json").write_text(json.dumps(figures, indent=1) + "\n")
    return 1 if strict and not reached else 0


if __name__ == "__main__":
    sys.exit(main())
