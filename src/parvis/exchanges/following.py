"""Exchanges go with the contracts to the establishment that takes another's place: threads go on, nothing is lost.

The rows themselves change hands (`crossings.py`): a thread keeps its reference, its files and its advisers' notes.
"""

from collections.abc import Sequence

from django.db import connection

from parvis.access.succession.followers import Follower, named, register
from parvis.exchanges.models import Exchange
from parvis.exchanges.references import grouped
from parvis.ground import tenancy
from parvis.journal.actions import Actor, record, remember_names


def _listed() -> list[str]:
    rows = Exchange.objects.exclude(state=Exchange.State.CLOSED).order_by("reference")
    return [named(one.fund, f"{grouped(one.reference)}, {one.title}", "échanges avec d’autres fonds") for one in rows]


def _taken() -> list[int]:
    """The predecessor: its rows change hands in one statement, from the successor's side."""
    return [tenancy.current().establishment]


def _given(rows: Sequence[int], place: str, actor: Actor) -> int:
    came = 0
    for old in rows:
        with connection.cursor() as cursor:
            cursor.execute("SELECT exchanges_succeed(%s)", [old])
            came += cursor.fetchone()[0]
    if came:
        remember_names({one.ref: f"Échange {grouped(one.reference)}" for one in Exchange.objects.all()})
        record("exchange.arrived", actor=actor, after={"from": place, "count": came})
    return came


register(Follower("exchanges", "échange", "échanges", _listed, _taken, _given))
