"""How often one network address may try: besides the counters of failures, against who tries many names.

The address is kept as a keyed hash alone, and one day at most (`parvis daily`). A town hall shares one address: the
limits are wide.
"""

import datetime
import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from parvis.ground import clock
from parvis.ground.pages import render
from parvis.ground.sealing import keyed_hash

# What is tried, and its limit. Passwords and codes together; links asked for by whoever forgot or unblocks.
SIGN_IN = "sign_in"
FORGOTTEN = "forgotten"
FIRST_LINK = "first_link"
REGISTRATION = "registration"
RECOVERY = "recovery"
FOLLOW = "follow"
_LIMITS = {
    SIGN_IN: "PARVIS_RATE_SIGN_IN",
    FORGOTTEN: "PARVIS_RATE_FORGOTTEN",
    FIRST_LINK: "PARVIS_RATE_SIGN_IN",
    REGISTRATION: "PARVIS_RATE_REGISTRATION",
    RECOVERY: "PARVIS_RATE_RECOVERY",
    FOLLOW: "PARVIS_RATE_FOLLOW",
}


def network(request: HttpRequest) -> str:
    """The address that asks: as the nearest proxy of ours saw it, where `PARVIS_PROXIES` says how many there are.

    What stands further left in X-Forwarded-For was written by whoever asks. IPv6: the /64 that one subscriber has.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if settings.PARVIS_PROXIES:
        passed = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
        if len(passed) >= settings.PARVIS_PROXIES:
            told = passed[-settings.PARVIS_PROXIES]
    try:
        address = ipaddress.ip_address(told.strip("[]").partition("%")[0])
    except ValueError:
        return ""
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


@dataclass(frozen=True, slots=True)
class Counted:
    """One more from an address, within a window: whether it is one too many, and until when."""

    key: str
    starts: datetime.datetime
    over: bool

    @property
    def until(self) -> datetime.datetime:
        return self.starts + settings.PARVIS_RATE_WINDOW


def count(request: HttpRequest, what: str) -> Counted:
    """Count one more from this address."""
    return _count(f"{what}:{keyed_hash(network(request), purpose='network')}", _LIMITS[what])


def count_about(what: str, about: str, *, limit: str) -> Counted:
    """Count one more about something, wherever it comes from: a SIRET, a reference. `limit`: the setting."""
    return _count(f"{what}:{keyed_hash(about, purpose='about')}", limit)


def too_many_links(request: HttpRequest, what: str, reference: str) -> HttpResponse | None:
    """Count one more link that replaces a lost follow-up code, from this address and about this reference.

    The answer where that is one too many.
    """
    for counted in (count(request, what), count_about("lost-code", reference, limit="PARVIS_FOLLOW_LINKS")):
        if counted.over:
            return too_many(request, counted.until)
    return None


def _count(key: str, limit: str) -> Counted:
    seconds = settings.PARVIS_RATE_WINDOW.total_seconds()
    starts = datetime.datetime.fromtimestamp(clock.now().timestamp() // seconds * seconds, datetime.UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_take_rate(%s, %s)", [key, starts])
        (number,) = cursor.fetchone()
    return Counted(key, starts, number > getattr(settings, limit))


def too_many(request: HttpRequest, until: datetime.datetime) -> HttpResponse:
    """« Trop de demandes depuis votre réseau »: 429, and when to come back."""
    answer = render(request, "identity/too_many.html", {"until": until}, status=429)
    answer["Retry-After"] = str(max(1, int((until - clock.now()).total_seconds()) + 1))
    return answer
