"""Adding a contact, changing it from a day on, ending it; the days on which a fund does not answer.

What a version said stays: a change adds one. The database lets an adviser write for their own funds alone.
"""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from parvis.advisers.standing import AdviserStanding
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused, action
from parvis.information.models import ContactClosing, ContactPoint
from parvis.journal.actions import record

OTHER_FUND = "Choisissez l’un de vos fonds."
MEANWHILE = "Ce contact a changé depuis que cette page est ouverte\u00a0: relisez-le avant de recommencer."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a version is to say; see `ContactPoint`."""

    fund: str
    channel: str
    audiences: list[str]
    label: str
    value: str
    hours: list[list[list[int]]] | None
    territory: str
    note: str
    source: str
    source_on: datetime.date | None
    valid_from: datetime.date
    valid_until: datetime.date | None


def _record(
    who: AdviserStanding,
    kind: str,
    ref: uuid.UUID,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    # An event of no establishment: it is the adviser's own.
    with tenancy.scope(person=who.person_id, role=tenancy.PERSON):
        record(kind, actor=who.actor, object=ref, person=who.person_id, before=before, after=after)


def _said(one: ContactPoint) -> dict[str, Any]:
    return {
        "fund": one.fund,
        "channel": one.channel,
        "label": one.label,
        "value": one.value,
        "audiences": one.audiences,
        "hours": one.hours,
        "territory": one.territory,
        "from": one.valid_from.isoformat(),
        "until": one.valid_until.isoformat() if one.valid_until else None,
    }


def _written(who: AdviserStanding, wanted: Wanted, ref: uuid.UUID) -> ContactPoint:
    return ContactPoint.objects.create(ref=ref, written_at=clock.now(), written_by=who.ref, **asdict(wanted))


@action
def add(*, who: AdviserStanding, wanted: Wanted) -> ContactPoint:
    """A contact that was not there. Raises Refused."""
    _of_mine(who, wanted.fund)
    _not_past(wanted.valid_from)
    made = _written(who, wanted, uuid.uuid4())
    _record(who, "contact.added", made.ref, after=_said(made))
    return made


@action
def change(*, who: AdviserStanding, ref: uuid.UUID, wanted: Wanted, shown: int) -> ContactPoint:
    """A new version from a day on; a change that was planned and has not begun gives way to it.

    `shown`: the number of the version that the page was filled from. Raises Refused.
    """
    versions = _versions(who, ref)
    latest = versions[-1]
    if latest.pk != shown:
        raise Refused(MEANWHILE)
    if wanted.fund != latest.fund:
        raise Refused("Un contact ne change pas de fonds\u00a0: ajoutez-en un, et retirez celui-ci.", field="fund")
    _not_past(wanted.valid_from)
    _withdraw(one for one in versions if one.valid_from > clock.today())
    made = _written(who, wanted, ref)
    _record(who, "contact.changed", ref, before=_said(latest), after=_said(made))
    return made


@action
def end(*, who: AdviserStanding, ref: uuid.UUID, on: datetime.date, shown: int) -> None:
    """Shown until that day, included, and then no more; a change planned for later is given up. Raises Refused."""
    versions = _versions(who, ref)
    if versions[-1].pk != shown:
        raise Refused(MEANWHILE)
    _not_past(on, field="on")
    begun = [one for one in versions if one.valid_from <= on]
    if not begun:
        raise Refused(
            "Ce contact n’est pas encore affiché à cette date\u00a0: choisissez un jour plus tard.", field="on"
        )
    _withdraw(one for one in versions if one.valid_from > on)
    last = begun[-1]
    before = _said(last)
    last.valid_until = on
    last.save(update_fields=["valid_until"])
    _record(who, "contact.ended", ref, before=before, after=_said(last))


@action
def withdraw(*, who: AdviserStanding, ref: uuid.UUID, shown: int) -> None:
    """What was planned and has not begun is given up; what is shown today goes on. Raises Refused."""
    versions = _versions(who, ref)
    latest = versions[-1]
    if latest.pk != shown or latest.valid_from <= clock.today():
        raise Refused(MEANWHILE)
    _withdraw([latest])
    _record(who, "contact.withdrawn", ref, before=_said(latest))


@action
def close(
    *,
    who: AdviserStanding,
    fund: str,
    point: uuid.UUID | None,
    starts_on: datetime.date,
    ends_on: datetime.date,
    reason: str,
) -> ContactClosing:
    """Days on which a telephone, or every telephone of the fund, is not answered. Raises Refused."""
    _of_mine(who, fund)
    _not_past(ends_on, field="ends_on")
    if ends_on < starts_on:
        raise Refused("Le dernier jour précède le premier\u00a0: corrigez l’un des deux.", field="ends_on")
    if point is not None and not ContactPoint.objects.filter(ref=point, fund=fund, channel="phone").exists():
        raise Refused("Ce téléphone n’est pas de ce fonds\u00a0: choisissez-en un autre.", field="where")
    made = ContactClosing.objects.create(
        fund=fund,
        point=point,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        written_at=clock.now(),
        written_by=who.ref,
    )
    _record(who, "contact.closing_added", made.ref, after=_closing(made))
    return made


@action
def reopen(*, who: AdviserStanding, ref: uuid.UUID) -> None:
    """The closing does not take place, or ends sooner. Raises Refused."""
    found = ContactClosing.objects.select_for_update().filter(ref=ref, withdrawn_at=None).first()
    if found is None:
        raise Refused("Cette fermeture n’existe plus, ou n’est pas de vos fonds.")
    found.withdrawn_at = clock.now()
    found.save(update_fields=["withdrawn_at"])
    _record(who, "contact.closing_withdrawn", ref, before=_closing(found))


def _closing(one: ContactClosing) -> dict[str, Any]:
    return {
        "fund": one.fund,
        "label": one.reason,
        "point": str(one.point) if one.point else None,
        "from": one.starts_on.isoformat(),
        "until": one.ends_on.isoformat(),
    }


def _of_mine(who: AdviserStanding, fund: str) -> None:
    if fund not in who.funds:
        raise Refused(OTHER_FUND, field="fund")


def _not_past(day: datetime.date, *, field: str = "valid_from") -> None:
    if day < clock.today():
        raise Refused("Ce jour est passé\u00a0: ce qui a été affiché ne change plus.", field=field)


def _versions(who: AdviserStanding, ref: uuid.UUID) -> list[ContactPoint]:
    """Those that count, held until the end of the transaction, from the first to the last to be in force."""
    found = list(
        ContactPoint.objects.select_for_update().filter(ref=ref, withdrawn_at=None).order_by("valid_from", "id")
    )
    if not found:
        raise Refused("Ce contact n’existe pas, ou n’est pas de vos fonds.")
    _of_mine(who, found[-1].fund)
    return found


def _withdraw(versions: Any) -> None:
    for one in versions:
        one.withdrawn_at = clock.now()
        one.save(update_fields=["withdrawn_at"])
