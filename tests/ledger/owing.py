"""What the employer of the tests owes to each fund, by month, and the reference that pays it."""

import datetime

from parvis.journal.actions import SYSTEM
from parvis.ledger import references, sides
from parvis.ledger.actions import Entry, record_all
from parvis.ledger.models import Kind
from parvis.ledger.references import Target
from tests.ledger.conftest import SIRET

AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (datetime.date(2026, month, 1) for month in (8, 9, 10, 11))
THIRD = "21740242900013"
OWED = {
    "cnracl": {AUGUST: 400_00, SEPTEMBER: 450_00, OCTOBER: 487_50},
    "rafp": {OCTOBER: 90_00},
    "atiacl": {OCTOBER: 12_00},
}


def ref(fund="cnracl", month=OCTOBER, months=1, siret=SIRET):
    return references.reference(Target(fund, month, months, siret))


def owe(place):
    record_all(
        actor=SYSTEM,
        entries=[
            Entry(place.pk, fund, Kind.DUE, month, sides.due(0, amount), f"declaration:{fund}:{month}")
            for fund, months in OWED.items()
            for month, amount in months.items()
        ]
        + [Entry(place.pk, "cnracl", Kind.SURCHARGE, AUGUST, sides.surcharge(20_80), "surcharge:1")],
    )
