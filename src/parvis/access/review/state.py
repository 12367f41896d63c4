"""A line of a review: what it holds now, what was seen and what is left, and the seal by which one decides on it.

**The seal.** A page shows a line with a seal over what is decided: profile, dates, rights with the moment since which
they hold, and the number of decisions so far. A decision comes with the seal that was shown. Where somebody changed or
decided something in between the seals differ, and nothing is written: nobody decides on what they did not see.
"""

import datetime
import enum
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parvis.access.levels import Level
from parvis.access.models import ReviewDecision, ReviewLine
from parvis.access.review.uses import is_unused
from parvis.access.status import Status
from parvis.ground import clock

Choice = ReviewDecision.Choice
Kind = ReviewLine.Kind


class Settled(enum.Enum):
    """Why nothing is left to decide on a line, although nobody decided."""

    DELETED = "deleted", "Compte supprimé pendant la revue"
    DEACTIVATED = "deactivated", "Compte désactivé pendant la revue"
    EXPIRED = "expired", "Compte expiré pendant la revue"
    ENDED = "ended", "Délégation terminée pendant la revue"

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def label(self) -> str:
        return self.value[1]


SETTLED = {one.code: one for one in Settled}
_CLOSED = {Status.DEACTIVATED: Settled.DEACTIVATED, Status.EXPIRED: Settled.EXPIRED}


@dataclass(frozen=True, slots=True)
class Right:
    """A right as a line holds it. `used_on`: the last day on which it was used, None where none is known."""

    service: str
    level: Level
    starts_on: datetime.date | None
    ends_on: datetime.date | None
    granted_at: datetime.datetime
    granted_by: uuid.UUID | None
    used_on: datetime.date | None

    def unused(self, today: datetime.date) -> bool:
        """Whether nobody used it for long (`review/uses.py`)."""
        granted_on = self.granted_at.astimezone(clock.PARIS).date()
        return is_unused(today, used_on=self.used_on, granted_on=granted_on, starts_on=self.starts_on)


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision that counts on a line."""

    number: int
    choice: Choice
    at: datetime.datetime
    by: uuid.UUID | None
    left: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is now. Of an account: `account_id` and what follows; of a delegation: `services`, its dates."""

    id: int
    kind: str
    ref: uuid.UUID
    title: str
    carried: bool
    decided: Decided | None
    before: Mapping[str, Any] | None
    account_id: int = 0
    function: str = ""
    profile: str = ""
    status: Status | None = None
    last_visit_at: datetime.datetime | None = None
    created_at: datetime.datetime | None = None
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    expires_on: datetime.date | None = None
    rights: tuple[Right, ...] = ()
    services: tuple[tuple[str, Level], ...] = ()
    in_force: bool = True

    @property
    def settled(self) -> Settled | None:
        """Why there is nothing to decide any more; None where there is."""
        if self.kind == Kind.DELEGATION:
            return None if self.in_force else Settled.ENDED
        if not self.account_id:
            return Settled.DELETED
        return _CLOSED.get(self.status) if self.status else None

    @property
    def pending(self) -> bool:
        """Whether somebody has to decide."""
        return self.decided is None and self.settled is None

    def holds(self) -> dict[str, Any]:
        """What is compared with the next time: what somebody may do, and until when."""
        if self.kind == Kind.DELEGATION:
            return {"ends_on": _iso(self.ends_on), "services": {code: int(level) for code, level in self.services}}
        return {
            "profile": self.profile,
            "starts_on": _iso(self.starts_on),
            "ends_on": _iso(self.ends_on),
            "rights": {one.service: [int(one.level), _iso(one.starts_on), _iso(one.ends_on)] for one in self.rights},
        }

    def seen(self, today: datetime.date) -> dict[str, Any]:
        """What the page showed, for the record: without names, by reference."""
        if self.kind == Kind.DELEGATION:
            return {**self.holds(), "title": self.title}
        return {
            "profile": self.profile,
            "starts_on": _iso(self.starts_on),
            "ends_on": _iso(self.ends_on),
            "last_visit_at": self.last_visit_at.isoformat() if self.last_visit_at else None,
            "rights": {
                one.service: {
                    "level": int(one.level),
                    "starts_on": _iso(one.starts_on),
                    "ends_on": _iso(one.ends_on),
                    "since": one.granted_at.isoformat(),
                    "by": str(one.granted_by) if one.granted_by else None,
                    "used_on": _iso(one.used_on),
                    "unused": one.unused(today),
                }
                for one in self.rights
            },
        }

    @property
    def seal(self) -> str:
        """What a decision must come with: see above."""
        since = {one.service: one.granted_at.isoformat() for one in self.rights}
        settled = self.settled
        what = [self.holds(), since, settled.code if settled else "", self.decided.number if self.decided else 0]
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:32]

    def unchanged(self, today: datetime.date) -> bool:
        """Whether it holds just what was decided the last time, and no right of it has lain unused for long."""
        return self.before == self.holds() and not any(one.unused(today) for one in self.rights)

    @property
    def changed_since(self) -> bool:
        """Whether what it holds has changed since it was decided in this review."""
        return self.decided is not None and self.settled is None and self.decided.left != self.holds()


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
