"""Penalties for declaring late: the Ircantec's, counted from the first declaration of a month that came.

A movement of what is due says when its declaration first came, and of how many agents and persons. A month of which
nothing has come yet is charged when it comes: until then nobody knows of how many agents it is.
"""

import datetime
from collections.abc import Iterator

from parvis.ground.pages.filters import date_long
from parvis.ledger import sides
from parvis.ledger.actions import Entry
from parvis.ledger.models import Kind, Movement
from parvis.obligations.facts import Held
from parvis.regulations.due_dates.calendar import Fund, Payer, due
from parvis.regulations.parameters import NotKnown
from parvis.services.contributions.lateness import in_cents, penalty

# A fund, and what a key begins with: the same charge keeps it when it is computed again.
Stem = tuple[str, str]
FUND = Fund.IRCANTEC.value


def penalties(place: int, held: Held) -> Iterator[tuple[Stem, Entry]]:
    """What the declarations that stand cost; what was taken back costs nothing."""
    taken = Movement.objects.filter(establishment_id=place, counters__isnull=False).values("counters")
    rows = list(
        Movement.objects.filter(
            establishment_id=place,
            fund=FUND,
            kind=Kind.DUE,
            counters=None,
            detail__has_keys=["agents", "received_on"],
        ).exclude(pk__in=taken)
    )
    persons: dict[datetime.date, int] = {}
    for one in rows:
        persons[one.month] = persons.get(one.month, 0) + int(one.detail.get("persons", one.detail["agents"]))
    for one in rows:
        last = expected(one.month, persons[one.month], held)
        if last is not None and (made := _penalty(place, one, last)) is not None:
            yield (FUND, made.key), made


def expected(month: datetime.date, persons: int, held: Held) -> datetime.date | None:
    """The last day for the DSN of a month in which so many were paid; None where no rule is known.

    Where nobody said of that year that pay is paid within its month, the later of the two days counts: nobody is
    charged by what was assumed.
    """
    within = held.paid_within_month is True and held.said_for == month.year
    try:
        return due(Fund.DSN, Payer(headcount=persons, paid_within_month=within), period=month).value.on
    except (ValueError, NotKnown):
        return None


def _penalty(place: int, one: Movement, last: datetime.date) -> Entry | None:
    agents, received = int(one.detail["agents"]), datetime.date.fromisoformat(one.detail["received_on"])
    result = penalty(FUND, agents, due_on=last, received_on=received)
    if result is None or not (amount := in_cents(result.value)):
        return None
    return Entry(
        *(place, FUND, Kind.PENALTY, one.month, sides.penalty(amount)),
        f"late:declaration:{one.month:%Y-%m}:{one.detail.get('fraction', 1)}",
        on=received,
        label=f"Déclaration reçue le {date_long(received)}, attendue le {date_long(last)}",
        detail={
            "agents": agents,
            "due_on": last.isoformat(),
            "received_on": received.isoformat(),
            "charged": amount,
        },
    )
