"""Writing to the journal, in the transaction of the change that it records."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from parvis.ground import clock, tenancy
from parvis.journal.kinds import KINDS
from parvis.journal.models import Event, Name


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: the reference under which the journal knows them (None: the system itself), and from where."""

    ref: uuid.UUID | None
    person_id: int | None = None
    origin: str = "web"


# The origin of what somebody of another organisation did by a delegation, on the establishment's behalf.
DELEGATE = "délégation"
SYSTEM = Actor(ref=None, origin="système")


def record(
    kind: str,
    *,
    actor: Actor,
    object: uuid.UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    establishment: int | None = None,
    person: int | None = None,
) -> None:
    """Add one event. `before` and `after` hold no name, e-mail or telephone: only what may be kept for years.

    `establishment` defaults to the one in scope. Raises KeyError for a type that nobody declared.
    """
    KINDS[kind]
    scope = tenancy.current()
    Event.objects.bulk_create(
        [
            Event(
                at=clock.now(),
                kind=kind,
                establishment_id=establishment or scope.establishment or None,
                person_id=person,
                actor=actor.ref,
                object=object,
                before=dict(before or {}),
                after=dict(after or {}),
                origin=actor.origin,
            )
        ]
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one object, for `record_changes`."""

    object: uuid.UUID
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    establishment: int | None = None


def record_changes(kind: str, *, actor: Actor, changes: Iterable[Change]) -> None:
    """Add one event per object that an act changed, in one statement; in the establishment in scope, or its own."""
    KINDS[kind]
    now, where = clock.now(), tenancy.current().establishment or None
    Event.objects.bulk_create(
        Event(
            at=now,
            kind=kind,
            establishment_id=change.establishment or where,
            actor=actor.ref,
            object=change.object,
            before=dict(change.before),
            after=dict(change.after),
            origin=actor.origin,
        )
        for change in changes
    )


def record_each(kind: str, establishments: Iterable[int], *, after: Mapping[str, Any] | None = None) -> None:
    """Add the same event of the system's to several establishments, in one statement."""
    KINDS[kind]
    now = clock.now()
    Event.objects.bulk_create(
        Event(at=now, kind=kind, establishment_id=where, after=dict(after or {}), origin=SYSTEM.origin)
        for where in establishments
    )


def remember_name(ref: uuid.UUID, name: str, *, establishment: int | None = None) -> None:
    """Keep the name behind a reference, if it is not the one known last."""
    where = establishment or tenancy.current().establishment or None
    last = Name.objects.filter(ref=ref, establishment_id=where).order_by("-id").values_list("name", flat=True).first()
    if last != name:
        Name.objects.bulk_create([Name(ref=ref, establishment_id=where, name=name[:250], recorded_at=clock.now())])


NAMES_SQL = """
INSERT INTO journal_name (ref, establishment_id, name, recorded_at)
SELECT n.ref, %(where)s, n.name, %(now)s FROM unnest(%(refs)s::uuid[], %(names)s::text[]) AS n (ref, name)
WHERE n.name IS DISTINCT FROM (SELECT k.name FROM journal_name k WHERE k.ref = n.ref
  AND k.establishment_id = %(where)s ORDER BY k.id DESC LIMIT 1)
"""


def remember_names(names: Mapping[uuid.UUID, str]) -> None:
    """Keep the names behind references of the establishment in scope, where they are not those known last.

    The number of statements does not depend on theirs.
    """
    if not names:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            NAMES_SQL,
            {
                "where": tenancy.current().establishment,
                "now": clock.now(),
                "refs": list(names),
                "names": [name[:250] for name in names.values()],
            },
        )


def trace(kind: str, *, actor: Actor, object: uuid.UUID | None = None, after: Mapping[str, Any] | None = None) -> None:
    """Record a reading that must leave a trace (an export), after a READ ONLY request: a short transaction of its own.

    Call it through `rules.after`, once the request's own transaction is over.
    """
    record(kind, actor=actor, object=object, after=after)
