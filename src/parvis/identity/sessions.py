"""Sessions in PostgreSQL, on the house's clock, that know whose they are."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from parvis.ground import clock


class SessionStore(DatabaseStore):
    """Django's own store, with two differences: the clock, and `person_id`."""

    @classmethod
    def get_model_class(cls) -> Any:
        from parvis.identity.models import Session

        return Session

    def _get_session_from_db(self) -> Any:
        try:
            return self.model.objects.get(session_key=self.session_key, expire_date__gt=clock.now())
        except (self.model.DoesNotExist, ValueError):
            self._session_key = None
            return None

    def get_expiry_date(self, **kwargs: Any) -> datetime.datetime:
        return clock.now() + datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        session: Any = super().create_model_instance(data)
        session.person_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return session
