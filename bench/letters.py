"""Letters of the funds: how fast a batch is imported, against copying the same files, in the same run; and its memory.

    python -m bench.letters [--letters 64000]

A database of its own on the bench's server with fictitious employers. The import runs in a process of
its own, as `parvis letters import` does, on a quarter of the letters, then on all of them: checked one by one, sealed,
written whole to the disk, told. Beside it the same files are copied, each whole on the disk when the next one begins.
The same manifest again says what it costs to find that all are there.
"""

import argparse
import csv
import json
import os
import resource
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.databases import PROJECT, Database, directory, server
from tests.letters.papers import pdf

EMPLOYERS = 2_000
# The part of the rate of copying that is wanted, and how the memory may grow from a quarter of the letters to all.
OF_COPYING, GROWTH = 0.10, 1.3
WEIGHT = 40_000  # bytes of a letter, as a page with a logo has


def _employers(owner: psycopg.Connection[Any]) -> list[str]:
    """Fictitious SIRET that pass their check, each with a contract."""
    sirets = [_siret(str(number)) for number in range(50_000_000, 50_000_000 + EMPLOYERS)]
    with owner.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO establishments_establishment (siret, siren, name, kind, legal_category, insee_code, "
            "department, postcode, parent_siren, sort_key) "
            "VALUES (%s, %s, 'Employeur', 'commune', '7210', '', '', '', '', 'e')",
            [(siret, siret[:9]) for siret in sirets],
        )
        cursor.execute(
            "INSERT INTO establishments_contract (establishment_id, fund, number, starts_on) "
            "SELECT id, 'cnracl', 'C-1', '2010-01-01' FROM establishments_establishment"
        )
    return sirets


def _siret(eight: str) -> str:
    return _luhn(_luhn(eight) + "0001")


def _luhn(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def _files(folder: Path, count: int, sirets: list[str]) -> tuple[Path, Path]:
    shutil.rmtree(folder, ignore_errors=True)
    letters = folder / "pdf"
    letters.mkdir(parents=True)
    manifest = folder / "bordereau.csv"
    with manifest.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["siret", "fund", "type", "reference", "title", "dated_on", "file", "campaign"])
        for number in range(count):
            name = f"{number:06}.pdf"
            (letters / name).write_bytes(pdf(f"releve {number}", padding=WEIGHT))
            siret = sirets[number % len(sirets)]
            row = [siret, "cnracl", "releve-de-compte", f"R-{number}", "Relevé de mai", "2026-05-20", name, "Mai"]
            writer.writerow(row)
    return manifest, letters


def _copied(letters: Path, target: Path) -> dict[str, float]:
    """Seconds, of the clock and of the processor, that copying takes, each file whole on the disk before the next."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    began, used = time.perf_counter(), time.process_time()
    for path in sorted(letters.iterdir()):
        with path.open("rb") as source, (target / path.name).open("wb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
    found = {"wall": time.perf_counter() - began, "cpu": time.process_time() - used}
    shutil.rmtree(target)
    return found


def measured(count: int) -> dict[str, Any]:
    """Import and copy; in a database made for it."""
    folder, found = directory() / "letters", {"letters": count}
    with server() as running:
        name = "parvis_letters"
        database = Database(
            "letters",
            running.application_url.replace("/parvis?", f"/{name}?", 1),
            running.owner_url.replace("/parvis?", f"/{name}?", 1),
            {},
        )
        runs = []
        for size in (count // 4, count):
            with psycopg.connect(running.admin_url.replace("/parvis?", "/postgres?", 1), autocommit=True) as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                admin.execute(f"CREATE DATABASE {name} OWNER parvis_owner TEMPLATE template0")
            database.migrate()
            with psycopg.connect(database.owner_url, autocommit=True) as owner:
                sirets = _employers(owner)
            files = _files(folder, size, sirets)
            runs.append(
                json.loads(database.run("bench.letters", "--import", *map(str, files), owner=True).splitlines()[-1])
            )
        found["memory_small"], found["import"] = runs[0]["memory"], runs[1]
        found["again"] = json.loads(
            database.run("bench.letters", "--import", *map(str, files), owner=True).splitlines()[-1]
        )
        found["copy"] = _copied(files[1], folder / "copied")
        with psycopg.connect(running.admin_url.replace("/parvis?", "/postgres?", 1), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    shutil.rmtree(folder)
    return found


def _import(manifest: Path, letters: Path) -> None:
    """One import in this process; prints its seconds and its memory (kB), as JSON."""
    import django

    django.setup()
    from parvis.letters.importing import import_letters

    began = time.perf_counter()
    report = import_letters(manifest, letters, tell=lambda line, sentence: print(line, sentence, file=sys.stderr))
    own, apart = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        json.dumps(
            {
                "wall": time.perf_counter() - began,
                "cpu": own.ru_utime + own.ru_stime + apart.ru_utime + apart.ru_stime,
                "memory": own.ru_maxrss,
                "memory_apart": apart.ru_maxrss,
                "deposited": report.deposited,
                "already": report.already,
            }
        )
    )


def main() -> int:
    """Measure and say; 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="bench.letters")
    parser.add_argument("--letters", type=int, default=64_000, help="courriers du lot (64 000)")
    parser.add_argument("--import", nargs=2, type=Path, dest="one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        _import(*options.one)
        return 0
    found = measured(options.letters)
    imported, copied = found["import"], found["copy"]
    of_copying = copied["wall"] / imported["wall"]
    growth = imported["memory"] / found["memory_small"]
    print(
        f"{found['letters']} courriers de {WEIGHT // 1000} Ko : {found['letters'] / imported['wall']:.0f} par seconde "
        f"({1000 * imported['cpu'] / found['letters']:.1f} ms de processeur chacun), copiés "
        f"{found['letters'] / copied['wall']:.0f} par seconde : {of_copying:.2f} (visé : {OF_COPYING:.2f}) ; "
        f"de nouveau : {found['letters'] / found['again']['wall']:.0f} par seconde ; mémoire "
        f"{imported['memory'] / 1024:.0f} Mo, {growth:.2f} fois celle du quart (visé : {GROWTH:.1f})"
    )
    (PROJECT / "bench" / "results" / "letters.json").write_text(json.dumps(found, indent=1) + "\n")
    return 0 if of_copying >= OF_COPYING and growth <= GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
