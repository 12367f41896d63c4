"""Links that end a kind of e-mail without signing in. They name a person by number, and open nothing else.

A link for one kind holds for the establishment of the e-mail; the digest's ends every kind that waits for the digest.
"""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from parvis.ground import clock, signed_links, tenancy
from parvis.identity.models import Person
from parvis.notices.actions import EVERYWHERE, wish
from parvis.notices.models import Wish
from parvis.notices.queries import wishes_of
from parvis.notices.registry import KINDS, Delivery

DIGEST = "resume"


@dataclass(frozen=True, slots=True)
class Ending:
    """What a link ends: for whom, where (0: everywhere), and how each kind is called."""

    person_id: int
    place: int
    kinds: tuple[str, ...]

    @property
    def labels(self) -> list[str]:
        """The kinds as « Notifications » names them."""
        return [KINDS[code].label for code in self.kinds]


def headers(kind: str, *, person: int, place: int = EVERYWHERE) -> tuple[tuple[str, str], ...]:
    """What lets a mail program offer to unsubscribe by itself (RFC 8058)."""
    return (
        ("List-Unsubscribe", f"<{link(kind, person=person, place=place)}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )


def link(kind: str, *, person: int, place: int = EVERYWHERE) -> str:
    """The address, whole."""
    until = clock.now() + settings.PARVIS_UNSUBSCRIBE_VALIDITY
    token = signed_links.signed(f"notices.{kind}", (person, place), state="", until=until)
    return settings.PARVIS_ADDRESS + reverse("notices:unsubscribe", args=[kind, token])


def followed(kind: str, token: str) -> Ending | None:
    """What the link ends; None for one that was cut, changed, is too old, or of a kind that always leaves."""
    read = signed_links.read(f"notices.{kind}", token)
    if read is None:
        return None
    person, place = read.numbers
    with tenancy.scope(person=person, role=tenancy.PERSON, read_only=True):
        if not Person.objects.filter(pk=person).exists():
            return None  # they were erased since
    if kind == DIGEST:
        return Ending(person, EVERYWHERE, tuple(_of_digest(person)))
    if kind not in KINDS or KINDS[kind].obligatory:
        return None
    return Ending(person, place, (kind,))


def end(ending: Ending) -> None:
    """No more e-mail of these kinds; on the site everything stays."""
    places = {ending.place}
    if ending.place == EVERYWHERE:
        with tenancy.scope(person=ending.person_id, role=tenancy.PERSON, read_only=True):
            held = Wish.objects.filter(person_id=ending.person_id, kind__in=ending.kinds, delivery=Delivery.DAILY)
            places |= set(held.values_list("place", flat=True))
    for place in sorted(places):
        wish(person_id=ending.person_id, place=place, wanted=dict.fromkeys(ending.kinds, Delivery.NEVER))


def _of_digest(person: int) -> list[str]:
    """The kinds that wait for the digest, in any establishment."""
    wishes = wishes_of(person)
    somewhere = {code for (_, code), delivery in wishes.held.items() if delivery is Delivery.DAILY}
    return sorted(
        code
        for code, kind in KINDS.items()
        if not kind.obligatory and (code in somewhere or wishes.delivery(kind, EVERYWHERE) is Delivery.DAILY)
    )
