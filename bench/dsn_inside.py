"""The parts of `bench.dsn_stored` that run on Parvis's own code, each in a process of its own: what it prints is JSON.

`months`, `employers`, `endless` and `account` as the owner, `pages` as the application.
"""

import datetime
import functools
import io
import json
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.data import siret
from parvis.dsn.generation.anomalies import Anomaly
from parvis.dsn.generation.posts import CNRACL, Employer, staff
from parvis.dsn.generation.sending import Part, generate

TOWN = Employer("200063402", "00016", "Commune d'Annecy", "74000", "Annecy", "74", 132_117)
MONTHS = [datetime.date(2026, month, 1) for month in (4, 5, 6)]
FUNDS = ("cnracl", "rafp", "ircantec")
# Employers of a nation: sixty sizes that follow one another, sixty-four agents on average, half of them under twenty.
SIZES, MEAN, SPREAD = 60, 2_300_000 / 36_130, 1.6
PAGES = (
    ("Cotisations", "service_contributions:index"),
    ("Cotisations à payer", "service_contributions:paying"),
    ("Compte à la CNRACL", "service_contributions:account"),
    ("Déclarations", "service_declarations:index"),
    ("Anomalies", "service_declarations:anomalies"),
    ("Agents", "service_affiliations:index"),
)
LARGE, SMALL = siret(9_000_001), siret(9_000_002)


def main() -> None:
    import django

    django.setup()
    part, *given = sys.argv[1:]
    made: dict[str, Callable[..., Any]] = {
        "months": months, "employers": employers, "endless": endless, "account": account, "pages": pages
    }  # fmt: skip
    print(json.dumps(made[part](*(int(one) if one.isdecimal() else one for one in given))))


# --- One employer ----------------------------------------------------------------------------------------------------
def months(agents: int, rounds: int) -> dict[str, Any]:
    """Three months of one employer, (a) and (b) beside them."""
    from parvis.services.declarations.pace import steady

    files = [declared(TOWN, month, agents) for month in MONTHS]
    enter(TOWN.siret, servants(TOWN, agents))
    # What a process reads once (norm, rates, plans) is read for another employer: a night has thousands.
    other = Employer(siret(9_000_003)[:9], siret(9_000_003)[9:], "Commune", "74000", "Annecy", "74", 1_000)
    enter(other.siret, servants(other, 10))
    steady()
    for month in MONTHS:
        _received(declared(other, month, 10))
    taken = []
    for content in files:
        _analyzed()
        # Before and after: what the machine does beside it is in both.
        split = functools.partial(_split, content)
        around = [_seconds(split) for _ in range(rounds)]
        one = _received(content)
        around += [_seconds(split) for _ in range(rounds)]
        taken.append({**one, "split_seconds": statistics.mean(around), "lines": content.count(b"\n")})
    rows, copied = _copied()
    return {
        "first": taken[0],
        "next": min(taken[1:], key=lambda one: one["seconds"] / one["split_seconds"]),
        "rows": rows,
        "copy_seconds": copied,
    }


def declared(
    town: Employer, month: datetime.date, agents: int, anomalies: Mapping[Anomaly, int] | None = None
) -> bytes:
    """A month's file."""
    out = io.BytesIO()
    generate(out, [Part(town, month, agents=agents, anomalies=anomalies or {})])
    return out.getvalue()


def _split(content: bytes) -> None:
    for line in io.TextIOWrapper(io.BytesIO(content), "iso-8859-1"):
        line.split(",", 1)


def _seconds(run: Callable[[], None]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


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
    return {
        "individuals": report.individuals,
        "anomalies": report.anomalies,
        "seconds": own + theirs,
        "server_seconds": theirs,
    }


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


# --- Who is affiliated already ---------------------------------------------------------------------------------------
Person = tuple[str, str, str, str, datetime.date | None, datetime.date, int]


def servants(town: Employer, agents: int) -> list[Person]:
    """The civil servants of a town: NIR's key, names, birth, entry, minutes a week."""
    from parvis.agents import nir

    return [
        (
            nir.key(one.identity.nir), one.identity.surname, one.identity.used_name or "", one.identity.first_names,
            one.identity.born, one.entered, int(one.hours * 60),
        )
        for one in staff(town, seed=1, agents=agents)
        if one.regime == CNRACL
    ]  # fmt: skip


def enter(number: str, people: Iterable[Person]) -> int:
    """An establishment with its contracts, and its civil servants affiliated; its id."""
    from parvis.establishments.models import Contract, Establishment
    from parvis.ground import tenancy

    with tenancy.scope(role="parvis_owner"):
        place, _ = Establishment.objects.get_or_create(
            siret=number,
            defaults={
                "siren": number[:9], "name": "Commune du banc", "kind": "commune", "legal_category": "7210",
                "sort_key": "commune",
            },
        )  # fmt: skip
        Contract.objects.bulk_create(
            [Contract(establishment=place, fund=f, number=f, starts_on=datetime.date(2010, 1, 1)) for f in FUNDS],
            ignore_conflicts=True,
        )
        _affiliated(place.pk, list(people))
        return int(place.pk)


def _affiliated(place: int, people: list[Person]) -> None:
    from parvis.agents import numbers
    from parvis.agents.keys import search_of, sort_of
    from parvis.agents.models import Affiliation, Agent, Post
    from parvis.ground import clock

    now = clock.now()
    rows = Agent.objects.bulk_create(
        [
            Agent(
                establishment_id=place, nir_sealed="x", nir_key=key, surname=surname, used_name=used,
                first_names=first, born_on=born, sort_key=sort_of(surname, used, first),
                search_key=search_of(surname, used, first, ""), created_at=now, changed_at=now,
            )
            for key, surname, used, first, born, _, _ in people
        ],
        batch_size=2_000,
    )  # fmt: skip
    given = iter(numbers.draw(["cnracl", "rafp"] * len(people)))
    Affiliation.objects.bulk_create(
        [
            Affiliation(
                establishment_id=place, agent=agent, scheme=scheme, number=next(given), status="tenured",
                state="active", entry="appointed", entered_on=entered, declared_at=now,
            )
            for agent, (*_, entered, _) in zip(rows, people, strict=True)
            for scheme in ("cnracl", "rafp")
        ],
        batch_size=2_000,
    )  # fmt: skip
    Post.objects.bulk_create(
        [
            Post(establishment_id=place, agent=agent, starts_on=entered, minutes=minutes, declared_at=now)
            for agent, (*_, entered, minutes) in zip(rows, people, strict=True)
        ],
        batch_size=2_000,
    )


# --- A part of a nation ----------------------------------------------------------------------------------------------
def sizes() -> list[int]:
    """How many agents each of sixty employers has: a log-normal spread, whose mean is the nation's."""
    normal = statistics.NormalDist()
    drawn = [math.exp(SPREAD * normal.inv_cdf((rank + 0.5) / SIZES)) for rank in range(SIZES)]
    return [max(1, round(one * MEAN * SIZES / sum(drawn))) for one in drawn]


def employers(folder: str, first: int, count: int) -> dict[str, int]:
    """So many employers with their civil servants, and two months of each as files.

    Sixty are made; the others are these under other SIRET, so that people come back under another employer.
    """
    made: list[tuple[list[Person], list[bytes]]] = []
    for rank, agents in enumerate(sizes()):
        town = Employer(siret(8_000_000 + rank)[:9], "00016", "Commune", "74000", "Annecy", "74", 1_000)
        made.append((servants(town, agents), [declared(town, month, agents) for month in MONTHS[:2]]))
    individuals = 0
    for name in ("first", "next"):
        (Path(folder) / name).mkdir()
    for number in range(count):
        people, files = made[number % SIZES]
        own = siret(first + number)
        enter(own, people)
        for name, content in zip(("first", "next"), files, strict=True):
            (Path(folder) / name / f"{number:05d}.txt").write_bytes(_renamed(content, own))
        individuals += files[-1].count(b"S21.G00.30.001,")
    _analyzed()
    return {"employers": count, "individuals": individuals}


def _renamed(content: bytes, number: str) -> bytes:
    """The same file of another employer."""
    head, mark, rest = content.partition(b"S21.G00.30.001,")
    siren = head.partition(b"S21.G00.06.001,'")[2][:9]
    own = number.encode()
    for rubric in (b"S10.G00.01.001", b"S21.G00.06.001"):
        head = head.replace(rubric + b",'" + siren, rubric + b",'" + own[:9])
    for rubric in (b"S10.G00.01.002", b"S21.G00.06.002", b"S21.G00.11.001"):
        head = head.replace(rubric + b",'00016'", rubric + b",'" + own[9:] + b"'")
    return head + mark + rest.replace(siren + b"00016", own)


# --- One very large file ---------------------------------------------------------------------------------------------
def endless(folder: str, individuals: int, rank: int) -> int:
    """A file of so many individuals of one employer, whose civil servants are affiliated."""
    from bench.dsn import Endless

    number = siret(7_000_000 + rank)
    path = Path(folder) / "dsn.txt"
    with path.open("wb") as out:
        source = Endless(individuals)
        while chunk := source.read(1 << 20):
            out.write(chunk)
    # The head alone names the employer.
    content = path.read_bytes()
    path.write_bytes(_renamed(content, number))
    with path.open("rb") as stream:
        for batch in _batches(_told(stream), 5_000):
            enter(number, batch)
    _analyzed()
    return individuals


def _told(stream: Any) -> Iterator[Person]:
    from parvis.agents import nir
    from parvis.dsn.reading import read
    from parvis.dsn.shapes import Individual

    for one in read(stream):
        if isinstance(one, Individual) and one.contracts[-1].scheme == "120" and one.nir:
            contract = one.contracts[-1]
            yield (
                nir.key(one.nir), one.surname or "", one.used_name or "", one.first_names or "", one.born_on,
                contract.start or MONTHS[0], round((contract.weekly_hours or 3500) * 60 / 100),
            )  # fmt: skip


def _batches(people: Iterable[Person], size: int) -> Iterator[list[Person]]:
    batch: list[Person] = []
    for one in people:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


# --- Pages -----------------------------------------------------------------------------------------------------------
def account(agents: int) -> dict[str, int]:
    """Two employers whose pages are looked at, with two months received of each; who reads them, by SIRET."""
    from bench.rights import _people
    from parvis.access.models import Right
    from parvis.establishments.models import Establishment
    from parvis.ground import clock, tenancy

    readers: dict[str, int] = {}
    for number, count in ((LARGE, agents), (SMALL, 10)):
        town = Employer(number[:9], number[9:], "Commune", "74000", "Annecy", "74", 1_000)
        enter(number, servants(town, count))
        with tenancy.scope(role="parvis_owner"):
            place = Establishment.objects.get(siret=number)
            one = _people(place, 1, rights=False)[0]
            readers[number] = one.person_id
            Right.objects.bulk_create(
                Right(
                    establishment=place, membership=one, service=code, level=1, granted_at=clock.now(),
                    granted_by=one.ref,
                )
                for code in ("agents", "declarations", "cotisations")
            )  # fmt: skip
        for month in MONTHS[:2]:
            # One in ten agents, so that no list is empty.
            _received(declared(town, month, count, {Anomaly.WRONG_AMOUNT: count // 10}))
    return readers


def pages(readers: str) -> dict[str, dict[str, int]]:
    """The statements of each page, for many agents and for ten."""
    from bench.inside import _count, _session
    from parvis.config.web import settle
    from parvis.ground.pages.addresses import address

    settle()
    found: dict[str, dict[str, int]] = {}
    for which, number in (("few", SMALL), ("many", LARGE)):
        cookie = _session(json.loads(readers)[number])
        for title, name in PAGES:
            more = ("cnracl",) if name.endswith(":account") else ()
            found.setdefault(title, {})[which] = len(_count(address(name, number, *more), cookie))
    return found


if __name__ == "__main__":
    main()
