"""What is done with Parvis's own code, under the application's role: opening sessions, counting statements.

`python -m bench.inside JSON`: told where to look, prints cookies and statements as JSON.
"""

import json
import sys
from importlib import import_module
from typing import Any


def main() -> None:
    """Sign the three administrators in, then count the statements of each page and of its twin."""
    import django

    django.setup()
    told = json.loads(sys.argv[1])
    cookies = [_session(person) for _, person in told["places"]]
    pages = {
        name: {"page": _count(path, cookies[where]), "twin": _count(f"/bench/jumelle{path}", cookies[where])}
        for name, where, path in told["pages"]
    }
    print(json.dumps({"cookies": cookies, "statements": pages, "empty": _count("/bench/vide/", cookies[0])}))


def _session(person_id: int) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, load_backend

    from parvis.ground import clock

    backend = settings.AUTHENTICATION_BACKENDS[0]
    person = load_backend(backend).get_user(person_id)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = backend
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session["several"] = False
    # As after a sign-in with a second factor, of a person who holds one that is no shared landline.
    session["entered_at"] = session["factor_at"] = clock.now().timestamp()
    session["strong_factor"] = True
    session.create()
    return str(session.session_key)


def _count(path: str, cookie: str) -> list[str]:
    """The statements of a request, in order, without their values."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    for _ in range(2):
        # The first notes the visit, or records what its page does; the second is like all others.
        statements: list[str] = []

        def note(execute: Any, sql: str, values: Any, many: bool, context: Any, into: Any = statements) -> Any:
            into.append(" ".join(sql.split()))
            return execute(sql, values, many, context)

        with connection.execute_wrapper(note):
            answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} : {answer.status_code}")
    return statements


if __name__ == "__main__":
    main()
