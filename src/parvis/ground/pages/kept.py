"""What was typed when the session was lost: kept, and given back after signing in, so that nothing has to be retyped.

Kept in the anonymous session on the server, for one address, without passwords, and given back once.
"""

from django.http import HttpRequest, QueryDict

LIMIT = 200_000
_NEVER = ("password", "csrfmiddlewaretoken", "token")


def keep(request: HttpRequest) -> None:
    """Keep the fields of a POST that nobody signed in may make any more."""
    # Whatever was kept before goes, also where this is too long to be kept.
    request.session.pop("kept", None)
    fields = request.POST.copy()
    for name in list(fields):
        if any(secret in name for secret in _NEVER):
            del fields[name]
    body = fields.urlencode()
    if len(body) <= LIMIT:
        request.session["kept"] = {"path": request.path, "body": body}


def kept(request: HttpRequest) -> QueryDict | None:
    """The fields kept for this address, once; None where there are none."""
    held = request.session.get("kept") if request.method == "GET" else None
    if not held or held["path"] != request.path:
        return None
    del request.session["kept"]
    request.kept = True  # type: ignore[attr-defined]
    return QueryDict(held["body"])
