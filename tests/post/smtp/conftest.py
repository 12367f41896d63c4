"""The situations of the tests of this folder."""

import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from parvis.access.models import Profile
from tests.plugins.database import owner_connection
from tests.post.smtp.hands import _LEFT, MailServer, Office, _free_port, _instead
from tests.world import establishment, someone


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    made = MailServer(_free_port())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", made.port, 5
    made.start()
    yield made
    made.stop()


@pytest.fixture
def office(db: None, owner: psycopg.Connection[Any]) -> Iterator[Office]:
    siret = f"{random.SystemRandom().randrange(10**14):014d}"
    owner.execute("DELETE FROM procrastinate_jobs")
    with _instead(owner_connection()):
        made = establishment(siret, "Saint-Étienne-du-Bois", ("cnracl", "rafp"))
        here = Office(
            made.pk,
            siret,
            someone(made, "Odile", "Brun", Profile.ADMINISTRATOR),
            someone(made, "René", "Caron", Profile.ADMINISTRATOR),
            someone(made, "Hugo", "Lenoir"),
        )
    shared = connection.settings_dict
    # Connections of the worker's threads end with their task.
    kept, shared["CONN_MAX_AGE"] = shared["CONN_MAX_AGE"], 0
    try:
        with _instead(type(connections["default"])(shared, "default")):
            yield here
    finally:
        shared["CONN_MAX_AGE"] = kept
        with owner.transaction():
            for statement in _LEFT.format(made.pk).split(";\n"):
                if statement.strip():
                    owner.execute(statement)  # type: ignore[call-overload]
