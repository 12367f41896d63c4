"""Rights at their largest: a portfolio of 1,500 establishments, a matrix of 500 people × 40 services, and one request
that asks 50 services: `decide()` after one loading against one plain indexed lookup per question.

`python -m bench.rights seed` (as the owner) adds what is measured to a database, once; `python -m bench.rights measure`
(as the application) measures in its own process, with the pages' whole middleware. The services are declared here, by
the bench itself: Parvis has fewer. Each page is asked of a small place too: the number of statements must be the same.
"""

import datetime
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.data import FUNDS

CLIENTS, PEOPLE, SERVICES, QUESTIONS = 1_500, 500, 40, 50
FEWER_CLIENTS, FEWER_PEOPLE = 3, 5
# SIREN of the places of this part: (organisation, establishment of the matrix), large and small.
LARGE, SMALL_ONES = ("980000001", "980000002"), ("980000003", "980000004")
REQUESTS, ROUNDS, TURN = 15, 50, 10
TIMES_AS_FAST = 10.0
OWN = ("mon-etablissement", "contrats", "correspondants")


def codes() -> list[str]:
    """The services that rights are given on: Parvis's own, then the bench's."""
    return [*OWN, *(f"banc-{number:02}" for number in range(QUESTIONS - len(OWN)))]


# --- What is measured ------------------------------------------------------------------------------------------------
def seed() -> None:
    """The organisations with their clients, the establishments with their people. Does nothing where it is there."""
    from django.db import transaction

    from parvis.establishments.models import Establishment

    if Establishment.objects.filter(siren=LARGE[0]).exists():
        return
    with transaction.atomic():
        for (organisation, matrix), clients, people in (
            (LARGE, CLIENTS, PEOPLE),
            (SMALL_ONES, FEWER_CLIENTS, FEWER_PEOPLE),
        ):
            _portfolio(organisation, clients)
            _people(_place(matrix, "Établissement"), people, rights=True)


def _place(siren: str, name: str, *, acts: bool = False, save: bool = True) -> Any:
    from parvis.establishments.models import Contract, Establishment

    made = Establishment(
        siret=f"{siren}00011",
        siren=siren,
        name=f"{name} du banc {siren}",
        kind="commune",
        legal_category="7210",
        sort_key=f"{name} du banc {siren}".lower(),
        acts_for_others=acts,
    )
    if save:
        made.save()
        # What some services ask for: without it nobody has them, whatever their rights.
        Contract.objects.bulk_create(
            Contract(establishment=made, fund=fund, number=f"{fund}-{siren}", starts_on=datetime.date(2010, 1, 1))
            for fund in FUNDS
        )
    return made


def _people(place: Any, count: int, *, rights: bool) -> list[Any]:
    from parvis.access.models import Membership, Profile, Right
    from parvis.ground import clock
    from parvis.ground.identifiers import account
    from parvis.identity.models import Person

    now = clock.now()
    people = Person.objects.bulk_create(
        Person(first_name=f"Prénom{number}", last_name=f"Nom{number:04}", password="!", created_at=now)
        for number in range(count)
    )
    made = Membership.objects.bulk_create(
        Membership(
            establishment=place, person=person, identifier=account.draw(), civility="mme", first_name=person.first_name,
            last_name=person.last_name, function="Gestionnaire", email=f"p{number}@{place.siren}.example",
            phone="+33465710042", profile=Profile.ADMINISTRATOR if number < 2 else Profile.USER, created_at=now,
            confirmed_at=now, search_key=f"nom{number:04}", sort_key=f"nom{number:04} prenom",
        )
        for number, person in enumerate(people)
    )  # fmt: skip
    if rights:
        Right.objects.bulk_create(
            Right(establishment=place, membership=one, service=code, level=1, granted_at=now, granted_by=made[0].ref)
            for one in made for code in codes()
        )  # fmt: skip
    return made


def _portfolio(siren: str, count: int) -> None:
    import uuid

    from parvis.access.models import Delegation, DelegationService, Portfolio, PortfolioClient, PortfolioMember
    from parvis.establishments.models import Establishment
    from parvis.ground import clock

    now, today = clock.now(), clock.today()
    place = _place(siren, "Organisme", acts=True)
    team = _people(place, 10, rights=False)
    first = 970_000_000 + (0 if count == CLIENTS else 10_000)
    clients = Establishment.objects.bulk_create(
        _place(str(first + number), "Commune", save=False) for number in range(count)
    )
    given = Delegation.objects.bulk_create(
        Delegation(
            establishment=client, organisation=place, starts_on=today, ends_on=today + datetime.timedelta(days=900),
            reason="Convention", proposed_side=Delegation.Side.ORGANISATION, proposed_at=now, proposed_by=uuid.uuid4(),
            proposed_name="Claire Dubois", accepted_at=now, answered_name="Paul Girard",
        )
        for client in clients
    )  # fmt: skip
    DelegationService.objects.bulk_create(
        DelegationService(
            establishment_id=one.establishment_id, organisation=place, delegation=one, service=code, level=1
        )
        for one in given
        for code in OWN[1:]
    )
    folder = Portfolio.objects.create(establishment=place, name="Tout le banc", created_at=now)
    PortfolioClient.objects.bulk_create(
        PortfolioClient(establishment=place, portfolio=folder, client=client) for client in clients
    )
    PortfolioMember.objects.bulk_create(
        PortfolioMember(
            establishment=place, portfolio=folder, membership=one, level=1, granted_at=now, granted_by=team[0].ref
        )
        for one in team
    )


# --- Measuring -------------------------------------------------------------------------------------------------------
def _declare(count: int) -> None:
    """So many services in all, those of the bench after Parvis's own."""
    from parvis.access import registry
    from parvis.access.levels import Level

    theme = registry.Theme("banc", "Banc d’essai", 900)
    for number, code in enumerate(codes()[len(OWN) : count]):
        if registry.get(code) is None:
            helps = {Level.READ: "Lit.", Level.WRITE: "Modifie."}
            registry.declare(
                registry.Service(code, f"Service du banc {number + 1}", theme, "Pour mesurer.", helps, "inbox:home")
            )


def measure() -> dict[str, Any]:
    """Each page's latency (ms) and statements, large and small; how often as fast one loading is (`times`)."""
    from parvis.config.web import settle

    _declare(SERVICES)
    # As a worker of the web server.
    settle()
    pages = {
        "portfolio": ("suivis/", 0), "matrix": ("comptes/matrice/", 1),
        "matrix_csv": ("comptes/matrice/qui-peut-faire-quoi.csv", 1),
    }  # fmt: skip
    found = {name: _page(path, LARGE[which], SMALL_ONES[which]) for name, (path, which) in pages.items()}
    _declare(QUESTIONS)
    return {"pages": found, **_decide()}


def _page(path: str, large: str, small: str) -> dict[str, Any]:
    told, few = _asked(f"/etablissements/{large}00011/{path}"), _asked(f"/etablissements/{small}00011/{path}")
    return {**told, "statements_small": few["statements"], "p50_small": few["p50"]}


def _asked(path: str) -> dict[str, Any]:
    from django.conf import settings
    from django.test import Client

    from bench.inside import _count, _session

    cookie = _session(_known()[path.split("/")[2]])
    client = Client(headers={"host": "127.0.0.1"})
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    statements = len(_count(path, cookie))
    times = [_timed(lambda: client.get(path)) for _ in range(REQUESTS)]
    return {"p50": statistics.median(times), "worst": max(times), "statements": statements}


def _known() -> dict[str, int]:
    return dict(json.loads(sys.argv[2]))


def _timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


LOOKUP_SQL = """SELECT level FROM access_right WHERE membership_id = %s AND service = %s
  AND (starts_on IS NULL OR starts_on <= %s) AND (ends_on IS NULL OR ends_on >= %s)"""


def _decide() -> dict[str, float]:
    """One loading and 50 questions in memory, against 50 plain lookups by index, in turns in one scope."""
    from django.db import connection

    from parvis.access.decision import decide
    from parvis.access.registry import get
    from parvis.access.standing import standing
    from parvis.ground import clock, tenancy

    siret = f"{LARGE[1]}00011"
    person, today = _known()[siret], clock.today()
    services = [service for code in codes() if (service := get(code)) is not None]
    with tenancy.scope(person=person, establishment=tenancy.Lookup("access_enter", (person, siret))) as here:
        who = standing(person, here.establishment)
        if who is None or len(services) != QUESTIONS:
            raise SystemExit("Le banc n’a pas ses données.")
        number = who.membership_id

        def once() -> list[int]:
            loaded = standing(person, here.establishment)
            return [int(decide(loaded, service).level) for service in services]

        def each() -> list[int]:
            levels = []
            for service in services:
                with connection.cursor() as cursor:
                    cursor.execute(LOOKUP_SQL, [number, service.code, today, today])
                    row = cursor.fetchone()
                    levels.append(int(row[0]) if row else 0)
            return levels

        if once() != each():
            raise SystemExit("decide() et la recherche simple ne disent pas la même chose.")
        # In turns of ten: one way or the other, a server does the same all day. And in turns of one, the hardest for
        # the single loading, which then finds the processor's caches full of the fifty lookups before it.
        tens = [([_timed(once) for _ in range(TURN)], [_timed(each) for _ in range(TURN)]) for _ in range(ROUNDS)]
        ones = [([_timed(once)], [_timed(each)]) for _ in range(ROUNDS)]
    one, other = _medians(tens)
    cold, others = _medians(ones)
    return {"once_ms": one, "each_ms": other, "times": other / one, "times_cold": others / cold}


def _medians(turns: list[tuple[list[float], list[float]]]) -> tuple[float, float]:
    one, other = (statistics.median([time for times in way for time in times]) for way in zip(*turns, strict=True))
    return one, other


def lines(found: dict[str, Any]) -> list[str]:
    """What was found, to print."""
    labels = {
        "portfolio": f"Portefeuille de {CLIENTS} établissements",
        "matrix": f"Matrice, {PEOPLE} personnes × {SERVICES} services (une page)",
        "matrix_csv": "La même, entière, en CSV",
    }
    said = [
        f"{labels[name]} : p50 {one['p50']:.0f} ms, au pire {one['worst']:.0f} ms ; {one['statements']} requêtes SQL "
        f"(petite : p50 {one['p50_small']:.0f} ms, {one['statements_small']} requêtes)."
        for name, one in found["pages"].items()
    ]
    return [
        *said,
        f"Un chargement puis {QUESTIONS} questions : {found['once_ms']:.2f} ms ; une recherche par question : "
        f"{found['each_ms']:.2f} ms ; {found['times']:.1f} fois plus vite (objectif : {TIMES_AS_FAST:.0f} ; "
        f"en alternant à chaque fois : {found['times_cold']:.1f}).",
    ]


def reached(found: dict[str, Any]) -> bool:
    """Whether both targets are: ten times as fast, and statements that do not grow."""
    same = all(one["statements"] == one["statements_small"] for one in found["pages"].values())
    return same and found["times"] >= TIMES_AS_FAST


def on(database: Any) -> dict[str, Any]:
    """Seed, then measure, on a database of the bench."""
    known = json.loads(database.run("bench.rights", "seed", owner=True))
    found: dict[str, Any] = json.loads(database.run("bench.rights", "measure", json.dumps(known), owner=False))
    return found


def _administrators() -> dict[str, int]:
    """Who administers each place: SIRET → person. As the owner."""
    from parvis.access.models import Membership

    rows = Membership.objects.filter(
        establishment__siren__in=[*LARGE, *SMALL_ONES], profile="administrateur"
    ).order_by("-pk")  # fmt: skip
    return dict(rows.values_list("establishment__siret", "person_id"))


def main() -> None:
    """Either half, in a process of its own."""
    import django

    django.setup()
    if sys.argv[1] == "seed":
        seed()
        print(json.dumps(_administrators()))
    else:
        print(json.dumps(measure()))


if __name__ == "__main__":
    main()
