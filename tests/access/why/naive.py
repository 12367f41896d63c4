"""What somebody may do, worked out from the journal alone and as plainly as can be: for each question all events are
read again from the first. Nothing here knows the code that is tested; it is slow, and easy to check by reading."""

import datetime
import uuid
from collections.abc import Sequence

from parvis.ground import clock
from parvis.journal.models import Event

NONE, READ, WRITE = 0, 1, 2
MONTHS = 18
DATED = ("account.created", "account.dates_changed", "account.renewed", "account.renewed_by_oneself")
SIGNS = ("account.created", "account.confirmed", "account.renewed", "account.renewed_by_oneself")


def _day(event: Event) -> datetime.date:
    return event.at.astimezone(clock.PARIS).date()


def _months_later(day: datetime.date, months: int) -> datetime.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for wanted in range(day.day, 27, -1):
        try:
            return datetime.date(year, month + 1, wanted)
        except ValueError:
            continue
    return datetime.date(year, month + 1, day.day)


class Journal:
    """The events of one establishment, in order."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = list(events)

    def about(self, ref: uuid.UUID) -> list[Event]:
        return [event for event in self.events if event.object == ref]

    def accounts(self) -> set[uuid.UUID]:
        """Created, and not deleted since."""
        created = {event.object for event in self.events if event.kind == "account.created"}
        return created - {event.object for event in self.events if event.kind == "account.deleted"}  # type: ignore[return-value]

    def _dates(self, ref: uuid.UUID) -> tuple[datetime.date | None, datetime.date | None]:
        last = [event for event in self.about(ref) if event.kind in DATED][-1].after
        return tuple(  # type: ignore[return-value]
            datetime.date.fromisoformat(last[name]) if last.get(name) else None for name in ("starts_on", "ends_on")
        )

    def expires(self, ref: uuid.UUID) -> datetime.date:
        unvisited = _months_later(max(_day(event) for event in self.about(ref) if event.kind in SIGNS), MONTHS)
        end = self._dates(ref)[1]
        return unvisited if end is None else min(end, unvisited)

    def _begun(self, ref: uuid.UUID, today: datetime.date) -> bool:
        start = self._dates(ref)[0]
        kinds = [event.kind for event in self.about(ref)]
        switches = [kind for kind in kinds if kind in ("account.deactivated", "account.reactivated")]
        begun = start is None or start <= today
        return "account.confirmed" in kinds and switches[-1:] != ["account.deactivated"] and begun

    def administers(self, ref: uuid.UUID, today: datetime.date) -> bool:
        profiles = [
            event.after["profile"] for event in self.about(ref)
            if event.kind in ("account.created", "account.profile_changed")
        ]  # fmt: skip
        return profiles[-1] == "administrateur" and self._begun(ref, today)

    def ceiling(self, ref: uuid.UUID, today: datetime.date) -> int:
        """What the account itself lets through: all, reading alone (« À renouveler »), or nothing."""
        if ref not in self.accounts() or not self._begun(ref, today):
            return NONE
        if self.expires(ref) >= today:
            return WRITE
        chiefs = [one for one in self.accounts() if self.administers(one, today)]
        return READ if ref in chiefs and all(self.expires(one) <= self.expires(ref) for one in chiefs) else NONE

    def right(self, ref: uuid.UUID, service: str, today: datetime.date) -> int:
        held: dict[str, object] = {}
        for event in self.about(ref):
            said = {**event.before.get("rights", {}), **event.after.get("rights", {})}
            if not event.kind.startswith("absence.") and service in said:
                held = event.after.get("rights", {}).get(service, {})
        return int(held.get("level", 0)) if _within(held, today) else NONE  # type: ignore[call-overload]

    def absences(self, ref: uuid.UUID, service: str, today: datetime.date) -> list[int]:
        over = {
            event.before["absence"] for event in self.events if event.kind in ("absence.ended", "absence.over")
        }  # fmt: skip
        return [
            event.after["rights"][service]["level"] for event in self.about(ref)
            if event.kind == "absence.planned" and event.after["absence"] not in over
            and service in event.after["rights"] and _within(event.after, today)
        ]  # fmt: skip

    def delegated(self, organisation: str, service: str, today: datetime.date) -> int:
        """What the establishment of this journal gives that organisation today."""
        current: Event | None = None
        for event in self.events:
            if event.after.get("siret") != organisation or event.after.get("side") != "establishment":
                continue
            if event.kind in ("delegation.accepted", "delegation.narrowed"):
                current = event
            elif event.kind == "delegation.ended" and current is not None and current.object == event.object:
                current = None
        if current is None or not _within(current.after, today):
            return NONE
        return int(current.after["services"].get(service, 0))

    def works(self, ref: uuid.UUID, client: str) -> list[int]:
        """At which levels the member of the organisation of this journal works for the client: directly, by teams."""
        direct, folders, holding = NONE, {}, set()  # type: ignore[var-annotated]
        for event in self.events:
            folder = event.after.get("portfolio") or event.before.get("portfolio")
            if event.kind == "assignment.given" and event.object == ref and client in event.after["clients"]:
                direct = event.after["level"]
            elif event.kind == "assignment.withdrawn" and event.object == ref and client in event.before["levels"]:
                direct = NONE
            elif event.kind == "portfolio.member_set" and event.object == ref:
                folders[folder] = event.after["level"]
            elif event.kind == "portfolio.member_left" and event.object == ref:
                folders.pop(folder, None)
            elif event.kind == "portfolio.clients_added" and client in event.after["clients"]:
                holding.add(folder)
            elif event.kind == "portfolio.clients_removed" and client in event.before["clients"]:
                holding.discard(folder)
            elif event.kind == "portfolio.deleted":
                folders.pop(folder, None)
        return [direct, *(level for folder, level in folders.items() if folder in holding)]


def _within(values: dict[str, object], today: datetime.date) -> bool:  # type: ignore[type-arg]
    start, end = values.get("starts_on"), values.get("ends_on")
    return (not start or datetime.date.fromisoformat(str(start)) <= today) and (
        not end or today <= datetime.date.fromisoformat(str(end))
    )


def of_account(here: Journal, ref: uuid.UUID, service: str, today: datetime.date) -> int:
    """The level of an account on a service of its own establishment."""
    held = max([here.right(ref, service, today), *here.absences(ref, service, today)])
    return min(held, here.ceiling(ref, today))


def of_delegate(
    here: Journal, organisation: Journal, ref: uuid.UUID, service: str, today: datetime.date, *, client: str, of: str
) -> int:
    """The level of somebody of the organisation (SIRET `of`) on a service of the client."""
    given = here.delegated(of, service, today)
    return max(min(given, work, organisation.ceiling(ref, today)) for work in organisation.works(ref, client))
