"""The advisers' search, on 36,130 employers with 250,000 people and on 1,000: against one indexed SELECT, in turns.

`python -m bench.search read` (as the owner) draws what will be typed from the data themselves, with one letter wrong in
half of the names; `python -m bench.search measure` (as the application, under the advisers' role) asks for it. A search
is what the page asks: establishments and people, two statements, with what Python does of them.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

OF_SELECT, GROWTH = 20.0, 1.5
EACH, ROUNDS = 12, 5
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


def measure(typed: dict[str, list[str]]) -> dict[str, Any]:
    """Median milliseconds of a search of each kind, of all of them, and of one SELECT by index."""
    from django.db import connection

    from bench.data import FUNDS
    from parvis.backoffice.search.queries import people, places
    from parvis.backoffice.search.typed import read as understood
    from parvis.ground import tenancy

    def search(text: str) -> int:
        asked = understood(text)
        return places(asked).total + people(asked).total

    def select(siret: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, siret, name FROM establishments_establishment WHERE siret = %s", [siret])
            cursor.fetchone()

    found: dict[str, list[float]] = {kind: [] for kind in typed}
    plain: list[float] = []
    with tenancy.scope(role=tenancy.ADVISER, funds=FUNDS, read_only=True):
        nothing = [text for texts in typed.values() for text in texts if not search(text)]
        for _ in range(ROUNDS):
            for kind, texts in typed.items():
                for text in texts:
                    found[kind].append(_timed(lambda text=text: search(text)))
                    plain.append(_timed(lambda: select(typed["siret"][0])))
    kinds = {kind: statistics.median(times) for kind, times in found.items()}
    every = statistics.median(time for times in found.values() for time in times)
    return {"kinds": kinds, "search": every, "select": statistics.median(plain), "nothing": len(nothing)}


def _timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def on(full: Any, thousand: Any) -> dict[str, Any]:
    """Both databases, one after the other, in the same run."""

    def of(database: Any) -> dict[str, Any]:
        typed = database.run("bench.search", "read", owner=True)
        return dict(json.loads(database.run("bench.search", "measure", typed, owner=False)))

    found = {"full": of(full), "thousand": of(thousand)}
    found["times"] = found["full"]["search"] / found["full"]["select"]
    found["growth"] = found["full"]["search"] / found["thousand"]["search"]
    return found


def lines(found: dict[str, Any]) -> list[str]:
    """What was found, to print."""
    full, thousand = found["full"], found["thousand"]
    said = [
        f"Recherche, {label} : p50 {full['kinds'][kind]:.2f} ms, sur 1 000 employeurs {thousand['kinds'][kind]:.2f} ms."
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
    print(json.dumps(read() if sys.argv[1] == "read" else measure(json.loads(sys.argv[2]))))


if __name__ == "__main__":
    main()
