"""What exchanges put under « À faire »: a complement that a fund asks for, an answer that was not read."""

import json
from collections.abc import Iterable
from typing import Any

from parvis.access.decision import shows
from parvis.access.standing import Standing, read_day
from parvis.access.tasks import Alike, Source, Task, register
from parvis.exchanges.references import grouped
from parvis.exchanges.rights import may_answer_of, may_read_of
from parvis.ground.pages.addresses import address

# The rights are applied to what is found: enough that nobody misses theirs behind those of others.
_MANY = 1000
_WHAT = "'reference', x.reference, 'title', x.title, 'person', x.person_id, 'service', x.service, 'fund', x.fund"

# Whoever may answer sees it; who took it over is said.
ASKED_SQL = f"""SELECT json_agg(f.one) FROM (SELECT json_build_object({_WHAT}, 'due', x.due_on,
    'taken_by', CASE WHEN x.taken_by = %(person)s THEN 'vous' ELSE x.taken_by_name END) AS one
  FROM exchanges_exchange x WHERE x.establishment_id = %(establishment)s AND x.state = 'asked'
  ORDER BY x.due_on, x.id LIMIT {_MANY}) f"""

# Only whose it is: the author, who took it over, who follows it.
UNREAD_SQL = f"""SELECT json_agg(f.one) FROM (SELECT json_build_object({_WHAT}) AS one
  FROM exchanges_exchange x
  LEFT JOIN exchanges_reader r ON r.exchange_id = x.id AND r.person_id = %(person)s
  WHERE x.establishment_id = %(establishment)s AND x.fund_at IS NOT NULL AND x.state IN ('answered', 'closed')
    AND (r.read_at IS NULL OR r.read_at < x.fund_at)
    AND (x.person_id = %(person)s OR x.taken_by = %(person)s OR r.follows)
  ORDER BY x.fund_at DESC LIMIT {_MANY}) f"""


def _rows(value: Any) -> list[dict[str, Any]]:
    return list(json.loads(value) if isinstance(value, str) else value)


def _asked(who: Standing, value: Any) -> Iterable[Task]:
    alike = Alike("compléments demandés par les fonds", address("exchanges:index", who.siret) + "?etat=asked")
    for one in _rows(value):
        if may_answer_of(who, one["person"], one["service"]) and shows(who, one["fund"]):
            yield Task(
                "Répondre à un fonds",
                f"Complément demandé : {one['title']} ({grouped(one['reference'])}).",
                address("exchanges:one", who.siret, one["reference"]),
                read_day(one["due"]),
                taken_by=one["taken_by"],
                alike=alike,
                name=one["title"],
            )


def _unread(who: Standing, value: Any) -> Iterable[Task]:
    alike = Alike("réponses de fonds à lire", address("exchanges:index", who.siret) + "?etat=non-lus")
    for one in _rows(value):
        if may_read_of(who, one["person"], one["service"], one["fund"]):
            yield Task(
                "Lire la réponse d’un fonds",
                f"{one['title']} ({grouped(one['reference'])}).",
                address("exchanges:one", who.siret, one["reference"]),
                state="Non lue",
                alike=alike,
                name=one["title"],
            )


def _everybody(who: Standing) -> bool:
    return who.enters


register(
    Source("exchanges.asked", ASKED_SQL, _asked, _everybody),
    Source("exchanges.unread", UNREAD_SQL, _unread, _everybody),
)
