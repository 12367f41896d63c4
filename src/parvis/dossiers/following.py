"""Dossiers go with the contracts to the establishment that takes another's place: what waits at a fund goes on.

The rows themselves change hands (`crossings.py`); what was delegated comes back: the successor chooses again.
"""

from collections.abc import Sequence

from django.db import connection

from parvis.access.succession.followers import Follower, register
from parvis.dossiers.actions.moving import name_of
from parvis.dossiers.models import CLOSED, Dossier
from parvis.dossiers.references import grouped
from parvis.ground import tenancy
from parvis.journal.actions import Actor, record, remember_names


def _listed() -> list[str]:
    rows = Dossier.objects.exclude(state__in=CLOSED).order_by("reference")
    return [f"{grouped(one.reference)}, {one.title}" for one in rows]


def _taken() -> list[int]:
    """The predecessor: its rows change hands in one statement, from the successor's side."""
    return [tenancy.current().establishment]


def _given(rows: Sequence[int], place: str, actor: Actor) -> int:
    came = 0
    for old in rows:
        with connection.cursor() as cursor:
            cursor.execute("SELECT dossiers_succeed(%s)", [old])
            came += cursor.fetchone()[0]
    if came:
        remember_names({one.ref: name_of(one) for one in Dossier.objects.all()})
        record("dossier.arrived", actor=actor, after={"from": place, "count": came})
    return came


register(Follower("dossiers", "dossier", "dossiers", _listed, _taken, _given))
