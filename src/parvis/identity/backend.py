"""Django's hook to the person of a session."""

from typing import Any

from django.db import connection
from django.http import HttpRequest

from parvis.identity.models import Person


class PersonBackend:
    """Loads the person of a session in one statement; credentials are checked in `actions/sign_in.py`."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        return None

    def get_user(self, person_id: int) -> Person | None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, reference, password, first_name, last_name FROM identity_person_by_id(%s)", [person_id]
            )
            row = cursor.fetchone()
        if row is None:
            return None
        return Person(id=row[0], reference=row[1], password=row[2], first_name=row[3], last_name=row[4])
