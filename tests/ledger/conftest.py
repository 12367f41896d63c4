"""An establishment bound to the funds, and the scope in which its accounts are written."""

import datetime
from collections.abc import Iterator

import pytest

from parvis.establishments.models import Contract, Establishment
from parvis.ground import tenancy

SIRET = "21749901100013"
OTHER = "21749902900015"
FUNDS = ("cnracl", "ircantec", "rafp", "atiacl")


def _place(siret: str) -> Establishment:
    place = Establishment.objects.create(
        siret=siret,
        siren=siret[:9],
        name=f"Commune {siret[8]}",
        kind="commune",
        legal_category="7210",
        sort_key="commune",
    )
    Contract.objects.bulk_create(
        Contract(establishment=place, fund=fund, number=f"{fund}-{siret[6:9]}", starts_on=datetime.date(2010, 1, 1))
        for fund in FUNDS
    )
    return place


@pytest.fixture
def place(as_owner) -> Iterator[Establishment]:
    """Under the owner's connection: the scope below narrows it to the establishment, under the application's role."""
    with tenancy.scope(role="parvis_owner"):
        yield _place(SIRET)


@pytest.fixture
def other(place) -> Establishment:
    return _place(OTHER)
