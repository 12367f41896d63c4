"""A file that is kept as the answer to a request: whole, or the part of it that was asked for (RFC 9110, section 14).

One range at a time: several in one request are answered with the whole file, as the standard allows.
"""

import re

from django.http import HttpRequest, HttpResponse

from parvis.ground.tables.downloads import disposition

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII | re.IGNORECASE)
_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
_LONGEST = 20  # digits of a number that some machine could mean


class _Unsatisfiable(Exception):
    """The range begins after the file's end."""


def served(
    request: HttpRequest, content: bytes, *, filename: str, media_type: str, digest: str, shown: bool = False
) -> HttpResponse:
    """The file: 200, 206 for a part, 416 for a part that it has not. `digest` names its content: it is the ETag.

    `shown`: opened in the browser rather than saved. Never kept by a cache, never taken for another type.
    """
    tag = f'"{digest}"'
    try:
        asked = _asked(request, len(content), tag)
    except _Unsatisfiable:
        answer = HttpResponse(status=416)
        answer["Content-Range"] = f"bytes */{len(content)}"
    else:
        first, last = asked or (0, len(content) - 1)
        part = content if asked is None else content[first : last + 1]
        answer = HttpResponse(part, status=200 if asked is None else 206, content_type=media_type)
        if asked is not None:
            answer["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
        answer["Content-Length"] = str(len(part))
        answer["Content-Disposition"] = disposition(filename, shown=shown)
        # No page of ours: a browser's own viewer draws it in a frame of its own, with styles of its own.
        answer["Content-Security-Policy"] = _POLICY
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _asked(request: HttpRequest, size: int, tag: str) -> tuple[int, int] | None:
    """The first and last byte wanted; None for the whole file: no range, one that means nothing, or of another state.

    `If-Range` with anything but this very ETag (a date, a weak one) asks for the whole file.
    """
    asked = request.headers.get("Range", "")
    if request.method != "GET" or not asked or request.headers.get("If-Range", tag).strip() != tag:
        return None
    found = _RANGE.fullmatch(asked)
    if found is None or not any(found.groups()) or any(len(one) > _LONGEST for one in found.groups()):
        return None
    first, last = found.groups()
    if not first:
        # The last so many bytes; the file may have fewer.
        if int(last) == 0 or size == 0:
            raise _Unsatisfiable
        return max(0, size - int(last)), size - 1
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise _Unsatisfiable
    return int(first), min(int(last), size - 1) if last else size - 1
