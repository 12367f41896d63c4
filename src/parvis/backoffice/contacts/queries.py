"""The contacts of the adviser's funds: as the public reads them today, what is planned, what was."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from parvis.backoffice.succession.queries import names_of
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.pages.filters import date_long
from parvis.ground.territories import HEXAGONE, TERRITORIES
from parvis.information.contacts.opening import Opening, hours_words
from parvis.information.contacts.queries import Shown, closings, lines_of, shown, source_of
from parvis.information.models import ContactClosing, ContactPoint

Audience = ContactPoint.Audience
PLURALS = {Audience.EMPLOYER: "Employeurs", Audience.ACTIVE: "Agents", Audience.RETIRED: "Retraités"}
ALL_OF_FUND = "tous"


@dataclass(frozen=True, slots=True)
class Line:
    """A contact in the list. `state`: shown today, planned, or no more."""

    ref: uuid.UUID
    fund: str
    label: str
    channel: str
    value: str
    audiences: str
    opening: Opening | None
    state: str
    tone: str
    more: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version in the history of a contact, ready to show."""

    number: int
    period: str
    state: str
    tone: str
    value: str
    label: str
    audiences: str
    hours: str
    note: str
    source: str
    written: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact with all its versions, the latest first. `latest`: the one that a change is made from."""

    latest: ContactPoint
    title: str
    fund: str
    today: Shown | None
    planned: ContactPoint | None
    ended: bool
    versions: list[Version]


def contacts(fund: str = "") -> list[Line]:
    """Every contact of the adviser's funds, or of one; those that are shown no more last."""
    today = clock.today()
    found = ContactPoint.objects.filter(withdrawn_at=None).order_by("valid_from", "id")
    by_ref: dict[uuid.UUID, list[ContactPoint]] = {}
    for one in found.filter(fund=fund) if fund else found:
        by_ref.setdefault(one.ref, []).append(one)
    closed = closings(today)
    order = {code: number for number, code in enumerate(FUNDS)}
    lines = [(_line(versions, closed, today), versions[-1]) for versions in by_ref.values()]
    lines.sort(key=lambda pair: (pair[0].state == "Retiré", order[pair[1].fund], pair[1].channel, pair[0].label))
    return [line for line, _ in lines]


def _line(versions: list[ContactPoint], closed: list[ContactClosing], today: datetime.date) -> Line:
    now = _on(versions, today)
    planned = [one for one in versions if one.valid_from > today]
    one = now or versions[-1]
    state, tone, more = "Retiré", "neutral", ""
    if now is not None:
        state, tone = "Affiché", "well"
        more = f"jusqu’au {date_long(now.valid_until)}" if now.valid_until else ""
    if planned:
        more = f"modification prévue le {date_long(planned[-1].valid_from)}"
        if now is None:
            state, tone, more = "Prévu", "act", f"à partir du {date_long(planned[-1].valid_from)}"
    return Line(
        ref=one.ref,
        fund=FUNDS[one.fund].short,
        label=one.label,
        channel=one.get_channel_display(),
        value=", ".join(lines_of(one)),
        audiences=audience_words(one),
        opening=shown(one, closed, HEXAGONE).opening if now is not None else None,
        state=state,
        tone=tone,
        more=more,
    )


def audience_words(one: ContactPoint) -> str:
    """« Employeurs, retraités »."""
    said = ", ".join(label for audience, label in PLURALS.items() if audience in one.audiences)
    return said[:1] + said[1:].lower()


def _on(versions: Iterable[ContactPoint], day: datetime.date) -> ContactPoint | None:
    begun = [one for one in versions if one.withdrawn_at is None and one.valid_from <= day]
    last = begun[-1] if begun else None
    return last if last is not None and (last.valid_until is None or last.valid_until >= day) else None


def contact(ref: uuid.UUID) -> Contact | None:
    """One contact; None for one that does not exist or is of other funds."""
    every = list(ContactPoint.objects.filter(ref=ref).order_by("valid_from", "id"))
    counting = [one for one in every if one.withdrawn_at is None]
    if not counting:
        return None
    today = clock.today()
    now, latest = _on(counting, today), counting[-1]
    planned = latest if latest.valid_from > today else None
    names = names_of([one.written_by for one in every])
    return Contact(
        latest=latest,
        title=(now or latest).label,
        fund=FUNDS[latest.fund].short,
        today=shown(now, closings(today, fund=latest.fund), TERRITORIES[now.territory]) if now is not None else None,
        planned=planned,
        ended=now is None and planned is None,
        versions=[
            _version(one, _follower(counting, one), now, str(names.get(one.written_by, "")), today)
            for one in reversed(every)
        ],
    )


def _follower(counting: list[ContactPoint], one: ContactPoint) -> ContactPoint | None:
    """The version that takes the place of `one`; it may begin on the same day."""
    later = [other for other in counting if (other.valid_from, other.pk) > (one.valid_from, one.pk)]
    return later[0] if later else None


def _version(
    one: ContactPoint, follower: ContactPoint | None, now: ContactPoint | None, by: str, today: datetime.date
) -> Version:
    until = one.valid_until
    if follower is not None and one.withdrawn_at is None:
        before = follower.valid_from - datetime.timedelta(days=1)
        until = min(until, before) if until else before
    if one.withdrawn_at is not None:
        state, tone = "Abandonnée", "neutral"
    elif now is not None and one.pk == now.pk:
        state, tone = "Affichée", "well"
    else:
        state, tone = ("Prévue", "act") if one.valid_from > today else ("Passée", "neutral")
    return Version(
        number=one.pk,
        period=_period(one.valid_from, until),
        state=state,
        tone=tone,
        value=", ".join(lines_of(one)),
        label=one.label,
        audiences=audience_words(one),
        hours=_hours(one),
        note=one.note,
        source=source_of(one),
        written=f"Le {date_long(one.written_at)}{f', par {by}' if by else ', à l’installation'}",
    )


def _period(first: datetime.date, last: datetime.date | None) -> str:
    if last is None:
        return f"Depuis le {date_long(first)}" if first <= clock.today() else f"À partir du {date_long(first)}"
    if last < first:
        return f"Le {date_long(first)}, remplacée le jour même"
    return f"Du {date_long(first)} au {date_long(last)}" if last > first else f"Le {date_long(first)}"


def _hours(one: ContactPoint) -> str:
    if one.hours is None:
        return ""
    where = "" if one.territory == HEXAGONE.code else f" ({TERRITORIES[one.territory].name})"
    return hours_words(one.hours) + where


@dataclass(frozen=True, slots=True)
class ClosingLine:
    """An exceptional closing that is not over."""

    ref: uuid.UUID
    days: str
    reason: str
    where: str


def closing_lines() -> list[ClosingLine]:
    """Those to come and those of today, the next one first."""
    names: dict[uuid.UUID | None, str] = {
        one.ref: one.label for one in ContactPoint.objects.filter(channel="phone").order_by("valid_from", "id")
    }
    return [
        ClosingLine(
            one.ref,
            _period(one.starts_on, one.ends_on),
            one.reason,
            f"{FUNDS[one.fund].short}, {names.get(one.point, 'tous les téléphones')}",
        )
        for one in closings(clock.today())
        if one.ends_on >= clock.today()
    ]


def telephones(funds: tuple[str, ...]) -> list[tuple[str, str]]:
    """What may be closed: every telephone of each fund, or one of them. Values: « fund:ref », « fund:tous »."""
    points: dict[uuid.UUID, ContactPoint] = {}
    for one in ContactPoint.objects.filter(channel="phone", withdrawn_at=None).order_by("valid_from", "id"):
        points[one.ref] = one
    today = clock.today()
    held = [one for one in points.values() if one.valid_until is None or one.valid_until >= today]
    found = []
    for code in (code for code in FUNDS if code in funds):
        mine = [one for one in held if one.fund == code]
        if mine:
            found.append((f"{code}:{ALL_OF_FUND}", f"{FUNDS[code].short}\u00a0: tous les téléphones"))
            found += [
                (f"{code}:{one.ref}", f"{FUNDS[code].short}\u00a0: {one.label}, {lines_of(one)[0]}") for one in mine
            ]
    return found
