"""The declarations of the demo's towns: more than a year, received by the product's own reading, some with anomalies.

The people are those of `seeding_agents`. Nobody is told of what is past, and each month came on a day of the next one.
"""

import datetime
import io
from collections.abc import Mapping

from parvis.demo import people
from parvis.demo.seeding_agents import SEED, TOWNS, employer_of
from parvis.dsn.generation.anomalies import Anomaly
from parvis.dsn.generation.sending import Part, generate
from parvis.establishments.models import Establishment
from parvis.ground import clock
from parvis.journal.models import Event
from parvis.regulations.periods import add_months
from parvis.services.declarations.models import Anomaly as Noted
from parvis.services.declarations.models import Declaration
from parvis.services.declarations.outcome import said
from parvis.services.declarations.receiving import Report, receive_file

MONTHS = 14
# Counted back from the last month that is over: what was wrong in it.
FAULTS: dict[int, Mapping[Anomaly, int]] = {
    1: {Anomaly.WRONG_NIR: 1, Anomaly.WRONG_AMOUNT: 2, Anomaly.WRONG_HOURS: 1, Anomaly.OVERLAP: 1},
    2: {Anomaly.WRONG_AMOUNT: 2, Anomaly.RAFP_CEILING: 1},
    3: {Anomaly.WRONG_AMOUNT: 2, Anomaly.SWAPPED_NAMES: 1},
    6: {Anomaly.WRONG_SLICE: 2},
    9: {Anomaly.AGENT_MISSING: 1},
}
# The month of which a first declaration was rejected, and the one that was replaced.
REJECTED, REPLACED = 4, 5


def seed_declarations(establishments: dict[str, Establishment]) -> None:
    """Receive every month of both towns, and write the events of their history."""
    for siret in TOWNS:
        where = establishments[siret]
        for back in range(MONTHS, 0, -1):
            _month(where, back, FAULTS.get(back, {}) if siret == people.ANNECY else {})
    _long_ago()
    rows = Declaration.objects.filter(establishment__siret__in=TOWNS).exclude(state="rejected").order_by("received_at")
    Event.objects.bulk_create(
        Event(
            at=one.received_at,
            kind="declaration.processed",
            establishment_id=one.establishment_id,
            object=one.ref,
            after=said(one),
            origin="système",
        )
        for one in rows
    )


def _long_ago() -> None:
    """What was wrong before the last three months was seen to then."""
    before = add_months(clock.today().replace(day=1), -3)
    Noted.objects.filter(month__lt=before, state="open").update(state="closed", settled_at=clock.now())
    Declaration.objects.filter(month__lt=before, state="anomalies").update(state="processed")


def _month(where: Establishment, back: int, faults: Mapping[Anomaly, int]) -> None:
    month = add_months(clock.today().replace(day=1), -back)
    odd = where.siret == people.ANNECY
    if odd and back == REJECTED:
        _handed(where, month, {Anomaly.BIRTH_MISMATCH: 1}, day=2)
    if odd and back == REPLACED:
        _handed(where, month, {Anomaly.WRONG_RATE: 1}, day=2)
    _handed(where, month, faults, day=4, kind="03" if odd and back == REPLACED else "01", order=2)


def _handed(
    where: Establishment,
    month: datetime.date,
    faults: Mapping[Anomaly, int],
    *,
    day: int,
    kind: str = "01",
    order: int = 1,
) -> None:
    part = Part(
        employer_of(where), month, kind=kind, order=order, agents=TOWNS[where.siret], anomalies=faults,
        regularised=1 if month.month == 2 else 0,
    )  # fmt: skip
    file = io.BytesIO()
    generate(file, [part], seed=SEED)
    file.seek(0)
    came = datetime.datetime.combine(add_months(month, 1).replace(day=day), datetime.time(9, 12), clock.PARIS)
    receive_file(file, f"dsn-{where.siret}-{month:%Y%m}.txt", report=Report(), at=min(came, clock.now()), quiet=True)
