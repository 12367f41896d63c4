"""Answering with a page. Rendering happens at once, inside the transaction of the request."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def render(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """The page, rendered now. `request.frame` is the frame of a signed-in page, or None."""
    frame = getattr(request, "frame", None)
    answer = HttpResponse(
        render_to_string(template, {"frame": frame, **(context or {})}, request=request), status=status
    )
    if frame is not None or request.method != "GET":
        answer["Cache-Control"] = "no-store"
    return answer
