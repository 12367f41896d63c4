"""What the tests of this folder share: people, requests, and how their answers are read."""

import csv
import io
import random
import uuid
from collections.abc import Callable
from typing import Any

from odfdo import Document

from parvis.access.actions.creation import account_search_key
from parvis.access.models import Link, Membership, Profile, Right
from parvis.access.queries.accounts import Filters, Listed, accounts
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.identifiers import account
from parvis.ground.identifiers.text import sort_key
from parvis.journal.models import Event
from tests.access.reading import DAY, words
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]


FUNDS = frozenset({"cnracl", "ircantec", "rafp"})


def listed(world: World, *, everything: bool = False, **query: str) -> Listed:
    with tenancy.scope(establishment=world.here.pk):
        filters = Filters.parse(query, FUNDS)
        return accounts(filters, oneself=world.administrator.account_id, everything=everything)


def names(world: World, **query: str) -> list[str]:
    return [row.name for row in listed(world, **query).rows]


def shown(browser: ReadingClient, world: World, **query: str) -> str:
    return words(browser.get(f"/etablissements/{world.here.siret}/comptes/", query))


def crowd(where: Establishment, count: int) -> None:
    """Many accounts at once, as the owner."""
    now, drawn = clock.now(), random.Random(count)
    rows = []
    for number in range(count):
        first, last, code = f"Prénom{number:03}", f"Nom{drawn.randrange(10**6):06}", account.draw()
        rows.append(
            Membership(
                establishment=where,
                identifier=code,
                civility="m",
                first_name=first,
                last_name=last,
                function="Agent",
                email=f"{last}@foule.example",
                phone="+33465710042",
                profile=Profile.USER,
                created_at=now,
                search_key=account_search_key(first, last, f"{last}@foule.example", code),
                sort_key=sort_key(f"{last} {first}"),
            )
        )
    made = Membership.objects.bulk_create(rows)
    Right.objects.bulk_create(
        Right(establishment=where, membership=one, service="contrats", level=1, granted_at=now) for one in made
    )
    Link.objects.bulk_create(
        Link(establishment=where, membership=one, created_at=now, expires_at=now + DAY) for one in made
    )
    Event.objects.bulk_create(
        Event(at=now, kind="account.deactivated", establishment_id=where.pk, actor=one.ref, object=uuid.uuid4())
        for one in made
    )


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_ods(content: bytes) -> list[list[Any]]:
    table = Document(io.BytesIO(content)).body.get_table(0)
    return [list(row) for row in table.get_values()]
