"""A file as the answer to a request."""

import re
import unicodedata
from urllib.parse import quote

from django.http import HttpResponse

LENGTH = 120
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": "-", "–": "-"})


def download(content: bytes, filename: str, content_type: str) -> HttpResponse:
    """The file, to be saved and not shown, kept by no cache."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = disposition(filename)
    answer["Content-Length"] = str(len(content))
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def disposition(filename: str, *, shown: bool = False) -> str:
    """How a file is called, and whether it is `shown` in the browser or saved: the value of Content-Disposition.

    The name comes twice: in ASCII for old browsers, whole for the others (RFC 6266, RFC 5987). What could break out of
    the header or of a folder (quotes, slashes, controls, direction marks) becomes a hyphen.
    """
    name = safe_name(filename)
    plain = unicodedata.normalize("NFKD", name.translate(_LIGATURES)).encode("ascii", "ignore").decode()
    kind = "inline" if shown else "attachment"
    return f"{kind}; filename=\"{safe_name(plain)}\"; filename*=UTF-8''{quote(name, safe='')}"


def safe_name(name: str) -> str:
    """The name without what a folder or a header could misread."""
    kept = "".join(c if unicodedata.category(c)[0] != "C" else "-" for c in unicodedata.normalize("NFC", name))
    kept = re.sub(r'[\s"\'\\/:;*?<>|%]+', "-", kept)
    stem, dot, extension = re.sub("-{2,}", "-", kept).strip("-.").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    stem = stem.strip("-.")[:LENGTH] or "fichier"
    return f"{stem}.{extension}" if extension else stem
