"""The advisers' search, on 36,130 employers with 250,000 people and on 1,000: against one indexed SELECT, in turns.

`python -m bench.search read` (as the owner) draws what will be typed from the data themselves, with one letter wrong
in half of the names; `python -m bench.search measure` (as the application, under the advisers' role) asks for it, one
round for each line that it is sent. A search is what the page asks: establishments and people, a statement each, with
what Python does of them. Both databases are measured in the same seconds: round by round, and the one that begins
changes.
"""

import contextlib
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

OF_SELECT, GROWTH = 20.0, 1.5
EACH, ROUNDS = 20, 10
KINDS = {
    "siret": "SIRET",
    "name": "Nom d’établissement",
    "mistaken": "Nom d’établissement, une faute",
    "person": "Nom et prénom",
    "mistaken_person": "Nom et prénom, une faute",
    "family": "Nom de famille seul",
    "identifier": "Identifiant",
    "email": "Adresse électronique",
    "contract": "Numéro de contrat",
}


def mistaken(text: str, drawn: random.Random) -> str:
    """The text with one letter wrong, missing, doubled or swapped in its longest word."""
    word = max(text.replace("-", " ").split(), key=len)
    at = drawn.randrange(1, len(word) - 1)
    made = drawn.choice(
        (
            word[:at] + "x" + word[at + 1 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        )
    )
    return text.replace(word, made, 1)


def read() -> dict[str, list[str]]:
    """What will be typed, by kind; the same for the same data."""
    from django.db import connection

    drawn = random.Random(20261128)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT siret, name FROM establishments_establishment e WHERE EXISTS (SELECT 1 FROM "
            "establishments_contract c WHERE c.establishment_id = e.id) ORDER BY md5(siret) LIMIT %s",
            [EACH],
        )
        places = cursor.fetchall()
        cursor.execute(
            "SELECT first_name, last_name, identifier, email FROM access_membership ORDER BY md5(identifier) LIMIT %s",
            [EACH],
        )
        people = cursor.fetchall()
        cursor.execute("SELECT number FROM establishments_contract ORDER BY md5(number || id) LIMIT %s", [EACH])
        numbers = [number for (number,) in cursor.fetchall()]
    names = [f"{first} {last}" for first, last, _, _ in people]
    return {
        "siret": [siret for siret, _ in places],
        "name": [name for _, name in places],
        "mistaken": [mistaken(name, drawn) for _, name in places],
        "person": names,
        "mistaken_person": [mistaken(name, drawn) for name in names],
        "family": [last for _, last, _, _ in people],
        "identifier": [code for _, _, code, _ in people],
        "email": [email for _, _, _, email in people],
        "contract": numbers,
    }


def measure(typed: dict[str, list[str]]) -> None:
    """Answer each line of the standard input with the milliseconds of a round, by kind, and of as many plain SELECTs.

    Before the first, everything is asked for once: statements are planned then, and pages read. The first answer is
    what was typed and found nothing.
    """
    from bench.data import FUNDS
    from parvis.backoffice.search.queries import people, places
    from parvis.backoffice.search.typed import read as understood
    from parvis.ground import tenancy
    from parvis.ground.database.prepared import prepared

    def search(text: str) -> int:
        asked = understood(text)
        return places(asked).total + people(asked).total

    def select(siret: str) -> None:
        with prepared() as cursor:
            cursor.execute("SELECT id, siret, name FROM establishments_establishment WHERE siret = %s", [siret])
            cursor.fetchone()

    with tenancy.scope(role=tenancy.ADVISER, funds=FUNDS, read_only=True):
        for siret in typed["siret"]:
            select(siret)
        print(json.dumps([text for texts in typed.values() for text in texts if not search(text)]), flush=True)
        for _ in sys.stdin:
            times: dict[str, list[float]] = {kind: [] for kind in typed}
            plain: list[float] = []
            for kind, texts in typed.items():
                for text, siret in zip(texts, typed["siret"], strict=True):
                    times[kind].append(_timed(lambda text=text: search(text)))
                    plain.append(_timed(lambda siret=siret: select(siret)))
            print(json.dumps({"times": times, "select": plain}), flush=True)


def _timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


class _Side:
    """One of the two databases, and the process that asks it."""

    def __init__(self, database: Any, typed: str, module: str = "bench.search") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, "measure", typed],
            env=database.environment(owner=False),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.nothing: list[str] = self._answer()
        self.rounds: list[dict[str, Any]] = []

    def _answer(self) -> Any:
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise SystemExit("La mesure de la recherche s’est arrêtée.")
        return json.loads(line)

    def round(self) -> None:
        """One more of each kind."""
        if self.process.stdin:
            print(file=self.process.stdin, flush=True)
        self.rounds.append(self._answer())

    def found(self) -> dict[str, Any]:
        """Median milliseconds of a search of each kind, of all of them, and of one SELECT by index."""
        kinds = {
            kind: statistics.median(time for one in self.rounds for time in one["times"][kind])
            for kind in self.rounds[0]["times"]
        }
        every = [time for one in self.rounds for times in one["times"].values() for time in times]
        select = statistics.median(time for one in self.rounds for time in one["select"])
        return {
            "kinds": kinds,
            "search": statistics.median(every),
            "select": select,
            "nothing": len(self.nothing),
            "searches": len(every),
        }


@contextlib.contextmanager
def _side(database: Any) -> Iterator[_Side]:
    side = _Side(database, database.run("bench.search", "read", owner=True))
    try:
        yield side
    finally:
        side.process.communicate()


def on(full: Any, thousand: Any) -> dict[str, Any]:
    """Both databases, in turns."""
    with _side(full) as large, _side(thousand) as small:
        for number in range(ROUNDS):
            for side in (large, small) if number % 2 else (small, large):
                side.round()
        found: dict[str, Any] = {"full": large.found(), "thousand": small.found()}
    found["times"] = found["full"]["search"] / found["full"]["select"]
    found["growth"] = found["full"]["search"] / found["thousand"]["search"]
    return found


def lines(found: dict[str, Any]) -> list[str]:
    """What was found, to print."""
    full, thousand = found["full"], found["thousand"]
    said = [
        f"Recherche, {label} : p50 {full['kinds'][kind]:.2f} ms, sur 1 000 employeurs {thousand['kinds'][kind]:.2f} ms "
        f"({full['kinds'][kind] / thousand['kinds'][kind]:.2f} fois)."
        for kind, label in KINDS.items()
    ]
    missed = full["nothing"] + thousand["nothing"]
    return [
        *said,
        f"Recherche en tout : p50 {full['search']:.2f} ms, {found['times']:.1f} fois un SELECT par index "
        f"({full['select']:.3f} ms ; objectif : {OF_SELECT:.0f}) ; {found['growth']:.2f} fois la même sur 1 000 "
        f"employeurs (objectif : {GROWTH}). Saisies qui n’ont rien trouvé : {missed} (objectif : 0).",
    ]


def reached(found: dict[str, Any]) -> bool:
    """Whether the targets are."""
    all_found = not found["full"]["nothing"] and not found["thousand"]["nothing"]
    return all_found and found["times"] <= OF_SELECT and found["growth"] <= GROWTH


def main() -> None:
    """Either half, in a process of its own."""
    import django

    django.setup()
    if sys.argv[1] == "read":
        print(json.dumps(read()))
    else:
        measure(json.loads(sys.argv[2]))


if __name__ == "__main__":
    main()
