"""Accounts with the funds go to the establishment that takes another's place: what is owed, and what was paid too much.

Nothing of them is moved: each account is closed by a movement that takes its balance away month by month, and opened by
another at the successor, the two of one pair, in one transaction; the database holds that they cancel each other out.
What happened before stays where it happened, and is read there by the successor (`establishments.lineage`).
"""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from parvis.access.succession.followers import Follower, named, register
from parvis.establishments.funds import FUNDS
from parvis.establishments.models import Succession
from parvis.ground import tenancy
from parvis.ground.pages.filters import de
from parvis.journal.actions import SYSTEM, Actor
from parvis.ledger import sides
from parvis.ledger.actions import Entry, record_all
from parvis.ledger.models import OWN, Account, Kind, Movement
from parvis.ledger.words import euros

HELD_SQL = """SELECT fund, account, month, sum(amount)::bigint FROM ledger_line
  WHERE establishment_id = %(place)s AND account = ANY(%(own)s)
  GROUP BY fund, account, month HAVING sum(amount) <> 0 ORDER BY fund, account, month"""
Held = dict[tuple[Account, datetime.date], int]


@dataclass(frozen=True, slots=True)
class Left:
    """An account that was closed: what it held, by account and month, and the movement's pair."""

    fund: str
    held: Held
    pair: uuid.UUID


def held_by(place: int) -> dict[str, Held]:
    """What an establishment owes, or has paid too much, by fund; only what is not zero."""
    found: dict[str, Held] = {}
    with connection.cursor() as cursor:
        cursor.execute(HELD_SQL, {"place": place, "own": [str(one) for one in OWN]})
        for fund, account, month, amount in cursor.fetchall():
            found.setdefault(fund, {})[Account(account), month] = int(amount)
    return {fund: found[fund] for fund in FUNDS if fund in found}


def said(held: Held) -> str:
    """« 487,50 € à payer, 12,00 € de majorations et pénalités »."""
    owed, charges = (sum(amount for (one, _), amount in held.items() if one == account) for account in OWN)
    parts = [f"{euros(abs(owed))} {'à payer' if owed > 0 else 'de crédit'}"] if owed else []
    if charges:
        parts.append(f"{euros(abs(charges))} de {'' if charges > 0 else 'crédit sur les '}majorations et pénalités")
    return ", ".join(parts) or "soldé, mois par mois : les mois passent avec leurs montants"


def close(place: int, label: str) -> list[Left]:
    """Close the accounts of an establishment, in its scope or as the owner; nothing where nothing is held."""
    made = []
    for fund, held in held_by(place).items():
        number = Movement.objects.filter(establishment_id=place, fund=fund, kind=Kind.LEFT).count() + 1
        made.append(Left(fund, held, uuid.uuid5(uuid.NAMESPACE_OID, f"{place}:{fund}:left:{number}")))
    record_all(
        actor=SYSTEM,
        entries=[
            Entry(
                *(place, one.fund, Kind.LEFT, _month(one), sides.left(one.held), f"left:{one.pair}"),
                label=label[:200],
                pair=one.pair,
            )
            for one in made
        ],
    )
    return made


def open_with(place: int, rows: Sequence[Left], label: str, actor: Actor) -> int:
    """Hold from now on what was held elsewhere; in the scope of the establishment, or as the owner."""
    entries = [
        Entry(
            *(place, one.fund, Kind.CAME, _month(one), sides.came(one.held), f"came:{one.pair}"),
            label=label[:200],
            pair=one.pair,
        )
        for one in rows
    ]
    return sum(one.new for one in record_all(actor=actor, entries=entries))


def _month(one: Left) -> datetime.date:
    return max(month for _, month in one.held)


def pass_on(place: int) -> int:
    """What came on the accounts of an establishment after its place was taken goes where the rest went. As the owner.

    A payment that was on its way, a surcharge for one: how many accounts.
    """
    told = Succession.objects.filter(predecessor_id=place, done_at__isnull=False).select_related(
        "predecessor", "successor"
    )
    one = told.order_by("-pk").first()
    if one is None:
        return 0
    rows = close(place, f"Passé à {one.successor.name}.")
    return open_with(one.successor_id, rows, f"Repris {de(one.predecessor.name)}.", SYSTEM)


def _listed() -> list[str]:
    return [
        named(fund, f"Compte {FUNDS[fund].short} : {said(held)}", "Comptes avec d’autres fonds")
        for fund, held in held_by(tenancy.current().establishment).items()
    ]


def _taken() -> list[Left]:
    return close(tenancy.current().establishment, "Passé à l’établissement qui a pris la place de celui-ci.")


def _given(rows: Sequence[Left], place: str, actor: Actor) -> int:
    return open_with(tenancy.current().establishment, rows, f"Repris {de(place)}.", actor)


register(Follower("ledger", "compte avec un fonds", "comptes avec les fonds", _listed, _taken, _given))
