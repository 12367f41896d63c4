"""Telling people that something came: in the transaction of the change, so that none is told of what was undone."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from parvis.access.levels import Level
from parvis.access.standing import Standing
from parvis.ground import clock, tenancy
from parvis.journal.actions import Actor, record
from parvis.notices.models import Notice, Reader, Wish
from parvis.notices.readers import reads
from parvis.notices.registry import KINDS, Delivery
from parvis.post.actions import BULK

EVERYWHERE = 0


def notify(
    kind: str,
    *,
    establishment: int,
    object_id: int,
    service: str = "",
    level: Level = Level.READ,
    people: Sequence[int] = (),
    persons: Sequence[int] = (),
    administrators: bool = False,
    detail: dict[str, Any] | None = None,
) -> int:
    """Leave one notice of a declared kind about an object, and have it told as each reader chose; returns its number.

    Readers: these `people` (by account, `access.models.Membership`) and `persons` (by person: delegates too); else who
    holds `service` at `level` or more, on the day they look; else, with `administrators`, who administers. `detail`:
    JSON, neither names nor content. Must be called inside the establishment's scope, or as the owner.
    Raises KeyError for a kind that nobody declared, ValueError where it would have no reader.
    """
    [number] = notify_each(
        kind,
        [(establishment, object_id, detail or {})],
        service=service,
        level=level,
        people=people,
        persons=persons,
        administrators=administrators,
    )
    return number


def notify_each(
    kind: str,
    about: Iterable[tuple[int, int, dict[str, Any]]],
    *,
    service: str = "",
    level: Level = Level.READ,
    people: Sequence[int] = (),
    persons: Sequence[int] = (),
    administrators: bool = False,
) -> list[int]:
    """`notify` about many (establishment, object, detail) at once, in a fixed number of statements."""
    from parvis.notices.tasks import tell

    KINDS[kind]
    if not (service or people or persons or administrators):
        raise ValueError("A notice that nobody would read.")
    now = clock.now()
    left = Notice.objects.bulk_create(
        Notice(
            establishment_id=where,
            kind=kind,
            object_id=number,
            service=service,
            level=level,
            accounts=list(people),
            persons=list(persons),
            administrators=administrators,
            detail=detail,
            at=now,
        )
        for where, number, detail in about
    )
    if left:
        behind = len(left) > 1
        jobs: list[dict[str, Any]] = [
            {"notice": one.pk, "establishment": one.establishment_id, "behind": behind} for one in left
        ]
        (tell.configure(priority=BULK) if behind else tell).batch_defer(*jobs)
    return [one.pk for one in left]


def forget(kind: str, *, establishment: int, object_id: int, detail: Mapping[str, Any] | None = None) -> int:
    """Take back the notices of a kind about an object that is gone: how many they were. `detail`: what theirs holds."""
    about = Notice.objects.filter(establishment_id=establishment, kind=kind, object_id=object_id)
    return (about.filter(detail__contains=dict(detail)) if detail else about).delete()[0]


@tenancy.action
def mark_read(*, who: Standing, notices: Iterable[Notice]) -> None:
    """Note that the person has read these; those read already keep their moment."""
    now = clock.now()
    rows = [
        Reader(
            notice=one,
            establishment_id=who.establishment_id,
            person_id=who.person_id,
            account=who.ref,
            at=one.at,
            read_at=now,
        )
        for one in notices
    ]
    Reader.objects.bulk_create(rows, ignore_conflicts=True)
    Reader.objects.filter(
        person_id=who.person_id, notice__in=[row.notice_id for row in rows], read_at__isnull=True
    ).update(read_at=now)


def read_about(*, who: Standing, kinds: Iterable[str], objects: Iterable[int]) -> None:
    """What the person has just read elsewhere need not stand as « Non lue »: the notices about these objects."""
    about = Notice.objects.filter(
        establishment_id=who.establishment_id, kind__in=list(kinds), object_id__in=list(objects)
    )
    mark_read(who=who, notices=[one for one in about if reads(who, one)])


@transaction.atomic
def wish(*, person_id: int, place: int, wanted: Mapping[str, Delivery | None]) -> None:
    """Keep how the person wants to be told of these kinds in an establishment, or EVERYWHERE; None: no wish.

    What a kind does not allow (« jamais » for what is obligatory), and kinds that nobody declared, are ignored.
    """
    asked = {
        code: delivery
        for code, delivery in wanted.items()
        if code in KINDS and not (delivery is Delivery.NEVER and KINDS[code].obligatory)
    }
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        held = {one.kind: one.delivery for one in Wish.objects.filter(person_id=person_id, place=place)}
        after = {**held, **{code: str(one) for code, one in asked.items() if one is not None}}
        for code, delivery in asked.items():
            if delivery is None:
                after.pop(code, None)
        if after == held:
            return
        Wish.objects.filter(person_id=person_id, place=place, kind__in=list(asked)).delete()
        Wish.objects.bulk_create(
            [
                Wish(person_id=person_id, place=place, kind=code, delivery=delivery)
                for code, delivery in sorted(after.items())
                if code in asked
            ],
            ignore_conflicts=True,
        )
        record(
            "notices.wished",
            actor=Actor(ref=None, person_id=person_id),
            person=person_id,
            before={"place": place, **held},
            after={"place": place, **after},
        )
