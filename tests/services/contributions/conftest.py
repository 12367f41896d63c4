"""The people of the services' tests with a right on « Cotisations », and a year of accounts."""

import datetime

import pytest

from parvis.access.levels import Level
from parvis.ground import clock
from parvis.journal.actions import SYSTEM
from parvis.ledger import sides
from parvis.ledger.actions import Entry, record_all
from parvis.ledger.models import Kind
from parvis.regulations.periods import add_months

LEVELS = {"redactrice": Level.WRITE, "lecteur": Level.READ, "etrangere": Level.WRITE}


@pytest.fixture
def payers(employers):
    """`employers`, and what each may do here."""
    for who, level in LEVELS.items():
        employers.owner.execute(
            "INSERT INTO access_right (establishment_id, membership_id, service, level, granted_at) "
            "SELECT establishment_id, id, 'cotisations', %s, %s FROM access_membership WHERE person_id = %s",
            [int(level), clock.now(), employers.persons[who]],
        )
    return employers


def months(count: int) -> list[datetime.date]:
    """The last months that are over, the oldest first."""
    last = add_months(clock.today().replace(day=1), -1)
    return [add_months(last, 1 - back) for back in range(count, 0, -1)]


def write(employers, count=3, *, paid=True, fund="cnracl", agents=0):
    """What was due of so many months, each paid but the last one; `agents` changes nothing of how much there is."""
    with employers.scope("redactrice"):
        entries = []
        for month in months(count):
            key = f"{month:%Y-%m}"
            entries.append(
                Entry(
                    *(employers.here, fund, Kind.DUE, month, sides.due(111_00, 376_50), f"declaration:{key}"),
                    detail={"agents": agents},
                )
            )
            if paid and month != months(count)[-1]:
                entries.append(
                    Entry(
                        *(employers.here, fund, Kind.PAYMENT, month, sides.payment({month: 487_50}), f"bank:{key}"),
                        on=add_months(month, 1).replace(day=3),
                    )
                )
        record_all(actor=SYSTEM, entries=entries)
