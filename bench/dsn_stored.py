"""`python -m bench.dsn_stored`: receiving DSN from the file to the tables, beside the least one can do.

A database of its own on the bench's server, one employer whose civil servants are affiliated, then the files of three
months: read, every check of the schemes, agents recognised, bases, anomalies, what is due. Beside it, in the same
process: (a) `line.split(',', 1)` over the open text file; (b) COPY of the rows written, into a bare table. All in
seconds of the processor, the server's backend with this process; waiting is not work.

The national month (36,130 employers, 2.3 million agents) is extrapolated from three sizes of employers, with the fit.
"""

import argparse
import datetime
import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from bench.databases import Database, server
from parvis.dsn.generation.posts import CNRACL, Employer, staff
from parvis.dsn.generation.sending import Part, generate

RESULTS = Path(__file__).resolve().parent / "results" / "dsn_stored.json"
TOWN = Employer("200063402", "00016", "Commune d'Annecy", "74000", "Annecy", "74", 132_117)
MONTHS = [datetime.date(2026, month, 1) for month in (4, 5, 6)]
# Targets: end to end of (a), per core; a national month on two cores.
OF_SPLIT, NATIONAL_SECONDS = 0.03, 1800
EMPLOYERS, AGENTS = 36_130, 2_300_000
NAME = "parvis_dsn"


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.dsn_stored", description="Mesurer la réception des DSN.")
    asked.add_argument("--agents", type=int, default=2_000, help="agents de l’employeur mesuré (2 000)")
    asked.add_argument("--rounds", type=int, default=5, help="tours de (a) (5)")
    asked.add_argument("--strict", action="store_true", help="code de sortie 1 si un objectif est manqué")
    asked.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.inside:
        print(json.dumps(_inside(options.agents, options.rounds)))
        return 0
    found = _measured(options.agents, options.rounds)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"{found['lines']} lignes, {found['individuals']} individus par fichier.")
    print(f"De bout en bout : {found['of_split']:.1%} de (a) ; objectif {OF_SPLIT:.0%}.")
    print(f"(b) COPY des {found['rows']} lignes écrites : {found['copy_seconds']:.2f} s, de {found['seconds']:.2f} s.")
    print(
        f"Un mois national, sur 2 cœurs : {found['national'] / 60:.0f} min ; objectif {NATIONAL_SECONDS // 60} min. "
        f"{found['fixed'] * 1000:.0f} ms par employeur + {found['each'] * 1000:.2f} ms par individu "
        f"(écart le plus grand : {found['residual']:.0%})."
    )
    reached = found["of_split"] >= OF_SPLIT and found["national"] <= NATIONAL_SECONDS
    return 1 if options.strict and not reached else 0


def _measured(agents: int, rounds: int) -> dict[str, Any]:
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
        words = ("bench.dsn_stored", "--inside", "--agents", str(agents), "--rounds", str(rounds))
        return json.loads(database.run(*words, owner=True).splitlines()[-1])


def _inside(agents: int, rounds: int) -> dict[str, Any]:
    """One process on the database, as `parvis dsn receive` is one."""
    import django

    django.setup()
    files = [_file(TOWN, month, agents) for month in MONTHS]
    _employer(TOWN, agents)
    split = min(_seconds(lambda: _split(files[-1])) for _ in range(rounds))
    taken = []
    for content in files:
        _analyzed()
        taken.append(_received(content))
    best = min(taken[1:], key=lambda one: one["seconds"])
    rows, copied = _copied()
    fixed, each, residual = _fit()
    return {
        **best,
        "lines": files[-1].count(b"\n"),
        "split_seconds": split,
        "of_split": split / best["seconds"],
        "rows": rows,
        "copy_seconds": copied,
        "fixed": fixed,
        "each": each,
        "residual": residual,
        "national": (fixed * EMPLOYERS + each * AGENTS) / 2,
    }


def _file(town: Employer, month: datetime.date, agents: int) -> bytes:
    out = io.BytesIO()
    generate(out, [Part(town, month, agents=agents)])
    return out.getvalue()


def _split(content: bytes) -> None:
    for line in io.TextIOWrapper(io.BytesIO(content), "iso-8859-1"):
        line.split(",", 1)


def _seconds(run: Callable[[], None]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def _employer(town: Employer, agents: int) -> None:
    """The town, its contracts, its civil servants affiliated."""
    from parvis.agents import nir, numbers
    from parvis.agents.models import Affiliation, Agent, Post
    from parvis.establishments.models import Contract, Establishment
    from parvis.ground import clock, tenancy

    now = clock.now()
    people = [one for one in staff(town, seed=1, agents=agents) if one.regime == CNRACL]
    with tenancy.scope(role="parvis_owner"):
        place = Establishment.objects.create(
            siret=town.siret, siren=town.siren, name=town.name, kind="commune", legal_category="7210", sort_key="a"
        )
        Contract.objects.bulk_create(
            Contract(establishment=place, fund=fund, number="1", starts_on=datetime.date(2010, 1, 1))
            for fund in ("cnracl", "rafp", "ircantec")
        )
        rows = Agent.objects.bulk_create(
            [
                Agent(
                    establishment=place, nir_sealed="x", nir_key=nir.key(one.identity.nir),
                    surname=one.identity.surname, used_name=one.identity.used_name or "",
                    first_names=one.identity.first_names, born_on=one.identity.born, sort_key="x", search_key="x",
                    created_at=now, changed_at=now,
                )
                for one in people
            ],
            batch_size=2_000,
        )  # fmt: skip
        pairs = list(zip(people, rows, strict=True))
        given = iter(numbers.draw(["cnracl"] * (2 * len(pairs))))
        Affiliation.objects.bulk_create(
            [
                Affiliation(
                    establishment=place, agent=agent, scheme=scheme, number=next(given), status="tenured",
                    state="active", entry="appointed", entered_on=one.entered, declared_at=now,
                )
                for one, agent in pairs
                for scheme in ("cnracl", "rafp")
            ],
            batch_size=2_000,
        )  # fmt: skip
        Post.objects.bulk_create(
            [
                Post(
                    establishment=place, agent=agent, starts_on=one.entered, minutes=int(one.hours * 60),
                    declared_at=now,
                )
                for one, agent in pairs
            ],
            batch_size=2_000,
        )  # fmt: skip


def _analyzed() -> None:
    """What autovacuum does in its own time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _backend() -> float:
    """Seconds of the processor that the server's side of our connection has used."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    used = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def _received(content: bytes) -> dict[str, Any]:
    from parvis.services.declarations.receiving import Report, receive_file

    report, server_side = Report(), _backend()
    own = _seconds(lambda: receive_file(io.BytesIO(content), "dsn.txt", report=report))
    theirs = _backend() - server_side
    if report.refused or report.rejected:
        sys.exit(f"refused: {report}")
    return {"individuals": report.individuals, "seconds": own + theirs, "server_seconds": theirs}


def _copied() -> tuple[int, float]:
    """COPY of the last month's bases into a table without index nor policy."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bare (LIKE agents_monthlybase)")
        cursor.execute("SELECT * FROM agents_monthlybase WHERE month = %s", [MONTHS[-1]])
        rows = cursor.fetchall()
        server_side = _backend()

        def copy() -> None:
            with cursor.copy("COPY bare FROM STDIN") as target:
                for row in rows:
                    target.write_row(row)

        own = _seconds(copy)
        return len(rows), own + _backend() - server_side


def _fit() -> tuple[float, float, float]:
    """Seconds by employer and by individual, from employers of three sizes (some 1, 3 and 10 agents in a hundred of a
    large one), by least squares; and the greatest part by which a size is missed."""
    points: list[tuple[int, float]] = []
    for rank, (agents, count) in enumerate(((10, 12), (64, 6), (640, 2))):
        seconds, people = 0.0, 0
        for number in range(count):
            town = Employer(f"20006{rank}{number:03d}", "00016", "Commune", "74000", "Annecy", "74", 1_000)
            _employer(town, agents)
            found = _received(_file(town, MONTHS[-1], agents))
            seconds, people = seconds + found["seconds"], people + found["individuals"]
        points.append((round(people / count), seconds / count))
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    each = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    fixed = mean_y - each * mean_x
    return fixed, each, max(abs(fixed + each * x - y) / y for x, y in points)


if __name__ == "__main__":
    sys.exit(main())
