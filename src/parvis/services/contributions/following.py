"""What follows from payments: surcharges for what came late, penalties for late declarations, obligations seen done.

Computed anew for an establishment from its accounts, and written where it is not there yet: running it twice changes
nothing, and what a corrected declaration no longer justifies gets its counter-entry.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import connection

from parvis.establishments.funds import FUNDS
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long, plural
from parvis.journal.actions import SYSTEM
from parvis.ledger import sides
from parvis.ledger.actions import Entry, counter_all, record_all
from parvis.ledger.models import Kind, Movement
from parvis.ledger.queries import Book, book, total
from parvis.obligations.actions import done_by_service
from parvis.obligations.facts import Held, held_by
from parvis.obligations.models import Occurrence
from parvis.regulations.due_dates.calendar import Fund, Payer, due
from parvis.services.contributions.due import term
from parvis.services.contributions.lateness import (
    CHARGED,
    Share,
    in_cents,
    late_shares,
    penalty,
    surcharge,
)

OWNER = "parvis_owner"
SEEN = "Le service « Cotisations » a vu le paiement."
NO_LONGER = "Le calcul a changé : la déclaration a été corrigée."
# What still stands of the payments: those that were taken back, and what takes them back, are left out.
SHARES_SQL = """SELECT l.fund, l.month, m.id, m."on", sum(-l.amount)::bigint
  FROM ledger_line l JOIN ledger_movement m ON m.id = l.movement_id
  WHERE l.establishment_id = %(place)s AND l.account = 'contributions' AND m.kind = 'payment' AND m.counters_id IS NULL
    AND NOT EXISTS (SELECT FROM ledger_movement c WHERE c.counters_id = m.id)
  GROUP BY l.fund, l.month, m.id, m."on" """
LATELY_SQL = """SELECT DISTINCT establishment_id FROM ledger_movement WHERE recorded_at >= %(since)s
  AND kind IN ('due', 'payment', 'transfer') ORDER BY establishment_id"""


@dataclass(slots=True)
class Followed:
    """What was written."""

    surcharges: int = 0
    penalties: int = 0
    countered: int = 0
    ticked: int = 0

    @property
    def count(self) -> int:
        return self.surcharges + self.penalties + self.countered + self.ticked

    def __str__(self) -> str:
        return (
            f"{plural(self.surcharges, 'majoration', 'majorations')}, "
            f"{plural(self.penalties, 'pénalité', 'pénalités')}, "
            f"{plural(self.countered, 'majoration annulée', 'majorations annulées')}, "
            f"{plural(self.ticked, 'échéance cochée', 'échéances cochées')}."
        )


def follow_lately() -> int:
    """`parvis daily`: every establishment whose accounts changed lately. As the owner."""
    since = clock.now() - datetime.timedelta(days=settings.PARVIS_LEDGER_FOLLOWED_DAYS)
    with tenancy.scope(role=OWNER, read_only=True), connection.cursor() as cursor:
        cursor.execute(LATELY_SQL, {"since": since})
        places = [row[0] for row in cursor.fetchall()]
    return follow(places).count


def follow(places: Sequence[int], *, tick: bool = True) -> Followed:
    """These establishments, each in a transaction of its own; `tick`: obligations too. As the owner."""
    done = Followed()
    for place in places:
        with tenancy.scope(establishment=place, role=OWNER):
            _lock(place)
            held = held_by([place], clock.today())[place]
            read = book(place, list(FUNDS))
            _charges(place, held, read, done)
            if tick:
                _ticks(place, held, read, done)
    return done


def _lock(place: int) -> None:
    """One at a time for an establishment: two imports at once would both see that a surcharge is missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x5041, place % 2**31])


def _charges(place: int, held: Held, read: Book, done: Followed) -> None:
    wanted = {**dict(_surcharges(place, held, read)), **dict(_penalties(place, held))}
    there = _standing(place)
    gone: dict[str, list[str]] = {}
    for (fund, stem), (key, amount, _) in there.items():
        entry = wanted.get((fund, stem))
        if entry is None or entry.sides[0].amount != amount:
            gone.setdefault(fund, []).append(key)
    for fund, keys in gone.items():
        counter_all(actor=SYSTEM, establishment=place, fund=fund, keys=keys, why=NO_LONGER)
        done.countered += len(keys)
    new = []
    for (fund, stem), entry in wanted.items():
        standing = there.get((fund, stem))
        if standing is None or standing[0] in gone.get(fund, ()):
            new.append(entry)
    written = record_all(actor=SYSTEM, entries=[_numbered(place, one) for one in new])
    done.surcharges += sum(one.kind is Kind.SURCHARGE for one in new)
    done.penalties += sum(one.kind is Kind.PENALTY for one in new)
    assert all(one.new for one in written)


def _numbered(place: int, entry: Entry) -> Entry:
    """A key of its own: the same payment may be charged again, after what was charged first was taken back."""
    times = Movement.objects.filter(
        establishment_id=place, fund=entry.fund, key__startswith=f"{entry.key}/", counters=None
    ).count()
    return replace(entry, key=f"{entry.key}/{times + 1}")


def _standing(place: int) -> dict[tuple[str, str], tuple[str, int, int]]:
    """The charges made here that still stand, by fund and stem of their key: key, amount, id."""
    rows = Movement.objects.filter(
        establishment_id=place, kind__in=[Kind.SURCHARGE, Kind.PENALTY], counters=None, key__startswith="late:"
    )
    taken = set(
        Movement.objects.filter(establishment_id=place, counters__isnull=False).values_list("counters", flat=True)
    )
    return {
        (one.fund, one.key.rpartition("/")[0]): (one.key, int(one.detail["charged"]), one.pk)
        for one in rows
        if one.pk not in taken
    }


def _surcharges(place: int, held: Held, read: Book) -> Iterator[tuple[tuple[str, str], Entry]]:
    by_term: dict[tuple[str, datetime.date], list[Share]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SHARES_SQL, {"place": place})
        for fund, month, movement, on, amount in cursor.fetchall():
            if fund in CHARGED:
                start = term(fund, month, held).starts_on
                by_term.setdefault((fund, start), []).append(Share(movement, on, amount))
    for (fund, start), shares in by_term.items():
        about = term(fund, start, held)
        sums = read.of(fund, about.period)
        for one in late_shares(sums.due, about.on, shares, sums.moved):
            result = surcharge(fund, one.amount, due_on=one.due_on, paid_on=one.paid_on)
            if result is None or not (amount := in_cents(result.value.total)):
                continue
            stem = f"late:{one.movement}:{start:%Y-%m}"
            detail = {
                "amount": one.amount,
                "due_on": one.due_on.isoformat(),
                "paid_on": one.paid_on.isoformat(),
                "months": about.months,
                "charged": amount,
            }
            yield (
                (fund, stem),
                Entry(
                    *(place, fund, Kind.SURCHARGE, start, sides.surcharge(amount), stem),
                    on=one.paid_on,
                    label=f"Versement du {date_long(one.paid_on)} pour {about.said}, dû le {date_long(one.due_on)}",
                    detail=detail,
                ),
            )


def _penalties(place: int, held: Held) -> Iterator[tuple[tuple[str, str], Entry]]:
    """Of declarations that came late: a movement of what is due says when it came, and of how many agents."""
    rows = Movement.objects.filter(
        establishment_id=place,
        fund="ircantec",
        kind=Kind.DUE,
        counters=None,
        detail__has_keys=["agents", "received_on"],
    )
    for one in rows:
        try:
            last = due(
                Fund.DSN,
                Payer(headcount=held.headcount, paid_within_month=held.paid_within_month is not False),
                period=one.month,
            ).value.on
        except (ValueError, LookupError):
            continue
        received = datetime.date.fromisoformat(one.detail["received_on"])
        result = penalty(one.fund, int(one.detail["agents"]), due_on=last, received_on=received)
        if result is None or not (amount := in_cents(result.value)):
            continue
        stem = f"late:declaration:{one.pk}"
        detail = {
            "agents": int(one.detail["agents"]),
            "due_on": last.isoformat(),
            "received_on": received.isoformat(),
            "charged": amount,
        }
        yield (
            (one.fund, stem),
            Entry(
                *(place, one.fund, Kind.PENALTY, one.month, sides.penalty(amount), stem),
                on=received,
                label=f"Déclaration reçue le {date_long(received)}, attendue le {date_long(last)}",
                detail=detail,
            ),
        )


def _ticks(place: int, held: Held, read: Book, done: Followed) -> None:
    """What is paid whole is ticked, on the day of its last payment."""
    paid = _paid_on(place)
    for one in Occurrence.objects.filter(establishment_id=place, act="pay", done_at=None, withdrawn_on=None):
        months = read.months.get(one.fund, {})
        within = [month for month in months if one.period_starts_on <= month < one.period_ends_before]
        sums = total(months[month] for month in within)
        if one.period_ends_before > clock.today() or sums.due <= 0 or sums.balance > 0 or one.fund not in FUNDS:
            continue
        days = [paid[one.fund, month] for month in within if (one.fund, month) in paid]
        done.ticked += done_by_service(
            actor=SYSTEM,
            fund=one.fund,
            act="pay",
            day=one.period_starts_on,
            reason=SEEN,
            on=max(days, default=clock.today()),
        )


def _paid_on(place: int) -> dict[tuple[str, datetime.date], datetime.date]:
    with connection.cursor() as cursor:
        cursor.execute(SHARES_SQL, {"place": place})
        days: dict[tuple[str, datetime.date], datetime.date] = {}
        for fund, month, _, on, _ in cursor.fetchall():
            days[fund, month] = max(on, days.get((fund, month), on))
    return days
