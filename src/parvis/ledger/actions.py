"""Writing movements: only ever added, each balanced, each once. What was wrong is taken back by a counter-entry."""

import datetime
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.tenancy import action
from parvis.journal.actions import Actor, Change, record_changes
from parvis.ledger.models import OWN, Account, Kind, Line, Movement
from parvis.ledger.sides import OTHERS, Side, given, reversed_, taken


class Different(ValueError):
    """The key is that of another movement: the same key says the same thing, or nothing is written."""


class NotThere(LookupError):
    """No such movement on the accounts of this establishment with this fund."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement to write. `month`: any day of it; `on`: today unless given; `key`: see `Movement.key`."""

    establishment: int
    fund: str
    kind: Kind
    month: datetime.date
    sides: tuple[Side, ...]
    key: str
    on: datetime.date | None = None
    reference: str = ""
    label: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    counters: int | None = None
    pair: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A movement that is in the accounts; `new`: it was not before."""

    id: int
    ref: uuid.UUID
    new: bool


def _first(day: datetime.date) -> datetime.date:
    return day.replace(day=1)


def _checked(entry: Entry) -> None:
    if entry.fund not in FUNDS:
        raise ValueError(f"{entry.fund} is no fund")
    own = [one for one in entry.sides if one.account in OWN]
    others = {one.account for one in entry.sides} - set(OWN)
    if len(entry.sides) < 2 or not others <= OTHERS[entry.kind] or (not own and entry.kind is not Kind.DUE):
        raise ValueError(f"these are not the sides of a movement of kind {entry.kind}")
    if sum(one.amount for one in entry.sides) or not all(one.amount for one in entry.sides):
        raise ValueError("the sides of a movement add up to zero, and none is zero")


INSERT_SQL = """INSERT INTO ledger_movement (ref, establishment_id, fund, kind, month, "on", key, reference, label,
    sides, counters_id, pair, detail, recorded_at, recorded_by)
  SELECT n.ref, n.place, n.fund, n.kind, n.month, n.day, n.key, n.reference, n.label, n.sides, n.counters, n.pair,
    n.detail, %(now)s, %(by)s
  FROM unnest(%(ref)s::uuid[], %(place)s::bigint[], %(fund)s::text[], %(kind)s::text[], %(month)s::date[],
    %(day)s::date[], %(key)s::text[], %(reference)s::text[], %(label)s::text[], %(sides)s::smallint[],
    %(counters)s::bigint[], %(pair)s::uuid[], %(detail)s::jsonb[])
    AS n (ref, place, fund, kind, month, day, key, reference, label, sides, counters, pair, detail)
  ON CONFLICT (establishment_id, fund, key) DO NOTHING RETURNING ref, id"""
KNOWN_SQL = """SELECT m.establishment_id, m.fund, m.key, m.id, m.ref, m.kind,
    (SELECT json_agg(json_build_array(l.account, l.month, l.amount)) FROM ledger_line l WHERE l.movement_id = m.id)
  FROM ledger_movement m JOIN unnest(%(place)s::bigint[], %(fund)s::text[], %(key)s::text[]) AS n (place, fund, key)
    ON m.establishment_id = n.place AND m.fund = n.fund AND m.key = n.key"""


@action
def record_all(*, actor: Actor, entries: Sequence[Entry]) -> list[Recorded]:
    """Write these movements in a fixed number of statements; those that are there already stay as they are.

    In the scope of the establishment, or as the owner for several. A key that says something else than before raises
    Different, sides that do not add up raise ValueError: nothing is written. Somebody's own acts leave an event in
    the history; what comes from declarations and banks by the thousand has its trace in the accounts themselves.
    """
    for one in entries:
        _checked(one)
    if len({(one.establishment, one.fund, one.key) for one in entries}) < len(entries):
        raise ValueError("the same key twice")
    if not entries:
        return []
    refs = [uuid.uuid4() for _ in entries]
    values = _columns(entries, refs)
    with connection.cursor() as cursor:
        cursor.execute(INSERT_SQL, {**values, "now": clock.now(), "by": actor.ref})
        made = dict(cursor.fetchall())
        old = [one for one, ref in zip(entries, refs, strict=True) if ref not in made]
        known = _known(cursor, old) if old else {}
    written = [(entry, ref, made[ref]) for entry, ref in zip(entries, refs, strict=True) if ref in made]
    Line.objects.bulk_create(
        [
            Line(
                movement_id=number,
                establishment_id=entry.establishment,
                fund=entry.fund,
                account=side.account,
                month=_first(side.month or entry.month),
                amount=side.amount,
            )
            for entry, _, number in written
            for side in entry.sides
        ],
        batch_size=5_000,
    )
    _told(actor, [(entry, ref) for entry, ref, _ in written])
    return [
        Recorded(made[ref], ref, True) if ref in made else known[entry.establishment, entry.fund, entry.key]
        for entry, ref in zip(entries, refs, strict=True)
    ]


def _columns(entries: Sequence[Entry], refs: Sequence[uuid.UUID]) -> dict[str, list[Any]]:
    today = clock.today()
    return {
        "ref": list(refs),
        "place": [one.establishment for one in entries],
        "fund": [one.fund for one in entries],
        "kind": [str(one.kind) for one in entries],
        "month": [_first(one.month) for one in entries],
        "day": [one.on or today for one in entries],
        "key": [one.key for one in entries],
        "reference": [one.reference for one in entries],
        "label": [one.label for one in entries],
        "sides": [len(one.sides) for one in entries],
        "counters": [one.counters for one in entries],
        "pair": [one.pair for one in entries],
        "detail": [Jsonb(dict(one.detail)) for one in entries],
    }


def _known(cursor: Any, entries: Sequence[Entry]) -> dict[tuple[int, str, str], Recorded]:
    """What is there already under these keys. Raises Different where it says something else."""
    cursor.execute(
        KNOWN_SQL,
        {
            "place": [one.establishment for one in entries],
            "fund": [one.fund for one in entries],
            "key": [one.key for one in entries],
        },
    )
    found = {(row[0], row[1], row[2]): row[3:] for row in cursor.fetchall()}
    known = {}
    for one in entries:
        key = (one.establishment, one.fund, one.key)
        if key not in found:
            raise Different(f"{one.key}: taken where it is not seen")
        number, ref, kind, told = found[key]
        sides = json.loads(told) if isinstance(told, str) else told
        wanted = sorted((str(s.account), _first(s.month or one.month).isoformat(), s.amount) for s in one.sides)
        if kind != one.kind or sorted(tuple(side) for side in sides) != wanted:
            raise Different(f"{one.key}: written before with other amounts")
        known[key] = Recorded(number, ref, False)
    return known


def _told(actor: Actor, written: Sequence[tuple[Entry, uuid.UUID]]) -> None:
    """One event for each that somebody did."""
    if actor.ref is not None and written:
        record_changes(
            "ledger.recorded",
            actor=actor,
            changes=[Change(ref, {}, _event(one), establishment=one.establishment) for one, ref in written],
        )


def _event(one: Entry) -> dict[str, Any]:
    own = sum(side.amount for side in one.sides if side.account in OWN)
    return {
        "fund": one.fund,
        "kind": str(one.kind),
        "month": _first(one.month).isoformat(),
        "amount": own,
        "counters": one.counters is not None,
    }


def record(
    *,
    actor: Actor,
    establishment: int,
    fund: str,
    kind: Kind,
    month: datetime.date,
    sides: tuple[Side, ...],
    key: str,
    on: datetime.date | None = None,
    reference: str = "",
    label: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Recorded:
    """Write one movement, once: see `record_all`. `sides`: made by `ledger.sides`."""
    entry = Entry(establishment, fund, kind, month, sides, key, on, reference, label, detail or {})
    return record_all(actor=actor, entries=[entry])[0]


@action
def counter_all(
    *, actor: Actor, establishment: int, fund: str, keys: Sequence[str], on: datetime.date | None = None, why: str
) -> list[Recorded]:
    """Take movements back, each by a counter-entry; one that was taken back already stays so. Raises NotThere.

    `why`: a French sentence, shown beside it.
    """
    found = {
        one.key: one
        for one in Movement.objects.filter(
            establishment_id=establishment, fund=fund, key__in=list(keys)
        ).prefetch_related("lines")
    }
    entries = []
    for key in keys:
        if key not in found or found[key].counters_id is not None:
            raise NotThere(key)
        one = found[key]
        sides = reversed_([Side(Account(line.account), line.amount, line.month) for line in one.lines.all()])
        pair = uuid.uuid5(one.pair, "counter") if one.pair else None
        entries.append(
            Entry(
                *(establishment, fund, Kind(one.kind), one.month, sides, f"counter:{key}"),
                on=on,
                reference=one.reference,
                label=why,
                counters=one.pk,
                pair=pair,
            )
        )
    return record_all(actor=actor, entries=entries)


def counter(
    *, actor: Actor, establishment: int, fund: str, key: str, why: str, on: datetime.date | None = None
) -> Recorded:
    """Take one movement back: see `counter_all`."""
    return counter_all(actor=actor, establishment=establishment, fund=fund, keys=[key], on=on, why=why)[0]


@action
def transfer(
    *,
    actor: Actor,
    establishment: int,
    giver: str,
    taker: str,
    amount: int,
    month: datetime.date,
    key: str,
    label: str,
    of: Mapping[datetime.date, int] | None = None,
    pays: Mapping[datetime.date, int] | None = None,
    account: Account = Account.CONTRIBUTIONS,
) -> tuple[Recorded, Recorded]:
    """Move what was paid from one fund to another, both sides in one transaction; once under a key.

    `of`: from the credit of which months of the giver it comes, all of it; from that of `month` unless given. `pays`:
    what it pays at the taker, by month. `account`: contributions, or charges, on both sides.

    The database holds that both sides are there and cancel each other out. Raises ValueError, Different.
    """
    if giver == taker or amount <= 0:
        raise ValueError("a transfer goes from one fund to another, and moves something")
    pair = uuid.uuid5(uuid.NAMESPACE_OID, f"{establishment}:{key}")
    both = [
        Entry(establishment, fund, Kind.TRANSFER, month, sides, key, label=label, pair=pair)
        for fund, sides in (
            (giver, given(amount, of=of, account=account)),
            (taker, taken(amount, pays=pays, account=account)),
        )
    ]
    left, right = record_all(actor=actor, entries=both)
    return left, right
