"""What is known of how to reach a fund today, ready to show; what is not known stays empty, and is said to be so."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from parvis.ground import clock
from parvis.ground.pages.filters import date_long, phone, phone_href
from parvis.ground.territories import TERRITORIES, Territory
from parvis.information.contacts.opening import Closed, Opening, ahead, hours_words, opening, week_in
from parvis.information.models import ContactClosing, ContactPoint

Channel, Audience = ContactPoint.Channel, ContactPoint.Audience
ICONS = {Channel.PHONE: "call", Channel.EMAIL: "mail", Channel.POST: "post", Channel.SITE: "site"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A way to reach a fund, strings ready to show. `local`: the hours are told in the visitor's own time, named."""

    ref: uuid.UUID
    label: str
    lines: list[str]
    href: str
    hours: str
    local: str
    opening: Opening | None
    ahead: list[str]
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Group:
    """A channel and what is known of it: nothing, where `points` is empty."""

    code: str
    label: str
    icon: str
    points: list[Shown]


def in_force(day: datetime.date, *, fund: str = "") -> list[ContactPoint]:
    """The version of each point that is in force on a day; of one fund, or of all that the scope sees."""
    found = ContactPoint.objects.filter(withdrawn_at=None, valid_from__lte=day)
    if fund:
        found = found.filter(fund=fund)
    latest = found.order_by("ref", "-valid_from", "-id").distinct("ref")
    return sorted(
        (one for one in latest if one.valid_until is None or one.valid_until >= day),
        key=lambda one: (one.fund, one.channel, one.label, one.id),
    )


def closings(day: datetime.date, *, fund: str = "") -> list[ContactClosing]:
    """The exceptional closings that are not over on a day (the day before counts too: it ends elsewhere later)."""
    found = ContactClosing.objects.filter(withdrawn_at=None, ends_on__gte=day - datetime.timedelta(days=1))
    return list((found.filter(fund=fund) if fund else found).order_by("starts_on", "id"))


def contacts(fund: str, audience: ContactPoint.Audience, visitor: Territory) -> list[Group]:
    """How somebody reaches a fund today: each channel, with what is known of it."""
    today = clock.today()
    points = [one for one in in_force(today, fund=fund) if audience in one.audiences]
    closed = closings(today, fund=fund) if any(one.hours for one in points) else []
    return grouped(points, closed, visitor)


def grouped(points: Iterable[ContactPoint], closed: list[ContactClosing], visitor: Territory) -> list[Group]:
    """Under their channels, in the usual order, channels of which nothing is known among them."""
    held = list(points)
    return [
        Group(
            channel.value,
            channel.label,
            ICONS[channel],
            [shown(one, closed, visitor) for one in held if one.channel == channel],
        )
        for channel in Channel
    ]


def shown(point: ContactPoint, closed: list[ContactClosing], visitor: Territory) -> Shown:
    """The point as somebody there reads it now."""
    where = TERRITORIES[point.territory]
    hours, local, state, coming = "", "", None, []
    if point.hours is not None:
        now = clock.now()
        mine = [
            Closed(one.starts_on, one.ends_on, one.reason)
            for one in closed
            if one.fund == point.fund and one.point in (None, point.ref)
        ]
        today = now.astimezone(where.zone).date()
        hours = hours_words(week_in(point.hours, where, visitor, today))
        # Beside another clock the time is always named, even where both agree for a part of the year.
        local = visitor.hour if where.zone != visitor.zone else ""
        state = opening(point.hours, where, mine, now, visitor)
        coming = ahead(point.hours, where, mine, today, settings.PARVIS_CONTACT_AHEAD.days)
    return Shown(
        ref=point.ref,
        label=point.label,
        lines=lines_of(point),
        href=href_of(point),
        hours=hours,
        local=local,
        opening=state,
        ahead=coming,
        note=point.note,
        source=source_of(point),
    )


def lines_of(point: ContactPoint) -> list[str]:
    """What is read: the number as it is dialled, the address line by line."""
    if point.channel == Channel.PHONE:
        return [phone(point.value)]
    if point.channel == Channel.SITE:
        return [point.value.partition("://")[2].rstrip("/")]
    return point.value.split("\n")


def href_of(point: ContactPoint) -> str:
    """Where it leads; "" for an address on paper."""
    if point.channel == Channel.PHONE:
        return phone_href(point.value)
    return {Channel.EMAIL: f"mailto:{point.value}", Channel.SITE: point.value}.get(Channel(point.channel), "")


def source_of(point: ContactPoint) -> str:
    """Where it was read, and when; a source without a day says so."""
    if not point.source:
        return ""
    if point.source_on is not None:
        return f"{point.source}, le {date_long(point.source_on)}"
    return f"{point.source}, sans date"
