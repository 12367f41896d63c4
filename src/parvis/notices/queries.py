"""Reading notices: of an establishment for its pages, and how a person wants to be told."""

import datetime
from dataclasses import dataclass

from parvis.access.standing import Standing
from parvis.ground import tenancy
from parvis.ground.pages.filters import datetime_long
from parvis.notices.models import Notice, Reader, Wish
from parvis.notices.readers import reads, shown
from parvis.notices.registry import KINDS, Delivery, Kind

# How many are looked through to find those that one person may read.
LOOKED_THROUGH = 300


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as its reader sees it, strings ready to show."""

    number: int
    title: str
    sentence: str
    action: str
    at: datetime.datetime
    when: str
    unread: bool


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person wants to be told: by (place, kind)."""

    held: dict[tuple[int, str], Delivery]

    def delivery(self, kind: Kind, place: int) -> Delivery:
        """What holds for a kind in an establishment: the wish for it, else the wish for everywhere, else the kind's.

        What is obligatory is told at once where the kind has become so since somebody chose « jamais ».
        """
        found = self.held.get((place, kind.code)) or self.held.get((0, kind.code)) or kind.default
        return Delivery.AT_ONCE if kind.obligatory and found is Delivery.NEVER else found


def wishes_of(person: int) -> Wishes:
    """The person's wishes, all of them; opens the person's scope."""
    with tenancy.scope(person=person, role=tenancy.PERSON, read_only=True):
        rows = Wish.objects.filter(person_id=person).values_list("place", "kind", "delivery")
        return Wishes({(place, kind): Delivery(delivery) for place, kind, delivery in rows})


def notices_of(who: Standing, limit: int, *, unread_only: bool = False) -> list[Line]:
    """The latest notices of the establishment in scope that the person may read today, latest first; two statements.

    Of the latest 300 of the establishment.
    """
    found = [
        one
        for one in Notice.objects.filter(establishment_id=who.establishment_id).order_by("-id")[:LOOKED_THROUGH]
        if reads(who, one)
    ]
    if not found:
        return []
    seen = set(
        Reader.objects.filter(
            person_id=who.person_id, notice__in=[one.pk for one in found], read_at__isnull=False
        ).values_list("notice_id", flat=True)
    )
    kept = [one for one in found if one.pk not in seen] if unread_only else found
    return [_line(one, who.siret, unread=one.pk not in seen) for one in kept[:limit]]


def _line(one: Notice, siret: str, *, unread: bool) -> Line:
    what = shown(one, siret)
    return Line(one.pk, what.title, what.sentence, what.action, one.at, datetime_long(one.at), unread)


def readable(who: Standing, number: int) -> Notice | None:
    """A notice of the establishment in scope, where the person may read it today."""
    one = Notice.objects.filter(establishment_id=who.establishment_id, pk=number).first()
    return one if one is not None and reads(who, one) else None


def unread(who: Standing) -> list[Notice]:
    """The notices that the person may read here and has not read, of the latest 300."""
    numbers = [line.number for line in notices_of(who, LOOKED_THROUGH, unread_only=True)]
    return list(Notice.objects.filter(establishment_id=who.establishment_id, pk__in=numbers))


def choices() -> list[Kind]:
    """Every kind, in the order of its label."""
    return sorted(KINDS.values(), key=lambda kind: kind.label)
