"""Known browsers: a long-lived cookie names one, a row per person says what it is worth for that person.

The cookie holds a random token, the row its hash: each trust can be ended from the server.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from parvis.ground import clock, tenancy
from parvis.ground.identifiers.tokens import draw_token, hash_token
from parvis.identity.models import Browser

COOKIE = "parvis_browser"
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A sign-in's browser: its row, whether it is new for this person, and whether it is the person's first."""

    browser_id: int
    is_new: bool
    is_first: bool


def label(request: HttpRequest) -> str:
    """The browser in words, « Firefox sur Windows », from what it says of itself."""
    said = request.headers.get("User-Agent", "")[:400]
    browser = next((name for sign, name in _BROWSERS if sign in said), "Navigateur")
    system = next((name for sign, name in _SYSTEMS if sign in said), "")
    return f"{browser} sur {system}" if system else browser


def hashed(request: HttpRequest) -> str:
    """What this browser's row would hold; "" for a browser that shows no token of ours."""
    token = request.COOKIES.get(COOKIE, "")
    return hash_token(token) if re.fullmatch(r"[A-Za-z0-9_-]{20,100}", token) else ""


def known(request: HttpRequest, person_id: int) -> int:
    """The id of this browser's row for that person; 0 where it is unknown."""
    own = hashed(request)
    if not own:
        return 0
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        return Browser.objects.filter(person_id=person_id, hash=own).values_list("pk", flat=True).first() or 0


def trusted(request: HttpRequest, person_id: int) -> bool:
    """Whether a second factor was given in this browser by that person within `PARVIS_BROWSER_TRUST`."""
    own = hashed(request)
    if not own:
        return False
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        return Browser.objects.filter(person_id=person_id, hash=own, trusted_until__gt=clock.now()).exists()


def note(request: HttpRequest, answer: HttpResponse, person_id: int, *, trust: bool) -> Seen:
    """Note a sign-in from this browser, in the person's scope; `trust`: a second factor was given just now."""
    now = clock.now()
    own = hashed(request)
    token = request.COOKIES.get(COOKIE, "") if own else draw_token()
    own = own or hash_token(token)
    mine = Browser.objects.filter(person_id=person_id)
    first = not mine.exists()
    row, is_new = mine.get_or_create(
        person_id=person_id,
        hash=own,
        defaults={"label": label(request), "first_seen_at": now, "last_seen_at": now},
    )
    row.last_seen_at, row.label = now, label(request)
    if trust:
        row.trusted_until = now + settings.PARVIS_BROWSER_TRUST
    row.save(update_fields=["last_seen_at", "label", "trusted_until"])
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(settings.PARVIS_BROWSER_MEMORY.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return Seen(row.pk, is_new, first)


def end_trust(person_id: int) -> None:
    """No browser of the person is trusted any more (password or factor changed); they stay known."""
    Browser.objects.filter(person_id=person_id).update(trusted_until=None)
