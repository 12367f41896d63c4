"""What a browser remembers of a registration: the SIRET asked for, the reference begun, what was proven.

Kept in the anonymous session, on the server. Nothing of it is believed of anybody else: it is this browser's own.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

_KEPT = "registration"
_FOLLOWS = "registration_follows"
_PROVEN = "registration_proven"


@dataclass(frozen=True, slots=True)
class Stated:
    """What an identity provider said of who came back from it, for one SIRET."""

    slug: str
    name: str
    siret: str
    authority: bool
    given_name: str
    family_name: str
    email: str


@dataclass(slots=True)
class Visit:
    """The registration that this browser is at. `code`: the follow-up code, shown until the proof is sent."""

    siret: str
    reference: str = ""
    code: str = ""
    stated: Stated | None = None


def visit(request: HttpRequest) -> Visit | None:
    """The one of this browser; None where no SIRET was asked for yet."""
    kept: dict[str, Any] | None = request.session.get(_KEPT)
    if not kept:
        return None
    stated = Stated(**kept["stated"]) if kept.get("stated") else None
    return Visit(kept["siret"], kept["reference"], kept["code"], stated)


def remember(request: HttpRequest, held: Visit) -> None:
    """Keep it."""
    stated = held.stated
    request.session[_KEPT] = {
        "siret": held.siret,
        "reference": held.reference,
        "code": held.code,
        "stated": {name: getattr(stated, name) for name in Stated.__slots__} if stated else None,
    }


def forget(request: HttpRequest) -> None:
    """This browser is at no registration any more."""
    request.session.pop(_KEPT, None)


def may_follow(request: HttpRequest, reference: str) -> bool:
    """Whether this browser began that registration, or gave its follow-up code."""
    return reference in request.session.get(_FOLLOWS, [])


def let_follow(request: HttpRequest, reference: str) -> None:
    """From now on this browser may."""
    request.session[_FOLLOWS] = [*(one for one in request.session.get(_FOLLOWS, []) if one != reference), reference][
        -5:
    ]


def proven(request: HttpRequest, siret: str) -> bool:
    """Whether this browser proved to belong to that establishment."""
    return siret in request.session.get(_PROVEN, [])


def let_know(request: HttpRequest, siret: str) -> None:
    """From now on this browser may read who administers it."""
    request.session[_PROVEN] = [*(one for one in request.session.get(_PROVEN, []) if one != siret), siret][-5:]
