"""`python -m bench.dsn`: reading DSN files with all checks of the format, beside the least one can do with a line.

(a) is `line.split(',', 1)` over the open text file. Both are measured in turns in one process, in seconds of the
processor, and the best round of each counts: what the machine does beside it costs waiting, not work.
"""

import argparse
import datetime
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from parvis.dsn.generation.posts import Employer
from parvis.dsn.generation.sending import Part, generate
from parvis.dsn.reading import read
from parvis.dsn.shapes import Individual, Problem

RESULTS = Path(__file__).resolve().parent / "results" / "dsn.json"
TOWN = Employer("200063402", "00016", "Commune d'Annecy", "74000", "Annecy", "74", 132_117)
MONTH = datetime.date(2026, 6, 1)
# Targets: parsing with type and order checks, of (a), per core; memory whatever the size.
OF_SPLIT, MEGABYTES = 0.10, 200


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.dsn", description="Mesurer la lecture des DSN.")
    asked.add_argument("--agents", type=int, default=4_000, help="agents du fichier mesuré (4 000)")
    asked.add_argument("--rounds", type=int, default=9, help="tours de mesures (9)")
    asked.add_argument("--individuals", type=int, default=100_000, help="individus pour la mémoire (100 000 ; 0 : non)")
    asked.add_argument("--memory", type=int, help=argparse.SUPPRESS)
    asked.add_argument("--strict", action="store_true", help="code de sortie 1 si un objectif est manqué")
    options = asked.parse_args()
    if options.memory:
        print(peak(options.memory))
        return 0
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dsn.txt"
        with path.open("wb") as out:
            generate(out, [Part(TOWN, MONTH, agents=options.agents)])
        found |= compared(path, options.rounds)
    if options.individuals:
        # A process of its own: what was used before would count.
        command = [sys.executable, "-m", "bench.dsn", "--memory", str(options.individuals)]
        found["megabytes"] = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"Mémoire d’une lecture de {options.individuals} individus : {found['megabytes']:.0f} Mo au plus.")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    reached = found["of_split"] >= OF_SPLIT and found.get("megabytes", 0) < MEGABYTES
    return 1 if options.strict and not reached else 0


def compared(path: Path, rounds: int) -> dict[str, float]:
    """Lines a second of (a) and of the reader, and their ratio."""
    lines = path.read_bytes().count(b"\n")

    def split() -> None:
        with path.open(encoding="iso-8859-1") as file:
            for line in file:
                line.split(",", 1)

    def parse() -> None:
        with path.open("rb") as file:
            for one in read(file):
                assert not isinstance(one, Problem), one

    times: dict[str, list[float]] = {"split": [], "parse": []}
    for _ in range(rounds):
        for name, run in (("split", split), ("parse", parse)):
            times[name].append(_seconds(run))
    best = {name: min(taken) for name, taken in times.items()}
    ratio = best["split"] / best["parse"]
    print(f"{lines} lignes. (a) {lines / best['split']:,.0f} lignes/s ; lecture {lines / best['parse']:,.0f} lignes/s.")
    print(f"Lecture, types et ordre contrôlés : {ratio:.1%} de (a) ; objectif {OF_SPLIT:.0%}.")
    return {"lines": lines, "of_split": ratio, **{f"{name}_seconds": taken for name, taken in best.items()}}


def _seconds(run: Callable[[], None]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def peak(individuals: int) -> float:
    """Megabytes that reading so many individuals takes at most, Python and the norm included."""
    seen = sum(isinstance(one, Individual) for one in read(Endless(individuals)))
    assert seen == individuals, seen
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


_SURNAME = b"S21.G00.30.002,'"


def _letters(rank: int) -> bytes:
    return bytes(65 + rank // 26**place % 26 for place in range(4)) + b" "


class Endless(io.RawIOBase):
    """A file of any number of individuals, made while it is read: a hundred of them again and again, each with a NIR
    and a name of their own."""

    def __init__(self, individuals: int) -> None:
        super().__init__()
        out = io.BytesIO()
        generate(out, [Part(TOWN, MONTH, agents=100)])
        content = out.getvalue()
        start, end = content.index(b"S21.G00.30.001"), content.index(b"S90.G00.90.001")
        self._head, people = content[:start], content[start:end]
        self._people = [b"S21.G00.30.001,'" + one for one in people.split(b"S21.G00.30.001,'")[1:]]
        self._left, self._chunks = b"", self._made(individuals)

    def _made(self, individuals: int) -> Iterator[bytes]:
        rubrics = self._head.count(b"\n") + 2
        yield self._head
        for rank in range(individuals):
            one = self._people[rank % len(self._people)]
            # The town and the order number, of which there are nearly a million.
            number = b"%03d%03d" % (1 + rank // 998 % 998, 1 + rank % 998)
            rubrics += one.count(b"\n")
            yield (one[:23] + number + one[29:]).replace(_SURNAME, _SURNAME + _letters(rank), 1)
        yield b"S90.G00.90.001,'%d'\nS90.G00.90.002,'1'\n" % rubrics

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, length = [self._left], len(self._left)
        while length < size and (chunk := next(self._chunks, b"")):
            parts.append(chunk)
            length += len(chunk)
        whole = b"".join(parts)
        self._left = whole[size:]
        return whole[:size]


if __name__ == "__main__":
    sys.exit(main())
