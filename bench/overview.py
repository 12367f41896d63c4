"""`python -m bench.overview`: « Vue d'ensemble » of a person with 300 establishments beside one with 3.

Each establishment has its obligations written down, letters that nobody opened and notices that nobody read. Half of
the person's establishments are their own accounts, the others their organisation's clients. Measured in one process
with the pages' whole middleware, in turns in the same run; to reach: at most twice as long, and no more statements
than the establishments of one page cost.
"""

import argparse
import datetime
import json
import statistics
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from bench.rights import _place

MANY, FEW = 300, 3
# The first SIREN of each person's places.
FIRST = {MANY: 960_000_000, FEW: 960_100_000}
TIMES, TURNS = 2.0, 60
PATH = "/accueil/"
# What a notice of a letter says of it.
LETTER = {"fund": "cnracl", "title": "Appel de cotisation"}
RESULTS = Path(__file__).resolve().parent / "results" / "overview.json"


def seed() -> dict[int, int]:
    """The two persons with their establishments, once; by how many they have, the person's number. As the owner."""
    from django.db import connection, transaction

    from parvis.establishments.models import Establishment
    from parvis.information.models.news import News
    from parvis.notices.models import Notice

    found = {}
    for count, first in FIRST.items():
        if not Establishment.objects.filter(siren=str(first)).exists():
            with transaction.atomic():
                _person(count, first)
        found[count] = _owner_of(first)
    Notice.objects.filter(kind="letter", detail={}).update(detail=LETTER)
    if not News.objects.filter(slug="vue-0").exists():
        _news()
    with connection.cursor() as cursor:
        # As autovacuum would have done by the time that anybody looks.
        cursor.execute("ANALYZE")
    return found


def _owner_of(first: int) -> int:
    from parvis.access.models import Membership

    return int(Membership.objects.values_list("person_id", flat=True).get(establishment__siren=str(first)))


def _person(count: int, first: int) -> None:
    from parvis.access.models import (
        Delegation,
        DelegationService,
        Membership,
        Portfolio,
        PortfolioClient,
        PortfolioMember,
        Profile,
        Right,
        TermsAcceptance,
    )
    from parvis.access.terms.versions import newest
    from parvis.ground import clock
    from parvis.ground.identifiers import account
    from parvis.identity.models import Person
    from parvis.obligations.materialising import materialise

    now, today = clock.now(), clock.today()
    person = Person.objects.create(first_name="Camille", last_name="Durand", password="!", created_at=now)
    places = [_place(str(first + number), "Commune", acts=number == 0) for number in range(count)]
    own, clients = places[: (count + 1) // 2], places[(count + 1) // 2 :]
    accounts = Membership.objects.bulk_create(
        Membership(
            establishment=place, person=person, identifier=account.draw(), civility="mme", first_name="Camille",
            last_name="Durand", function="Gestionnaire", email="camille@banc.example", phone="+33465710042",
            profile=Profile.ADMINISTRATOR if place is own[0] else Profile.USER, created_at=now, confirmed_at=now,
            last_visit_at=now, search_key="durand camille", sort_key="durand camille",
        )
        for place in own
    )  # fmt: skip
    Right.objects.bulk_create(
        Right(establishment_id=one.establishment_id, membership=one, service=code, level=2, granted_at=now,
              granted_by=one.ref)
        for one in accounts for code in ("mon-etablissement", "contrats", "courriers")
    )  # fmt: skip
    given = Delegation.objects.bulk_create(
        Delegation(
            establishment=client, organisation=own[0], starts_on=today, ends_on=today + datetime.timedelta(days=900),
            reason="Convention", proposed_side=Delegation.Side.ORGANISATION, proposed_at=now, proposed_by=uuid.uuid4(),
            proposed_name="Claire Dubois", accepted_at=now, answered_name="Paul Girard",
        )
        for client in clients
    )  # fmt: skip
    DelegationService.objects.bulk_create(
        DelegationService(establishment_id=one.establishment_id, organisation=own[0], delegation=one, service=code,
                          level=2)
        for one in given for code in ("contrats", "courriers")
    )  # fmt: skip
    folder = Portfolio.objects.create(establishment=own[0], name="Tout", created_at=now)
    PortfolioClient.objects.bulk_create(
        PortfolioClient(establishment=own[0], portfolio=folder, client=client) for client in clients
    )
    PortfolioMember.objects.create(
        establishment=own[0], portfolio=folder, membership=accounts[0], level=2, granted_at=now,
        granted_by=accounts[0].ref,
    )  # fmt: skip
    if (terms := newest(today)) is not None:
        TermsAcceptance.objects.bulk_create(
            TermsAcceptance(establishment=place, version=terms.number, digest=terms.digest, accepted_at=now,
                            accepted_by=uuid.uuid4(), name="Camille Durand")
            for place in places
        )  # fmt: skip
    _what_came(places)
    materialise([place.pk for place in places])


def _what_came(places: list[Any]) -> None:
    from parvis.ground import clock
    from parvis.notices.models import Notice

    now = clock.now()
    Notice.objects.bulk_create(
        Notice(
            establishment=place,
            kind="letter",
            object_id=number,
            detail=LETTER,
            service="courriers",
            at=now,
            told_at=now,
        )
        for place in places
        for number in range(10)
    )


def _news() -> None:
    """Some for everybody, and some that ask for a right: those have to be looked into."""
    from parvis.ground import clock
    from parvis.information.models.news import News

    now = clock.now()
    News.objects.bulk_create(
        News(
            slug=f"vue-{number}", title=f"Nouvelle {number}", summary="Une campagne commence.", public=True,
            themes=["etablissement"] if number % 2 else [], funds=["cnracl"] if number % 3 else [], state="published",
            starts_on=clock.today(), created_at=now, changed_at=now, published_at=now, written_by=uuid.uuid4(),
        )
        for number in range(6)
    )  # fmt: skip


def measure(people: dict[int, int]) -> dict[str, Any]:
    """Both pages in turns: medians (ms), statements. As the application."""
    from django.conf import settings
    from django.test import Client

    from bench.inside import _count, _session
    from parvis.config.web import settle

    settle()
    clients, statements = {}, {}
    for count, person in people.items():
        cookie = _session(person)
        clients[count] = Client(headers={"host": "127.0.0.1"})
        clients[count].cookies[settings.SESSION_COOKIE_NAME] = cookie
        statements[count] = len(_count(PATH, cookie))
    times: dict[int, list[float]] = {count: [] for count in people}
    for _ in range(TURNS):
        for count, client in clients.items():
            began = time.perf_counter()
            answer = client.get(PATH)
            times[count].append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200:
                raise SystemExit(f"La page répond {answer.status_code}.")
    return {
        "few_ms": statistics.median(times[FEW]),
        "many_ms": statistics.median(times[MANY]),
        "few_statements": statements[FEW],
        "many_statements": statements[MANY],
    }


def main() -> int:
    """Alone: seed and measure in processes of their own, each under its role, on the bench's small database."""
    import django

    if len(sys.argv) > 1 and sys.argv[1] in ("seed", "measure"):
        django.setup()
        if sys.argv[1] == "seed":
            print(json.dumps(seed()))
        else:
            print(json.dumps(measure({int(count): person for count, person in json.loads(sys.argv[2]).items()})))
        return 0
    asked = argparse.ArgumentParser(prog="python -m bench.overview", description="Mesurer la vue d’ensemble.")
    asked.add_argument("--rebuild", action="store_true", help="refaire la base")
    asked.add_argument("--strict", action="store_true", help="code de sortie 1 si l’objectif est manqué")
    options = asked.parse_args()
    from bench import databases
    from bench.data import SMALL

    with databases.server() as running:
        database = databases.ready(running, SMALL, None, rebuild=options.rebuild)
        people = json.loads(database.run("bench.overview", "seed", owner=True))
        found = json.loads(database.run("bench.overview", "measure", json.dumps(people), owner=False))
    ratio = found["many_ms"] / found["few_ms"]
    print(
        f"Vue d’ensemble, {MANY} établissements : {found['many_ms']:.1f} ms, {found['many_statements']} requêtes SQL ; "
        f"de {FEW} : {found['few_ms']:.1f} ms, {found['few_statements']} requêtes. {ratio:.2f} fois (objectif : "
        f"{TIMES:.0f} au plus)."
    )
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({**found, "ratio": ratio, "reached": ratio <= TIMES}, indent=1) + "\n")
    return 1 if options.strict and ratio > TIMES else 0


if __name__ == "__main__":
    sys.exit(main())
