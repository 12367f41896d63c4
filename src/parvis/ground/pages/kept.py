"""What was typed when the session was lost: kept, and given back after signing in, so that nothing has to be retyped.

Kept in the anonymous session on the server, without passwords, and given back once. One form for each address: two tabs
keep theirs both, up to `TABS` of them, the latest.
"""

from typing import TypedDict

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, QueryDict

LIMIT = 200_000
TABS = 5
_NEVER = ("password", "csrfmiddlewaretoken", "token")
# The number of a person is kept sealed or not at all.
_NEVER_WHOLE = {"nir"}


class Typed(TypedDict):
    """The address of a form, and its fields as sent."""

    path: str
    body: str


def keep(request: HttpRequest) -> None:
    """Keep the fields of a POST that nobody signed in may make any more."""
    # What was kept for the address goes, also where this is too long to be kept.
    take(request.session, request.path)
    fields = request.POST.copy()
    for name in list(fields):
        if name in _NEVER_WHOLE or any(secret in name for secret in _NEVER):
            del fields[name]
    body = fields.urlencode()
    if len(body) <= LIMIT:
        put(request.session, {"path": request.path, "body": body})


def put(session: SessionBase, typed: Typed) -> None:
    """Keep this beside what other tabs typed; the oldest make room."""
    held: list[Typed] = [*(one for one in session.get("kept", []) if one["path"] != typed["path"]), typed][-TABS:]
    while sum(len(one["body"]) for one in held) > LIMIT:
        del held[0]
    session["kept"] = held


def take(session: SessionBase, path: str) -> Typed | None:
    """What was kept for this address, which is kept no longer; None where there is nothing."""
    held: list[Typed] = session.get("kept", [])
    found = next((one for one in held if one["path"] == path), None)
    if found is not None:
        session["kept"] = [one for one in held if one is not found]
    return found


def kept(request: HttpRequest) -> QueryDict | None:
    """The fields kept for this address, once; None where there are none."""
    held = take(request.session, request.path) if request.method == "GET" else None
    if held is None:
        return None
    request.kept = True  # type: ignore[attr-defined]
    return QueryDict(held["body"])
