"""The style sheet: one small file per component, served as one sheet under an address that changes with its content."""

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from parvis.ground.pages.addresses import address

FOLDER = Path(__file__).resolve().parent.parent / "static" / "parvis"
# The order is the cascade: a later layer wins over an earlier one, whatever the weight of its selectors.
LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("reset", ("reset.css",)),
    ("tokens", ("tokens.css",)),
    ("base", ("base.css",)),
    ("layout", ("layout.css", "header.css")),
    (
        "components",
        tuple(
            f"components/{name}.css"
            for name in (
                "button",
                "field",
                "choice",
                "level_choice",
                "error_summary",
                "banner",
                "badge",
                "breadcrumb",
                "summary_list",
                "table",
                "filters",
                "pagination",
                "service_card",
                "task",
                "notice",
                "steps",
                "tabs",
                "panel",
                "identifier",
                "empty_state",
                "confirmation",
                "upload",
                "timeline",
                "chart",
                "difficulty",
                "tick",
                "rights",
                "account",
                "dialog",
                "pick",
                "qr",
                "recovery",
                "review",
                "matrix",
                "counts",
                "letters",
                "thread",
                "contacts",
                "front",
                "news",
                "search",
                "guide",
                "agenda",
            )
        ),
    ),
    ("utilities", ("utilities.css",)),
    ("print", ("print.css",)),
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def _packed(text: str) -> str:
    """Without comments, indents and empty lines: what the reader of the file needs and the browser does not."""
    lines = (line.strip() for line in COMMENT.sub("", text).splitlines())
    return "\n".join(line for line in lines if line)


@cache
def stylesheet() -> tuple[str, bytes]:
    """The hash of the sheet and the sheet, put together once per process."""
    parts = [f"@layer {','.join(layer for layer, _ in LAYERS)};"]
    for layer, files in LAYERS:
        body = "\n".join(_packed((FOLDER / file).read_text("utf-8")) for file in files)
        parts.append(f"@layer {layer}{{\n{body}\n}}")
    sheet = "\n".join(parts).encode()
    return hashlib.sha256(sheet).hexdigest()[:12], sheet


def stylesheet_href() -> str:
    """The address the layouts link."""
    return address("ground:stylesheet", stylesheet()[0])


@cache
def _compressed() -> bytes:
    """A fifth of the sheet; once per process. It is the same for everybody: nothing secret is compressed beside it."""
    return gzip.compress(stylesheet()[1], 9, mtime=0)


def stylesheet_view(request: HttpRequest, digest: str) -> HttpResponse:
    """The sheet, kept a year. A page drawn by the previous version gets the present sheet, and keeps it for no time."""
    current, sheet = stylesheet()
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(_compressed() if packed else sheet, content_type="text/css; charset=utf-8")
    answer["Vary"] = "Accept-Encoding"
    if packed:
        answer["Content-Encoding"] = "gzip"
    answer["Cache-Control"] = "public, max-age=31536000, immutable" if digest == current else "no-cache"
    return answer
