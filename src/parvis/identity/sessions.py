"""Sessions in PostgreSQL, on the house's clock, that know whose they are, and end when nobody comes for a while."""

import datetime
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest, HttpResponse

from parvis.ground import clock


def _moment(stamp: float | None) -> datetime.datetime | None:
    return None if stamp is None else datetime.datetime.fromtimestamp(stamp, datetime.UTC)


def ends_at(now: datetime.datetime, entered_at: datetime.datetime | None) -> datetime.datetime:
    """When a session used now ends: after the idle limit, and never after the absolute one.

    Before anybody signed in, a session lives as long as the absolute limit: it keeps what somebody typed.
    """
    if entered_at is None:
        return now + settings.PARVIS_SESSION_LIMIT
    return min(now + settings.PARVIS_IDLE_LIMIT, entered_at + settings.PARVIS_SESSION_LIMIT)


class SessionStore(DatabaseStore):
    """Django's own store on our clock, with what « Mes sessions » shows. `row`: as loaded."""

    row: Any = None

    @classmethod
    def get_model_class(cls) -> Any:
        from parvis.identity.models import Session

        return Session

    def _get_session_from_db(self) -> Any:
        try:
            self.row = self.model.objects.get(session_key=self.session_key, expire_date__gt=clock.now())
        except (self.model.DoesNotExist, ValueError):
            self._session_key = None
            return None
        return self.row

    def get_expiry_date(self, **kwargs: Any) -> datetime.datetime:
        return ends_at(clock.now(), _moment(self.get("entered_at")))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        session: Any = super().create_model_instance(data)
        session.person_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        session.entered_at = _moment(data.get("entered_at"))
        session.seen_at = clock.now()
        session.label = data.get("label", "")
        session.provider = data.get("provider", "")
        session.provider_session = data.get("provider_session", "")
        return session


def _to_be_written(row: Any, now: datetime.datetime) -> bool:
    """Whether a visit now moves the idle limit: written at most once in `PARVIS_IDLE_PRECISION`."""
    return row.seen_at is None or not row.seen_at <= now < row.seen_at + settings.PARVIS_IDLE_PRECISION


class Left(NamedTuple):
    """How long a session lives after a request, if no other comes; `final`: nor any longer if others do."""

    seconds: int
    final: bool


def time_left(request: HttpRequest) -> Left:
    """What the page of this request counts down."""
    row, now = getattr(request.session, "row", None), clock.now()
    entered = _moment(request.session.get("entered_at"))
    if row is None or request.session.modified or _to_be_written(row, now):
        until = ends_at(now, entered)
    else:
        until = row.expire_date
    final = entered is not None and until >= entered + settings.PARVIS_SESSION_LIMIT
    return Left(max(0, int((until - now).total_seconds())), final)


class StayOpen:
    """Middleware: each visit of whoever is signed in moves the idle limit, written at most once a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        row = getattr(request.session, "row", None)
        if row is not None and row.person_id and row.session_key == request.session.session_key:
            now = clock.now()
            if _to_be_written(row, now):
                row.__class__.objects.filter(session_key=row.session_key).update(
                    seen_at=now, expire_date=ends_at(now, row.entered_at)
                )
        return answer
