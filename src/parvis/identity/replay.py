"""A POST that had to wait for a fresh second factor is made again by the server, with what was kept of it.

So one click on « Créer » is one account, however many pages come between. Two tabs that wait at once are told apart by
`ASKED` in the address of the page that asks: each goes back to its own, and what both typed is kept.
"""

import datetime
import secrets
from io import BytesIO
from typing import Any, TypedDict
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve

from parvis.ground import clock
from parvis.ground.pages.kept import TABS, put, take
from parvis.ground.rules import Rule

FORM = "application/x-www-form-urlencoded"
ASKED = "demande"


class Asked(TypedDict):
    """What waits for a fresh factor. `key`: its name in the address, "" for the only one; `back`: for who gives up."""

    key: str
    path: str
    post: bool
    back: str
    at: float


def _recent(asked: Asked) -> bool:
    at = datetime.datetime.fromtimestamp(asked["at"], datetime.UTC)
    return at <= clock.now() < at + settings.PARVIS_FRESH_FACTOR


def note_asked(request: HttpRequest, *, back: str) -> str:
    """Note the request as one that waits for a fresh factor; returns the query of the address of the page that asks."""
    path = request.get_full_path()
    waiting: list[Asked] = [one for one in request.session.get("again", []) if _recent(one) and one["path"] != path]
    key = secrets.token_hex(4) if any(not one["key"] for one in waiting) else ""
    asked = Asked(key=key, path=path, post=request.method == "POST", back=back, at=clock.now().timestamp())
    request.session["again"] = [*waiting, asked][-TABS:]
    return f"?{ASKED}={key}" if key else ""


def asked_of(request: HttpRequest) -> Asked | None:
    """What waits for the factor that this page asks for; None where nothing does."""
    key = request.GET.get(ASKED, "")
    waiting: list[Asked] = request.session.get("again", [])
    return next((one for one in waiting if one["key"] == key), None)


def go_back(request: HttpRequest) -> HttpResponse | None:
    """Back to where a fresh factor was asked for, the POST done if it was one and is recent; None where nobody asked.

    Outside of any scope, once the factor is given: each view opens its own.
    """
    held = asked_of(request)
    if held is None:
        return None
    request.session["again"] = [one for one in request.session["again"] if one["key"] != held["key"]]
    kept = take(request.session, unquote(urlsplit(held["path"]).path)) if held["post"] and _recent(held) else None
    if kept is None:
        return HttpResponseRedirect(held["path"])
    answer = _made_again(request, held["path"], kept["body"])
    if answer is None or not 300 <= answer.status_code < 400:
        # The page shows what was typed, and says by itself what is wrong once its button is pressed.
        put(request.session, kept)
        return HttpResponseRedirect(held["path"])
    return answer


def _made_again(request: HttpRequest, address: str, body: str) -> HttpResponse | None:
    """The view's answer to the POST; None where the page is no longer there."""
    path, _, query = address.partition("?")
    content = body.encode()
    environ: dict[str, Any] = {
        **request.META,
        "REQUEST_METHOD": "POST",
        "PATH_INFO": unquote_to_bytes(path.removeprefix(request.META.get("SCRIPT_NAME", ""))).decode("latin-1"),
        "QUERY_STRING": query,
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": BytesIO(content),
    }
    made = WSGIRequest(environ)
    for name in ("session", "user", "_messages"):
        setattr(made, name, getattr(request, name))
    try:
        match = resolve(made.path_info)
        if not isinstance(getattr(match.func, "rule", None), Rule):
            return None
        made.resolver_match = match
        return match.func(made, *match.args, **match.kwargs)
    except Http404:
        return None
