"""Answering with a page. Rendering happens at once, inside the transaction of the request."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.backends.utils import csrf_input
from django.template.loader import get_template


class FormToken:
    """The hidden field against forged forms: made once for a page, and not at all where no form is drawn."""

    __slots__ = ("_drawn", "_request")

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._drawn = ""

    def __html__(self) -> str:
        if not self._drawn:
            self._drawn = csrf_input(self._request)
        return self._drawn

    __str__ = __html__

    @property
    def token(self) -> str:
        """Its value alone, for the one button that sends a GET form as a POST: by that button only, under its name."""
        return get_token(self._request)


def render(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """The page, rendered now. `request.frame` is the frame of a signed-in page, or None."""
    frame = getattr(request, "frame", None)
    told = {"frame": frame, "request": request, "csrf_input": FormToken(request), **(context or {})}
    answer = HttpResponse(get_template(template).render(told), status=status)
    if frame is not None or request.method != "GET":
        answer["Cache-Control"] = "no-store"
    return answer
