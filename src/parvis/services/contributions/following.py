"""What follows from payments: surcharges for what came late, penalties for late declarations, obligations seen done.

Computed anew for an establishment from its accounts, and written where it is not there yet: running it twice changes
nothing, and what a corrected declaration no longer justifies gets its counter-entry.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q

from parvis.establishments.funds import FUNDS
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long, plural
from parvis.journal.actions import SYSTEM, record
from parvis.ledger import corrections, sides
from parvis.ledger.actions import Entry, Recorded, counter_all, record_all
from parvis.ledger.following import pass_on
from parvis.ledger.models import Account, Kind, Movement
from parvis.ledger.queries import Book, book, total
from parvis.notices.actions import notify
from parvis.obligations.actions import done_by_service, undone_by_service
from parvis.obligations.facts import Held, held_by
from parvis.obligations.models import Occurrence
from parvis.services.contributions.corrected import later
from parvis.services.contributions.due import Term, term
from parvis.services.contributions.lateness import CHARGED, Late, Share, in_cents, late_shares, surcharge
from parvis.services.contributions.penalties import Stem, penalties
from parvis.services.contributions.service import CODE
from parvis.services.contributions.told import PENALTY

OWNER = "parvis_owner"
SEEN = "Le service « Cotisations » a vu le paiement."
NO_LONGER = "Le calcul a changé : une déclaration, un versement ou un effectif a été corrigé."
# What still stands of the payments: those that were taken back, and what takes them back, are left out.
SHARES_SQL = """SELECT l.fund, l.month, m.id, m."on", sum(-l.amount)::bigint
  FROM ledger_line l JOIN ledger_movement m ON m.id = l.movement_id
  WHERE l.establishment_id = %(place)s AND l.account = 'contributions' AND m.kind = 'payment' AND m.counters_id IS NULL
    AND NOT EXISTS (SELECT FROM ledger_movement c WHERE c.counters_id = m.id)
  GROUP BY l.fund, l.month, m.id, m."on" """
# Also where what decides of the days was said lately: it may charge what nobody could compute before.
LATELY_SQL = """SELECT establishment_id FROM ledger_movement WHERE recorded_at >= %(since)s
    AND kind IN ('due', 'payment', 'transfer', 'came')
  UNION SELECT c.establishment_id FROM obligations_computation c WHERE c.computed_at >= %(since)s
    AND EXISTS (SELECT FROM ledger_line l WHERE l.establishment_id = c.establishment_id)
  ORDER BY establishment_id"""


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
    """These establishments, each in a transaction of its own. As the owner.

    `tick`: obligations too, and people are told; not so of what is only being put there.
    """
    done = Followed()
    for place in places:
        with tenancy.scope(establishment=place, role=OWNER):
            _lock(place)
            held = held_by([place], clock.today())[place]
            read = book(place, list(FUNDS))
            _charges(place, held, read, done, tell=tick)
            if tick:
                _ticks(place, held, read, done)
            pass_on(place)
    return done


def _lock(place: int) -> None:
    """One at a time for an establishment: two imports at once would both see that a surcharge is missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x5041, place % 2**31])


def _charges(place: int, held: Held, read: Book, done: Followed, *, tell: bool) -> None:
    wanted = {**dict(_surcharges(place, held, read)), **dict(penalties(place, held))}
    there = _standing(place)
    gone = {
        stem: one
        for stem, one in there.items()
        if stem not in wanted or wanted[stem].sides[0].amount != int(one.detail["charged"])
    }
    for fund in dict.fromkeys(one.fund for one in gone.values()):
        keys = [one.key for one in gone.values() if one.fund == fund]
        counter_all(actor=SYSTEM, establishment=place, fund=fund, keys=keys, why=NO_LONGER)
    done.countered += len(gone)
    new = {stem: entry for stem, entry in wanted.items() if stem not in there or stem in gone}
    written = record_all(actor=SYSTEM, entries=[_numbered(place, one) for one in new.values()])
    assert all(one.new for one in written)
    done.surcharges += sum(one.kind is Kind.SURCHARGE for one in new.values())
    done.penalties += sum(one.kind is Kind.PENALTY for one in new.values())
    made = dict(zip(new, written, strict=True))
    _waived_again(place, gone, {stem: (made[stem], new[stem]) for stem in made})
    for one in gone.values():
        record(
            "contributions.uncharged",
            actor=SYSTEM,
            object=one.ref,
            after=_event(one.kind, one.fund, one.month, one.detail),
        )
    for stem, entry in new.items():
        told = _event(str(entry.kind), entry.fund, entry.month, entry.detail)
        record("contributions.charged", actor=SYSTEM, object=made[stem].ref, after=told)
        if tell and entry.kind is Kind.PENALTY:
            notify(
                PENALTY,
                establishment=place,
                object_id=made[stem].id,
                service=CODE,
                detail={"fund": entry.fund, "month": entry.month.isoformat(), "ref": str(made[stem].ref)},
            )


def _event(kind: str, fund: str, month: datetime.date, detail: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "fund": fund, "month": month.isoformat(), "amount": int(detail["charged"])}


def _waived_again(place: int, gone: Mapping[Stem, Movement], made: Mapping[Stem, tuple[Recorded, Entry]]) -> None:
    """What was given up of a surcharge goes with it: taken back where it is, given up again of what replaces it."""
    keys = {f"waiver:{one.ref}": stem for stem, one in gone.items()}
    back = Movement.objects.filter(establishment_id=place, counters__isnull=False).values("counters")
    rows = Movement.objects.filter(establishment_id=place, kind=Kind.WAIVER, key__in=list(keys)).exclude(pk__in=back)
    for one in rows.prefetch_related("lines"):
        counter_all(actor=SYSTEM, establishment=place, fund=one.fund, keys=[one.key], why=NO_LONGER)
        if keys[one.key] not in made:
            continue
        waived = sum(line.amount for line in one.lines.all() if line.account == Account.WAIVERS)
        recorded, entry = made[keys[one.key]]
        amount = min(waived, int(entry.detail["charged"]))
        again = Entry(
            *(place, one.fund, Kind.WAIVER, one.month, sides.waiver(amount), f"waiver:{recorded.ref}"),
            reference=one.reference,
            label="Remise reportée sur la majoration recalculée.",
        )
        record_all(actor=SYSTEM, entries=[again])


def _numbered(place: int, entry: Entry) -> Entry:
    """A key of its own: the same payment may be charged again, after what was charged first was taken back."""
    times = Movement.objects.filter(
        establishment_id=place, fund=entry.fund, key__startswith=f"{entry.key}/", counters=None
    ).count()
    return replace(entry, key=f"{entry.key}/{times + 1}")


def _standing(place: int) -> dict[Stem, Movement]:
    """The charges made here that still stand, by fund and stem of their key."""
    rows = Movement.objects.filter(
        establishment_id=place, kind__in=[Kind.SURCHARGE, Kind.PENALTY], counters=None, key__startswith="late:"
    )
    taken = Movement.objects.filter(establishment_id=place, counters__isnull=False).values("counters")
    return {(one.fund, one.key.rpartition("/")[0]): one for one in rows.exclude(pk__in=taken)}


def _surcharges(place: int, held: Held, read: Book) -> Iterator[tuple[Stem, Entry]]:
    """Where the day was only assumed, nobody is charged: `Term.assumed`."""
    by_term: dict[Stem, list[Share]] = {}
    terms: dict[Stem, Term] = {}
    with connection.cursor() as cursor:
        cursor.execute(SHARES_SQL, {"place": place})
        for fund, month, movement, on, amount in cursor.fetchall():
            about = term(fund, month, held)
            if fund in CHARGED and not about.assumed:
                stem = (fund, f"{about.starts_on:%Y-%m}")
                terms[stem] = about
                by_term.setdefault(stem, []).append(Share(movement, on, amount))
    raises = corrections.standing(place) if by_term else {}
    for stem, shares in by_term.items():
        about = terms[stem]
        sums = read.of(about.fund, about.period)
        parts = later(about, raises, held)
        for one in late_shares(sums.owed, about.on, shares, sums.gone, later=parts):
            if (made := _surcharge(place, about, one)) is not None:
                yield (about.fund, made.key), made


def _surcharge(place: int, about: Term, one: Late) -> Entry | None:
    result = surcharge(about.fund, one.amount, due_on=one.due_on, paid_on=one.paid_on)
    if result is None or not (amount := in_cents(result.value.total)):
        return None
    corrected = one.due_on != about.on
    return Entry(
        *(place, about.fund, Kind.SURCHARGE, about.starts_on, sides.surcharge(amount)),
        f"late:{one.movement}:{about.starts_on:%Y-%m}{f':{one.due_on}' if corrected else ''}",
        on=one.paid_on,
        label=f"Versement du {date_long(one.paid_on)} pour {about.said}{', corrigé' if corrected else ''}, "
        f"dû le {date_long(one.due_on)}",
        detail={
            "amount": one.amount,
            "due_on": one.due_on.isoformat(),
            "paid_on": one.paid_on.isoformat(),
            "months": about.months,
            "charged": amount,
        },
    )


def _ticks(place: int, held: Held, read: Book, done: Followed) -> None:
    """What is paid whole is ticked, on the day of its last payment; what the bank took back is to be done again."""
    paid, raises = _paid_on(place), corrections.standing(place)
    rows = Occurrence.objects.filter(establishment_id=place, act="pay", withdrawn_on=None, fund__in=list(FUNDS))
    for one in rows.filter(Q(done_at=None) | Q(done_reason=SEEN)):
        months = read.months.get(one.fund, {})
        within = [month for month in months if one.period_starts_on <= month < one.period_ends_before]
        sums = total(months[month] for month in within)
        if one.done_at is not None:
            added = sum(each.amount for month in within for each in raises.get((one.fund, month), ()))
            if sums.balance > added:
                undone_by_service(actor=SYSTEM, place=place, key=one.key, reason=SEEN)
            continue
        if one.period_ends_before > clock.today() or sums.owed <= 0 or sums.balance > 0:
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
