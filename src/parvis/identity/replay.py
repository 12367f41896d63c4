"""A POST that had to wait for a fresh second factor is made again by the server, with what was kept of it.

So one click on « Créer » is one account, however many pages come between.
"""

import datetime
from io import BytesIO
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve

from parvis.ground import clock
from parvis.ground.rules import Rule

FORM = "application/x-www-form-urlencoded"


def go_back(request: HttpRequest) -> HttpResponse | None:
    """Back to where a fresh factor was asked for, the POST done if it was one and is recent; None where nobody asked.

    Outside of any scope, once the factor is given: each view opens its own.
    """
    held = request.session.pop("again", None)
    if held is None:
        return None
    asked = datetime.datetime.fromtimestamp(held["at"], datetime.UTC)
    recent = asked <= clock.now() < asked + settings.PARVIS_FRESH_FACTOR
    kept = request.session.pop("kept", None) if held["post"] and recent else None
    if kept is None or kept["path"] != unquote(urlsplit(held["path"]).path):
        return HttpResponseRedirect(held["path"])
    answer = _made_again(request, held["path"], kept["body"])
    if answer is None or not 300 <= answer.status_code < 400:
        # The page shows what was typed, and says by itself what is wrong once its button is pressed.
        request.session["kept"] = kept
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
