"""The e-mails about rights that people ask for, and about services that open.

Each is written from the state of the moment at which it leaves: of what was answered or settled meanwhile, none does.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse

from parvis.access import registry
from parvis.access.asking.actions import SOMEBODY, until_words
from parvis.access.asking.openings import openings
from parvis.access.asking.state import Outcome
from parvis.access.choices import wanted_by_account
from parvis.access.levels import Level
from parvis.access.models import Membership, Opening, RightRequest
from parvis.access.queries.account import status_of
from parvis.access.queries.people import active_administrators
from parvis.access.status import OPEN
from parvis.establishments.funds import ALL
from parvis.establishments.models import Contract
from parvis.ground import clock
from parvis.ground.pages.filters import date_long, plural
from parvis.journal.queries import names
from parvis.post.models import Message
from parvis.post.registry import Choice, Envelope, Letter, envelope, register

# Requests and services named in one e-mail; the page holds the others.
NAMED = 20


def _administrator(number: Any) -> Membership | None:
    """The account, if it still administers."""
    to = Membership.objects.select_related("establishment").filter(pk=int(number or 0)).first()
    return to if to and (to.establishment_id, to.pk) in active_administrators([to.establishment_id]) else None


def _request(message: Message) -> RightRequest | None:
    return RightRequest.objects.select_related("membership__establishment").filter(pk=message.object_id).first()


def _service_name(code: str) -> str:
    service = registry.get(code)
    return service.name if service else code


def _letter(to: Membership, subject: str, template: str, page: str, *more: Any, **context: Any) -> Envelope:
    return envelope(
        to.email,
        f"Parvis : {subject} ({to.establishment.name})",
        f"access/emails/{template}",
        {
            "name": to.name,
            "establishment": to.establishment.name,
            "address": settings.PARVIS_ADDRESS + reverse(page, args=[to.establishment.siret, *more]),
            **context,
        },
    )


def request_asked(message: Message) -> Envelope | None:
    """To each administrator but who asks: who wants which level, and why."""
    request, to = _request(message), _administrator(message.detail.get("to"))
    if request is None or to is None or request.outcome != Outcome.WAITING or request.membership_id == to.pk:
        return None
    return _letter(
        to,
        f"{request.membership.name} demande un accès",
        "request_asked",
        "access:right-request",
        request.ref,
        colleague=request.membership,
        service=_service_name(request.service),
        level=Level(request.level).label,
        reason=request.reason,
        at=request.asked_at,
        validity=settings.PARVIS_REQUEST_VALIDITY,
    )


def requests_recalled(message: Message) -> Envelope | None:
    """To each administrator: the requests of others that have waited for long, in one e-mail."""
    to = _administrator(message.object_id)
    if to is None:
        return None
    found = RightRequest.objects.filter(outcome=Outcome.WAITING, recalled_at=message.detail["at"])
    waiting = list(found.exclude(membership=to).select_related("membership").order_by("asked_at", "id"))
    if not waiting:
        return None
    count = len(waiting)
    said = f"la demande de {waiting[0].membership.name} attend" if count == 1 else f"{count} demandes d’accès attendent"
    return _letter(
        to,
        f"{said} votre réponse",
        "requests_recalled",
        "access:right-requests",
        waiting=[
            (one.membership.name, _service_name(one.service), Level(one.level).label, one.asked_at)
            for one in waiting[:NAMED]
        ],
        others=max(0, count - NAMED),
        count=count,
        validity=settings.PARVIS_REQUEST_VALIDITY,
    )


def _to_who_asked(request: RightRequest | None) -> Membership | None:
    """The account of who asked, while it is open."""
    return None if request is None or status_of(request.membership) not in OPEN else request.membership


def request_answered(message: Message) -> Envelope | None:
    """To who asked: accepted, with what was given; refused, with the word."""
    request = _request(message)
    to = _to_who_asked(request)
    if request is None or to is None or request.outcome not in (Outcome.ACCEPTED, Outcome.REFUSED):
        return None
    accepted, name = request.outcome == Outcome.ACCEPTED, _service_name(request.service)
    return _letter(
        to,
        f"votre demande d’accès à « {name} » est {'acceptée' if accepted else 'refusée'}",
        "request_answered",
        "access:ask-right",
        request.service,
        accepted=accepted,
        service=name,
        level=Level(request.level).label,
        given=Level(request.given_level).label if request.given_level else "",
        until=until_words(request.given_until),
        word=request.word,
        by=names([request.closed_by]).get(request.closed_by, SOMEBODY),
        at=request.closed_at,
    )


def request_lapsed(message: Message) -> Envelope | None:
    """To who asked: nobody answered in time, and they may ask again."""
    request = _request(message)
    to = _to_who_asked(request)
    if request is None or to is None or request.outcome != Outcome.LAPSED:
        return None
    name = _service_name(request.service)
    return _letter(
        to,
        f"votre demande d’accès à « {name} » est restée sans réponse",
        "request_lapsed",
        "access:ask-right",
        request.service,
        service=name,
        level=Level(request.level).label,
        at=request.asked_at,
        validity=settings.PARVIS_REQUEST_VALIDITY,
    )


def opening(message: Message) -> Envelope | None:
    """To each administrator: the services that opened, as long as nobody has settled them."""
    to = _administrator(message.object_id)
    if to is None:
        return None
    told = set(Opening.objects.filter(told_at=message.detail["at"]).values_list("service", flat=True))
    new = [one for one in openings(_funds()) if one.service.code in told]
    if not new:
        return None
    count = len(new)
    said = (
        f"« {new[0].service.name} » est ouvert"
        if count == 1
        else plural(count, "service est ouvert", "services sont ouverts")
    )
    return _letter(
        to,
        f"{said}, droits à attribuer",
        "opening",
        "access:openings",
        services=[(one.service.name, one.service.sentence, date_long(one.since)) for one in new[:NAMED]],
        others=max(0, count - NAMED),
        count=count,
    )


def _funds() -> frozenset[str]:
    """The funds of the establishment in scope, today."""
    today = clock.today()
    held = Contract.objects.filter(starts_on__lte=today).exclude(ends_on__lt=today)
    return frozenset(held.values_list("fund", flat=True)) & ALL


register(
    Letter(
        "access.request_asked",
        "Un droit est demandé",
        "chaque administrateur actif, sauf qui demande",
        "",
        request_asked,
    ),
    Letter(
        "access.request_answered", "Une demande de droit est acceptée ou refusée", "la personne", "", request_answered
    ),
    Letter(
        "access.requests_recalled",
        "Des demandes de droits attendent depuis longtemps",
        "chaque administrateur actif",
        "",
        requests_recalled,
        choosable=Choice("Des demandes de droits attendent ma réponse (rappel)", wanted_by_account),
    ),
    Letter("access.request_lapsed", "Une demande de droit est restée sans réponse", "la personne", "", request_lapsed),
    Letter(
        "access.opening",
        "Un service s’ouvre à l’établissement",
        "chaque administrateur actif",
        "",
        opening,
        choosable=Choice("Un nouveau service s’ouvre à mon établissement", wanted_by_account),
    ),
)
