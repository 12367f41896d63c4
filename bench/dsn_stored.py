"""`python -m bench.dsn_stored`: receiving DSN from the file to the tables, beside the least one can do.

Everything that the operator's machine has to bear, on a database of its own on the bench's server:

- three months of one employer, of which the first is full of new contract agents: seconds of the processor, the
  server's backend with the process, beside (a) `line.split(',', 1)` over the open text file and (b) COPY of the rows
  written into a bare table, in the same process;
- `--shares` hundredths of a national month (36,130 employers, 2.3 million agents): `parvis dsn receive` by two
  processes at once on one folder, the month that enters everybody and the next one, and the line through both;
- the memory of `parvis dsn receive` on `--individuals` in one file, and on a quarter of them;
- the statements of an account's pages, for an employer of `--page-agents` agents and for one of ten.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.databases import Database, postmaster, server

RESULTS = Path(__file__).resolve().parent / "results" / "dsn_stored.json"
# Targets: end to end of (a), per core; a national month on two cores; memory whatever the size.
OF_SPLIT, NATIONAL_SECONDS, MEGABYTES, GROWTH = 0.03, 1800, 200, 1.15
EMPLOYERS, AGENTS, PROCESSES = 36_130, 2_300_000, 2
NAME = "parvis_dsn"


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.dsn_stored", description="Mesurer la réception des DSN.")
    asked.add_argument("--agents", type=int, default=2_000, help="agents de l’employeur mesuré (2 000 ; 0 : non)")
    asked.add_argument("--rounds", type=int, default=9, help="tours de (a) (9)")
    asked.add_argument(
        "--shares", type=int, nargs="*", default=[1, 3, 10], help="centièmes d’un mois national (1 3 10)"
    )
    asked.add_argument("--individuals", type=int, default=100_000, help="individus pour la mémoire (100 000 ; 0 : non)")
    asked.add_argument("--page-agents", type=int, default=10_000, help="agents pour les pages (10 000 ; 0 : non)")
    asked.add_argument("--strict", action="store_true", help="code de sortie 1 si un objectif est manqué")
    options = asked.parse_args()
    found: dict[str, Any] = {}
    missed: list[str] = []
    with _database() as database:
        if options.agents:
            found["months"] = _inside(database, "months", options.agents, options.rounds)
            missed += _months(found["months"])
        if options.shares:
            found["national"] = _national(database, sorted(options.shares))
            missed += _fit(found["national"])
        if options.individuals:
            found["memory"] = _memory(database, options.individuals)
            missed += _flat(found["memory"])
        if options.page_agents:
            readers = _inside(database, "account", options.page_agents)
            found["pages"] = _inside(database, "pages", json.dumps(readers), owner=False)
            missed += _pages(found["pages"], options.page_agents)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"Objectifs manqués : {' ; '.join(missed)}." if missed else "Tous les objectifs mesurés sont atteints.")
    return 1 if options.strict and missed else 0


@contextmanager
def _database() -> Iterator[Database]:
    with server() as running:
        database = Database(
            "dsn",
            running.application_url.replace("/parvis?", f"/{NAME}?", 1),
            running.owner_url.replace("/parvis?", f"/{NAME}?", 1),
            {},
        )
        with psycopg.connect(running.admin_url.replace("/parvis?", "/postgres?", 1), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {NAME} OWNER parvis_owner TEMPLATE template0")
        database.migrate()
        yield database


def _inside(database: Database, *words: object, owner: bool = True) -> Any:
    """A part of `bench.dsn_inside`, in a process of its own."""
    return json.loads(database.run("bench.dsn_inside", *map(str, words), owner=owner).splitlines()[-1])


# --- One employer ----------------------------------------------------------------------------------------------------
def _months(found: dict[str, Any]) -> list[str]:
    missed = []
    for name, one in (("premier mois", found["first"]), ("mois suivant", found["next"])):
        part = one["split_seconds"] / one["seconds"]
        print(
            f"De bout en bout, {name}, {one['lines']} lignes de {one['individuals']} individus : "
            f"{one['seconds']:.2f} s, dont {one['server_seconds']:.2f} du serveur ; (a) {one['split_seconds']:.3f} s, "
            f"{part:.1%} ; objectif {OF_SPLIT:.0%}."
        )
        missed += [f"{name} à {part:.1%} de (a)"] if part < OF_SPLIT else []
    print(f"(b) COPY des {found['rows']} bases écrites : {found['copy_seconds']:.3f} s.")
    return missed


# --- A national month ------------------------------------------------------------------------------------------------
def _national(database: Database, shares: list[int]) -> list[dict[str, Any]]:
    found, first = [], 0
    for share in shares:
        with tempfile.TemporaryDirectory() as folder:
            made = _inside(database, "employers", folder, first, round(EMPLOYERS * share / 100))
            first += made["employers"]
            for month in ("first", "next"):
                made[month] = _received(database, Path(folder) / month, made["employers"])
        found.append({"share": share, **made})
        print(
            f"{share} % : {made['employers']} employeurs, {made['individuals']} individus : "
            + " ; ".join(
                f"{name} {made[month]['seconds']:.0f} s de processeur, {made[month]['waited']:.0f} s à deux processus"
                for name, month in (("premier mois", "first"), ("suivant", "next"))
            ),
            flush=True,
        )
    return found


def _received(database: Database, folder: Path, files: int) -> dict[str, float]:
    """Two processes at once on a folder: seconds of the processor, of theirs and the server's, and seconds waited."""
    began, server_side = time.perf_counter(), _server_seconds()
    command = [sys.executable, "-m", "parvis.config.command", "dsn", "receive", str(folder)]
    running = [
        subprocess.Popen(command, env=database.environment(owner=True), stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    own, said = 0.0, ""
    for one in running:
        assert one.stdout is not None
        said += one.stdout.read()
        _, status, used = os.wait4(one.pid, 0)
        one.returncode = os.waitstatus_to_exitcode(status)
        own += used.ru_utime + used.ru_stime
        if one.returncode:
            sys.exit(f"parvis dsn receive : {one.returncode}")
    waited = time.perf_counter() - began
    # Thousands are parted by a narrow no-break space.
    received = sum(int(re.sub(r"\D", "", count)) for count in re.findall(r"(\d[\d\s]*)\sfichiers? reçus?", said))
    if received != files:
        sys.exit(f"{received} of {files} files: {said}")
    time.sleep(0.5)
    theirs = _server_seconds() - server_side
    return {"seconds": own + theirs, "server_seconds": theirs, "waited": waited}


def _server_seconds() -> float:
    """Seconds of the processor of every server process that has ended, our backends and those of autovacuum."""
    used = Path(f"/proc/{postmaster()}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(used[13]) + int(used[14])) / os.sysconf("SC_CLK_TCK")


def _fit(found: list[dict[str, Any]]) -> list[str]:
    """The line through the shares, by least squares; what the whole comes to, and by how much each share misses it."""
    missed = []
    for name, month in (("premier mois", "first"), ("mois suivant", "next")):
        points = [(one["individuals"], one[month]["seconds"]) for one in found]
        fixed, each = line(points)
        whole = (fixed + each * AGENTS) / PROCESSES
        apart = ", ".join(f"{(seconds - fixed - each * x) / seconds:+.0%}" for x, seconds in points)
        print(
            f"Un mois national, {name}, sur {PROCESSES} cœurs : {whole / 60:.0f} min de processeur ; objectif "
            f"{NATIONAL_SECONDS // 60} min. {fixed:.1f} s + {each * 1000:.2f} ms par individu ; écarts : {apart}."
        )
        missed += [f"mois national ({name}) en {whole / 60:.0f} min"] if whole > NATIONAL_SECONDS else []
    return missed


def line(points: list[tuple[float, float]]) -> tuple[float, float]:
    """The constant and the slope; through the origin where there is one point only."""
    if len(points) < 2:
        return 0.0, points[0][1] / points[0][0]
    mean_x, mean_y = (sum(one[side] for one in points) / len(points) for side in (0, 1))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    return mean_y - slope * mean_x, slope


# --- Memory ----------------------------------------------------------------------------------------------------------
def _memory(database: Database, individuals: int) -> list[dict[str, float]]:
    found = []
    for number, count in enumerate((individuals // 4, individuals)):
        with tempfile.TemporaryDirectory() as folder:
            _inside(database, "endless", folder, count, number)
            command = [sys.executable, "-m", "parvis.config.command", "dsn", "receive", folder]
            with _anonymous() as server_side:
                running = subprocess.Popen(command, env=database.environment(owner=True), stdout=subprocess.DEVNULL)
                _, status, used = os.wait4(running.pid, 0)
                running.returncode = os.waitstatus_to_exitcode(status)
            if running.returncode:
                sys.exit(f"parvis dsn receive : {running.returncode}")
        one = {"individuals": count, "megabytes": used.ru_maxrss / 1024, "server_megabytes": server_side[0]}
        print(
            f"Mémoire pour {count} individus en un fichier : {one['megabytes']:.0f} Mo, et {server_side[0]:.0f} Mo "
            f"d’un processus du serveur, en {used.ru_utime + used.ru_stime:.0f} s de processeur."
        )
        found.append(one)
    return found


@contextmanager
def _anonymous() -> Iterator[list[float]]:
    """The most memory of its own that a process of the server has meanwhile, looked at five times a second."""
    most, done = [0.0], threading.Event()

    def look() -> None:
        children = Path(f"/proc/{postmaster()}/task/{postmaster()}/children")
        while not done.wait(0.2):
            for pid in children.read_text().split():
                try:
                    said = Path(f"/proc/{pid}/status").read_text()
                except OSError:
                    continue
                held = re.search(r"RssAnon:\s+(\d+)", said)
                most[0] = max(most[0], int(held[1]) / 1024 if held else 0)

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield most
    finally:
        done.set()
        watching.join()


def _flat(found: list[dict[str, float]]) -> list[str]:
    few, many = found
    growth = many["megabytes"] / few["megabytes"]
    print(f"{growth:.2f} fois celle d’un quart ; objectifs : moins de {MEGABYTES} Mo, {GROWTH} fois au plus.")
    return ["mémoire"] if many["megabytes"] >= MEGABYTES or growth > GROWTH else []


# --- Pages -----------------------------------------------------------------------------------------------------------
def _pages(found: dict[str, dict[str, int]], agents: int) -> list[str]:
    missed = []
    for page, counts in found.items():
        print(f"{page} : {counts['many']} requêtes pour {agents} agents, {counts['few']} pour dix.")
        missed += [f"{page} : requêtes"] if counts["many"] > counts["few"] else []
    return missed


if __name__ == "__main__":
    sys.exit(main())
