"""`python -m bench.loading`: reading a scheme's parameters (checked whole) beside parsing its YAML alone, in turns."""

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import yaml

from parvis.regulations import parameters

AT_MOST = 2.0


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.loading", description="Mesurer la lecture des paramètres.")
    asked.add_argument("--rounds", type=int, default=31, help="tours de mesures (31)")
    asked.add_argument("--strict", action="store_true", help="code de sortie 1 si l’objectif est manqué")
    options = asked.parse_args()
    reached = True
    for code in parameters.schemes():
        alone, whole = _scheme(code, options.rounds)
        reached &= whole <= AT_MOST * alone
        print(f"{code:16} {alone * 1000:7.2f} ms seul, {whole * 1000:7.2f} ms vérifié : {whole / alone:.2f} fois")
    print("Objectif atteint (au plus 2 fois)." if reached else "Objectif manqué (au plus 2 fois).")
    return 1 if options.strict and not reached else 0


def _scheme(code: str, rounds: int) -> tuple[float, float]:
    """Medians, in seconds: the YAML parsed alone, the scheme read as the library reads it."""
    written = (parameters.FOLDER / f"{code}.yaml").read_bytes()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    def alone() -> None:
        yaml.load(written, Loader=loader)  # noqa: S506  (safe)

    def whole() -> None:
        parameters.scheme.cache_clear()
        parameters.scheme(code)

    pairs = [(_timed(alone), _timed(whole)) for _ in range(rounds)]
    one, other = (statistics.median(times) for times in zip(*pairs, strict=True))
    return one, other


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
