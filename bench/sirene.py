"""The monthly files of INSEE: how fast they are read and followed, against PostgreSQL's own COPY, in the same run.

Three things, on a database of its own that is new for each import:

- reading: the pass over a generated file of establishments, up to what is kept of it, against `COPY` of that very
  file into a table with its columns;
- following: what was kept, written to the directory (the first month), against `COPY` of those rows into an empty table
  with the directory's columns, constraints and indexes;
- memory: the largest of the process that imports, at a quarter of the lines and at all of them.

And what a second month costs, which changes one establishment of a hundred.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from bench import stock
from bench.databases import NAMES, Database, directory

LINES = 2_000_000
READ, FOLLOW, GROWTH = 1.0, 0.5, 1.1
_EMPTY, _OWN = "parvis_sirene_empty", "parvis_sirene"
_DIRECTORY = (
    "siret, siren, name, kind, legal_category, insee_code, department, postcode, parent_siren, sort_key, address, "
    "commune, sirene"
)


def measured(beside: Database, lines: int) -> dict[str, Any]:
    """Generate, import in a process of its own, and compare; in databases made for it, on the server of `beside`."""
    folder = directory() / "sirene"
    small, whole = lines // 4, lines
    files = {size: stock.generate(folder / str(size), size) for size in (small, whole)}
    second = stock.generate(folder / str(whole), whole, month=2)
    found: dict[str, Any] = {"lines": lines}
    with psycopg.connect(_named(beside, "postgres").owner_url, autocommit=True) as server:
        for name in (_OWN, _EMPTY):
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {_EMPTY} TEMPLATE template0")
        _named(beside, _EMPTY).migrate()
        runs = []
        for size in (small, whole, whole, whole):
            server.execute(f"DROP DATABASE IF EXISTS {_OWN} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {_OWN} TEMPLATE {_EMPTY}")
            runs.append(_imported(_named(beside, _OWN), *files[size]))
        found["memory_small"], found["memory_whole"] = runs[0]["memory"], max(run["memory"] for run in runs[1:])
        # The best of three on both sides: what else the machine does meanwhile is in neither.
        found["first"] = {step: min(run["steps"][step] for run in runs[1:]) for step in runs[0]["steps"]}
        found["month"] = _imported(_named(beside, _OWN), *second)["steps"]
        with psycopg.connect(_named(beside, _OWN).owner_url, autocommit=True) as owner:
            kept = owner.execute("SELECT count(*) FROM establishments_establishment").fetchone()
            found["kept"] = kept[0] if kept else 0
            found["copy_file"] = min(_copied(owner, files[whole][1]) for _ in range(3))
            found["copy_rows"] = min(_copied_rows(owner, folder) for _ in range(3))
        for name in (_OWN, _EMPTY):
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    found["bytes"] = files[whole][1].stat().st_size
    return found


def _named(beside: Database, name: str) -> Database:
    """Another database on the same server."""

    def url(address: str) -> str:
        return address.replace(f"/{NAMES[beside.shape]}?", f"/{name}?", 1)

    return Database(beside.shape, url(beside.application_url), url(beside.owner_url), {})


def _imported(database: Database, units: Path, establishments: Path) -> dict[str, Any]:
    """One import, in a process of its own: seconds of each step, and the most memory that it took (kB)."""
    found: dict[str, Any] = json.loads(
        database.run("bench.sirene", str(units), str(establishments), owner=True).splitlines()[-1]
    )
    return found


def _copied(owner: psycopg.Connection[Any], file: Path) -> float:
    """Seconds that COPY takes of the whole file, into a table of text columns without any index."""
    columns = ", ".join(f'"{name}" text' for name in stock.ESTABLISHMENT_COLUMNS)
    owner.execute("DROP TABLE IF EXISTS bench_stock")
    owner.execute(f"CREATE UNLOGGED TABLE bench_stock ({columns})")
    began = time.perf_counter()
    _sent(owner, "COPY bench_stock FROM STDIN (FORMAT csv, HEADER)", file)
    taken = time.perf_counter() - began
    owner.execute("DROP TABLE bench_stock")
    return taken


def _copied_rows(owner: psycopg.Connection[Any], folder: Path) -> float:
    """Seconds that COPY takes of the rows that were kept, into a table as the directory is."""
    path = folder / "kept.copy"
    question = f"COPY (SELECT {_DIRECTORY} FROM establishments_establishment WHERE sirene IS NOT NULL) TO STDOUT"
    with path.open("wb") as target, owner.cursor() as cursor, cursor.copy(question) as copy:
        for block in copy:
            target.write(block)
    owner.execute("DROP TABLE IF EXISTS bench_directory")
    owner.execute("CREATE TABLE bench_directory (LIKE establishments_establishment INCLUDING ALL)")
    began = time.perf_counter()
    _sent(owner, f"COPY bench_directory ({_DIRECTORY}) FROM STDIN", path)
    taken = time.perf_counter() - began
    owner.execute("DROP TABLE bench_directory")
    return taken


def _sent(owner: psycopg.Connection[Any], statement: str, path: Path) -> None:
    with path.open("rb") as source, owner.cursor() as cursor, cursor.copy(statement) as copy:
        while block := source.read(1 << 20):
            copy.write(block)


def _ratios(found: dict[str, Any]) -> tuple[float, float, float]:
    """Reading against COPY of the file, following against COPY of the rows, memory against a quarter of the lines."""
    first = found["first"]
    memory = found["memory_whole"] / found["memory_small"]
    return found["copy_file"] / first["establishments"], found["copy_rows"] / first["applying"], memory


def lines(found: dict[str, Any]) -> list[str]:
    """The figures, in French."""
    read, follow, memory = _ratios(found)
    first, month, count = found["first"], found["month"], found["lines"]

    def verdict(reached: bool, said: str) -> str:
        return f"{'atteint ' if reached else 'MANQUÉ  '} {said}"

    return [
        f"Sirene, {count} établissements ({found['bytes'] / 1e6:.0f} Mo), {found['kept']} gardés : unités "
        f"{first['units']:.1f} s, établissements {first['establishments']:.1f} s "
        f"({count / first['establishments']:.0f} lignes par seconde ; COPY du fichier {found['copy_file']:.1f} s), "
        f"comparaison et écriture {first['applying']:.1f} s (COPY de ces lignes {found['copy_rows']:.1f} s).",
        f"Le mois suivant : {sum(month.values()):.1f} s en tout, dont {month['applying']:.1f} s de comparaison.",
        f"Mémoire du processus : {found['memory_small'] / 1024:.0f} Mo au quart des lignes, "
        f"{found['memory_whole'] / 1024:.0f} Mo à toutes.",
        verdict(read >= READ, f"Lecture : {read:.2f} × la vitesse de COPY du fichier (au moins {READ:.0f})"),
        verdict(follow >= FOLLOW, f"Écriture : {follow:.2f} × la vitesse de COPY des lignes (au moins {FOLLOW})"),
        verdict(memory <= GROWTH, f"Mémoire : {memory:.2f} × celle du quart (au plus {GROWTH})"),
    ]


def reached(found: dict[str, Any]) -> bool:
    """Whether every target is."""
    read, follow, memory = _ratios(found)
    return read >= READ and follow >= FOLLOW and memory <= GROWTH


def _timed(steps: dict[str, float], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def around(*arguments: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            key = str(arguments[1]) if name == "read" else name
            steps[key] = steps.get(key, 0.0) + time.perf_counter() - began

    return around


def main() -> None:
    """`python -m bench.sirene UNITS ESTABLISHMENTS`: one import; prints its steps' seconds and its memory, as JSON."""
    import django

    django.setup()
    from parvis.establishments.sirene import running

    steps: dict[str, float] = {}
    running._read = _timed(steps, "read", running._read)
    running._applied = _timed(steps, "applying", running._applied)
    running.import_sirene(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps({"steps": steps, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


if __name__ == "__main__":
    main()
