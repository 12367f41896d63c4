"""The reader against files that nobody would write: `python -m tests.dsn.fuzz --minutes 10` (`make fuzz`).

A right file is cut, doubled, shuffled, and its bytes are changed; now and then bytes are of no file at all. The reader
is to end without exception, with lines and codes that exist; what the second reader accepts it accepts, but for rubrics
that are missing. A seed that was printed makes the same files again.
"""

import argparse
import random
import sys
import time

from parvis.dsn.generation.sending import Part
from parvis.dsn.problems import CODES
from parvis.dsn.shapes import Problem
from tests.dsn.files import JUNE, OTHER, TOWN, events, made
from tests.dsn.second_reader import Wrong, check

FILES = (
    made(Part(TOWN, JUNE, agents=3))[0],
    made(Part(OTHER, JUNE, agents=2), Part(TOWN, JUNE, kind="02"), crlf=True)[0],
)
OF_ORDER = {"DSN-ORDRE", "DSN-REPETEE", "DSN-MANQUE", "DSN-LIGNE", "DSN-RUBRIQUE"}
# What bytes say in UTF-8 the second reader takes for letters of ISO-8859-1, which it is as well.
BEYOND = {"DSN-ENCODAGE", "DSN-SIRET", "DSN-LONGUEUR", "DSN-BORNES", "DSN-NOMBRE"}
BITS = (
    b"'",
    b"\r",
    b"\n",
    b"\0",
    b"\xff",
    b"S21.G00.30.001,'",
    b"S90.G00.90.001,'1'\n",
    b"S20.G00.05.001,'01'\n",
    b"99",
)


def spoilt(draw: random.Random) -> bytes:
    """One file."""
    if draw.random() < 0.02:
        return draw.randbytes(draw.randrange(3000))
    content = bytearray(draw.choice(FILES))
    for _ in range(draw.choice((1, 1, 2, 3, 8))):
        how, at = draw.randrange(6), draw.randrange(len(content) + 1)
        until = min(len(content), at + draw.choice((1, 2, 16, 30, 300, 5000)))
        if how == 0:
            del content[at:until]
        elif how == 1:
            content[at:at] = draw.choice(BITS)
        elif how == 2:
            content[at:until] = draw.randbytes(draw.randrange(1, 8))
        else:
            lines = content.splitlines(keepends=True)
            one, two = draw.randrange(len(lines) or 1), draw.randrange(len(lines) or 1)
            if not lines:
                return bytes(content)
            if how == 3:
                lines[one], lines[two] = lines[two], lines[one]
            elif how == 4:
                lines[one:one] = lines[two : two + draw.choice((1, 3, 50))]
            else:
                del lines[one : one + draw.choice((1, 3, 50))]
            content = bytearray(b"".join(lines))
    return bytes(content)


def judge(content: bytes) -> None:
    """Raises AssertionError, or whatever the reader raises."""
    found = events(content)
    last = content.count(b"\n") + 1
    wrong = [one for one in found if isinstance(one, Problem)]
    for one in wrong:
        assert 1 <= one.line <= last and one.code in CODES and one.message.endswith("."), one
    try:
        check(content)
        accepted = True
    except (Wrong, AssertionError, KeyError, IndexError, ValueError):
        accepted = False
    if accepted:
        # Which rubrics a block needs, shortest lengths, signs: not in the norm's files, so not in the second reader.
        assert {one.code for one in wrong} <= OF_ORDER | BEYOND, wrong


def main() -> int:
    """Print each failing case's seed; exit code 1 after the first."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=20260601)
    options = parser.parse_args()
    end, number = time.monotonic() + options.minutes * 60, 0
    print(f"Graine {options.seed} : relancer avec --seed {options.seed} refait les mêmes fichiers.", flush=True)
    while time.monotonic() < end:
        draw = random.Random(f"{options.seed}-{number}")
        content = spoilt(draw)
        try:
            judge(content)
        except Exception:
            print(f"Fichier {number} de la graine {options.seed} : {len(content)} octets.", flush=True)
            raise
        number += 1
    print(f"{number} fichiers lus, aucun défaut.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
