"""`python -m bench`: measure home, account list and the three steps on 36,130 establishments. See bench/README.md."""

import argparse
import contextlib
import datetime
import json
import os
import platform
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from bench import databases, finding, load, report, rights, search, sign_in, sirene, steps
from bench.data import FULL, SMALL, THOUSAND
from bench.databases import Database
from parvis.ground.database import embedded

RESULTS = Path(__file__).resolve().parent / "results"


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench", description="Mesurer le temps des pages de Parvis.")
    asked.add_argument("--employers", type=Path, metavar="FICHIER", help="répertoire d’employeurs à importer (CSV)")
    asked.add_argument("--rounds", type=int, default=5, help="tours de mesures, au calme (5)")
    asked.add_argument("--seconds", type=int, default=2, help="secondes par mesure (2)")
    asked.add_argument("--patience", type=int, default=120, help="secondes à attendre le calme, en tout (120)")
    parts = [*(name for name, _, _ in report.PAGES), "sign-in", "rights", "sirene", "search", "finding"]
    asked.add_argument("--only", nargs="+", choices=parts, help="ces pages, les connexions ou les droits, seulement")
    asked.add_argument("--lines", type=int, default=sirene.LINES, help="établissements du fichier Sirene (2 000 000)")
    asked.add_argument("--rebuild", action="store_true", help="refaire les données")
    asked.add_argument("--strict", action="store_true", help="code de sortie 1 si un objectif est manqué")
    options = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if load.WRK is None:
        print("« wrk » manque (Debian : apt install wrk) : le générateur en Python le remplace, rien n’est jugé.")
    with databases.server() as running:
        full = databases.ready(running, FULL, options.employers, rebuild=options.rebuild)
        found = _searched(running, full, options)
        if found is not None and (options.only == ["search"] or (options.strict and not search.reached(found))):
            return 1 if options.strict and not search.reached(found) else 0
        looked = _looked(running, full, options)
        if looked is not None and (options.only == ["finding"] or (options.strict and not finding.reached(looked))):
            return 1 if options.strict and not finding.reached(looked) else 0
        small = databases.ready(running, SMALL, None, rebuild=options.rebuild)
        return _measured(full, small, options)


def _searched(running: embedded.Server, full: Database, options: argparse.Namespace) -> dict[str, Any] | None:
    """The advisers' search, where it is asked for: said, and kept in a file of its own."""
    if options.only is not None and "search" not in options.only:
        return None
    thousand = databases.ready(running, THOUSAND, None, rebuild=options.rebuild)
    print("Recherche des conseillers…", flush=True)
    found = search.on(full, thousand)
    print("\n".join(search.lines(found)))
    RESULTS.mkdir(exist_ok=True)
    kept = {**found, "reached": search.reached(found), "machine": _machine()}
    (RESULTS / "search.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    return found


def _looked(running: embedded.Server, full: Database, options: argparse.Namespace) -> dict[str, Any] | None:
    """The one search of a member, where it is asked for: said, and kept in a file of its own."""
    if options.only is not None and "finding" not in options.only:
        return None
    thousand = databases.ready(running, THOUSAND, None, rebuild=options.rebuild)
    print("Recherche d’un membre…", flush=True)
    found = finding.on(full, thousand)
    print("\n".join(finding.lines(found)))
    RESULTS.mkdir(exist_ok=True)
    kept = {**found, "reached": finding.reached(found), "machine": _machine()}
    (RESULTS / "finding.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    return found


def _rights(full: Database, options: argparse.Namespace) -> dict[str, Any] | None:
    """Rights at their largest, where they are asked for."""
    if options.only is not None and "rights" not in options.only:
        return None
    print("Portefeuille, matrice et décisions…", flush=True)
    return rights.on(full)


def _sirene(small: Database, options: argparse.Namespace) -> dict[str, Any] | None:
    """INSEE's monthly files, where they are asked for; in databases of their own, beside the small one."""
    if options.only is not None and "sirene" not in options.only:
        return None
    print("Fichiers de l’Insee…", flush=True)
    return sirene.measured(small, options.lines)


def _measured(full: Database, small: Database, options: argparse.Namespace) -> int:
    pages = [page for page in report.PAGES if options.only is None or page[0] in options.only]
    signing_in = options.only is None or "sign-in" in options.only
    for database in (full, small):
        database.run("bench.daily", owner=True)
        # The same news and letters in each place of both, for the home shows them.
        database.run("bench.finding", "read", owner=True)
    told = {database.shape: _inside(database, pages) for database in (full, small)}
    differing = _differing(told)
    if differing:
        print("\n".join(differing))
        return 1
    rounds: dict[str, list[report.Round]] = {name: [] for name, _, _ in pages}
    with _web(full) as (full_port, full_web), _web(small) as (small_port, small_web):
        servers = (full_web, small_web, databases.postmaster())

        def measure(shape: str, path: str) -> load.Measure:
            port = full_port if shape == FULL else small_port
            # As a browser that came before: the token of forms is in its cookie already.
            cookie = f"parvis_session={told[shape]['cookies'][0]}; parvis_csrf={'b' * 32}"
            return load.measure(port, path, cookie, seconds, servers)

        paths = {shape: _addresses(one) for shape, one in ((FULL, full), (SMALL, small))}
        seconds = 1
        for name, _, _ in pages:
            for shape in (FULL, SMALL):
                for path in (paths[shape][name], f"/bench/jumelle{paths[shape][name]}", "/bench/vide/"):
                    measure(shape, path)
        seconds = options.seconds
        shuffled = random.Random(20261123)
        patience = float(options.patience)
        # Rounds during which the machine did something else are run again, but not for ever.
        for number in range(3 * options.rounds):
            missing = [page for page in pages if sum(one.quiet for one in rounds[page[0]]) < options.rounds]
            if not missing:
                break
            print(
                f"Tour {number + 1} ({options.rounds} au calme sont voulus, {3 * options.rounds} au plus)…", flush=True
            )
            for name, _, _ in missing:
                wanted = [
                    ("empty", FULL, "/bench/vide/"),
                    ("page", FULL, paths[FULL][name]),
                    ("twin", FULL, f"/bench/jumelle{paths[FULL][name]}"),
                    ("small", SMALL, paths[SMALL][name]),
                ]
                shuffled.shuffle(wanted)
                patience = load.calm(patience, report.QUIET)
                rounds[name].append(report.Round(**{what: measure(shape, path) for what, shape, path in wanted}))
        largest = load.measure(
            full_port,
            f"/etablissements/{full.known['places'][2][0]}/comptes/",
            f"parvis_session={told[FULL]['cookies'][2]}; parvis_csrf={'b' * 32}",
            options.seconds,
        )
        storm = None
        if signing_in:
            print("Connexions et tempête…", flush=True)
            cookie = f"parvis_session={told[FULL]['cookies'][0]}; parvis_csrf={'b' * 32}"
            storm = sign_in.measure(full, full_port, paths[FULL]["accounts"], cookie, options.seconds)
        created = {}
        for database, port in ((full, full_port), (small, small_port)):
            steps.clean(database)
            created[database.shape] = steps.measure(database, port, told[database.shape]["cookies"][1], 15)
    lines = [
        report.line(name, label, judged, rounds[name], len(told[FULL]["statements"][name]["page"]))
        for name, label, judged in pages
    ]
    upkeep = _upkeep(full)
    largest_rights = _rights(full, options)
    monthly = _sirene(small, options)
    return _say(
        full,
        lines,
        largest,
        created,
        upkeep,
        len(told[FULL]["empty"]),
        storm,
        largest_rights,
        monthly,
        strict=options.strict,
    )


def _addresses(database: Database) -> dict[str, str]:
    known = database.known
    here = f"/etablissements/{known['places'][0][0]}/"
    return {
        "home": here,
        "accounts": f"{here}comptes/",
        "step1": f"{here}comptes/creer/",
        "step2": f"{here}comptes/creer/{known['drafts'][0]}/droits/",
        "check": f"{here}comptes/creer/{known['drafts'][1]}/verification/",
    }


def _inside(database: Database, pages: list[tuple[str, str, bool]]) -> dict[str, Any]:
    """Sessions and counts of statements; the list of the largest establishment is counted too."""
    paths = _addresses(database)
    largest = f"/etablissements/{database.known['places'][2][0]}/comptes/"
    wanted = [(name, 0, paths[name]) for name, _, _ in pages]
    told = {"places": database.known["places"], "pages": [*wanted, ("largest", 2, largest)]}
    found: dict[str, Any] = json.loads(database.run("bench.inside", json.dumps(told), owner=False))
    return found


def _differing(told: dict[str, Any]) -> list[str]:
    """What would make the comparison unfair: a twin, or a larger list, whose statements are not those of the page."""
    faults = []
    for shape, found in told.items():
        for name, statements in found["statements"].items():
            if statements["page"] != statements["twin"]:
                faults.append(f"{shape}, {name} : la jumelle ne fait pas les mêmes requêtes SQL que la page.")
        listed, largest = found["statements"].get("accounts"), found["statements"]["largest"]
        if listed and len(listed["page"]) != len(largest["page"]):
            faults.append(f"{shape} : la liste fait plus de requêtes SQL quand elle est longue.")
    return faults


@contextlib.contextmanager
def _web(database: Database) -> Iterator[tuple[int, int]]:
    """Parvis's web server, two synchronous workers: its port, its first process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    web = subprocess.Popen(
        [sys.executable, "-m", "bench.server", f"127.0.0.1:{port}"], env=database.environment(owner=False)
    )
    try:
        limit = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            if web.poll() is not None or time.monotonic() > limit:
                raise SystemExit("Le serveur web n’a pas démarré.")
            time.sleep(0.1)
        yield port, web.pid
    finally:
        web.terminate()
        web.wait(30)


def _upkeep(full: Database) -> dict[str, float]:
    """On the full database: `parvis migrate` with nothing to do, and an index made beside readers and writers."""
    again = full.migrate()
    with psycopg.connect(full.owner_url, autocommit=True) as owner:
        owner.execute("DROP INDEX CONCURRENTLY IF EXISTS bench_index")
        began = time.perf_counter()
        owner.execute("CREATE INDEX CONCURRENTLY bench_index ON access_membership (establishment_id, last_visit_at)")
        made = time.perf_counter() - began
        owner.execute("DROP INDEX CONCURRENTLY bench_index")
    return {"migrate_again": again, "index": made}


def _machine() -> str:
    model = platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), model)
    return f"{os.cpu_count()} cœurs, {model}, Python {platform.python_version()}"


def _say(
    full: Database,
    lines: list[report.Line],
    largest: load.Measure,
    created: dict[str, dict[str, float]],
    upkeep: dict[str, float],
    empty_statements: int,
    storm: sign_in.Found | None,
    largest_rights: dict[str, Any] | None,
    monthly: dict[str, Any] | None,
    *,
    strict: bool,
) -> int:
    known = full.known
    print()
    print(
        f"{known['establishments']} établissements, {known['people']} personnes, {known['accounts']} comptes ; "
        f"8 requêtes à la fois ; {_machine()}."
    )
    print(report.table(lines))
    print(f"La page vide fait {empty_statements} requêtes SQL (BEGIN et COMMIT ne sont pas comptés).")
    print(f"Liste de l’établissement de 2 000 comptes : p50 {largest.p50:.2f} ms, p99 {largest.p99:.2f} ms.")
    for shape, label in ((FULL, "grande base"), (SMALL, "petite base")):
        one = created[shape]
        print(
            f"Créer un compte, {label} : {one['requests']:.0f} requêtes à la suite, {one['whole']:.0f} ms en tout, "
            f"la plus lente {one['slowest']:.0f} ms (médianes de {one['accounts']:.0f})."
        )
    print(
        f"« parvis migrate » sans rien à faire : {upkeep['migrate_again']:.1f} s ; "
        f"un index de plus sur access_membership, sans bloquer : {upkeep['index']:.2f} s."
    )
    if storm is not None:
        print("\n".join(storm.lines()))
    if largest_rights is not None:
        print("\n".join(rights.lines(largest_rights)))
    if monthly is not None:
        print("\n".join(sirene.lines(monthly)))
    judged, reached = report.verdicts(lines)
    reached = reached and (storm is None or storm.slower < sign_in.LIMIT)
    reached = reached and (largest_rights is None or rights.reached(largest_rights))
    reached = reached and (monthly is None or sirene.reached(monthly))
    if any(one.quiet < 3 for one in lines):
        print("La machine faisait autre chose en même temps : ces chiffres sont à reprendre au calme.")
    print(judged if load.WRK else "Rien n’est jugé : « wrk » manque.")
    RESULTS.mkdir(exist_ok=True)
    kept = report.as_json(
        lines,
        at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        machine=_machine(),
        generator="wrk" if load.WRK else "bench.load",
        data={name: known[name] for name in ("establishments", "people", "accounts", "built", "migrated_empty")},
        largest_p50=largest.p50,
        created=created,
        upkeep=upkeep,
        reached=reached if load.WRK else None,
        sign_in=storm.as_json() if storm else None,
        rights=largest_rights,
        sirene=monthly,
    )
    (RESULTS / "latest.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    return 1 if strict and load.WRK and not reached else 0


if __name__ == "__main__":
    raise SystemExit(main())
