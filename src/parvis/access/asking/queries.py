"""What the pages of this part show: requests that wait, those that were answered, what a person asked for."""

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from parvis.access import registry
from parvis.access.asking.actions import SOMEBODY, until_words
from parvis.access.asking.state import TONES, Asking, Outcome, levels_above, may_ask
from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.models import RightRequest
from parvis.access.paging import Paging, paging
from parvis.access.registry import Service
from parvis.access.standing import Standing
from parvis.ground.pages.addresses import address
from parvis.ground.pages.numbering import page_count, page_within
from parvis.journal.queries import names

PAGE = 25
# Of what waits, on one page; the oldest first, and nobody reads further before having answered these.
WAITING = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A request, in strings ready to show."""

    ref: uuid.UUID
    account_id: int
    name: str
    function: str
    service: str
    code: str
    level: str
    reason: str
    asked_at: datetime.datetime
    reworded_at: datetime.datetime | None
    waiting: bool
    outcome: str
    tone: str
    closed_at: datetime.datetime | None
    by: str
    word: str
    given: str
    until: str
    oneself: bool
    read: bool


def _shown(request: RightRequest, named: dict[object, str], oneself: int) -> Shown:
    service = registry.get(request.service)
    outcome = Outcome(request.outcome)
    return Shown(
        ref=request.ref,
        account_id=request.membership_id,
        name=request.membership.name,
        function=request.membership.function,
        service=service.name if service else request.service,
        code=request.service,
        level=Level(request.level).label,
        reason=request.reason,
        asked_at=request.asked_at,
        reworded_at=request.reworded_at,
        waiting=outcome == Outcome.WAITING,
        outcome=outcome.label,
        tone=TONES[outcome],
        closed_at=request.closed_at,
        by=named.get(request.closed_by, SOMEBODY) if request.closed_by else "",
        word=request.word,
        given=Level(request.given_level).label if request.given_level else "",
        until=until_words(request.given_until),
        oneself=request.membership_id == oneself,
        read=request.read_at is not None,
    )


def _all(found: "QuerySet[RightRequest]", oneself: int) -> list[Shown]:
    requests = list(found.select_related("membership"))
    named = names([request.closed_by for request in requests])
    return [_shown(request, named, oneself) for request in requests]


@dataclass(frozen=True, slots=True)
class Listed:
    """The page « Demandes »."""

    waiting: list[Shown]
    more: int
    answered: list[Shown]
    paging: Paging


def listed(who: Standing, number: int) -> Listed:
    """What waits, the oldest first; what was answered, withdrawn or lapsed, the latest first, by pages."""
    waiting = RightRequest.objects.filter(outcome=Outcome.WAITING)
    answered = RightRequest.objects.exclude(outcome=Outcome.WAITING)
    total, count = answered.count(), waiting.count()
    pages = page_count(total, PAGE)
    number = page_within(number, total, PAGE)
    here = address("access:right-requests", who.siret)
    first = (number - 1) * PAGE
    return Listed(
        waiting=_all(waiting.order_by("asked_at", "id")[:WAITING], who.membership_id),
        more=max(0, count - WAITING),
        answered=_all(answered.order_by("-closed_at", "-id")[first : first + PAGE], who.membership_id),
        paging=paging(number, pages, total, lambda page: f"{here}?page={page}"),
    )


def one(who: Standing, ref: uuid.UUID) -> Shown | None:
    """The request of that reference in the establishment in scope; None for any other."""
    found = _all(RightRequest.objects.filter(ref=ref), who.membership_id)
    return found[0] if found else None


def latest(who: Standing, code: str) -> Shown | None:
    """The last request of the person about a service."""
    own = RightRequest.objects.filter(membership_id=who.membership_id, service=code)
    found = _all(own.order_by("-asked_at", "-id")[:1], who.membership_id)
    return found[0] if found else None


def asking(who: Standing, service: Service, *, others: int) -> Asking:
    """What the page that refuses a service offers; one statement at most."""
    if who.delegate is not None or not may_ask(who, service, others=others):
        offered = who.account_opens and not who.delegate and service.offered_to(who.funds) and not who.terms.closed
        return Asking(may=False, alone=offered and who.administers and others == 0)
    return Asking(may=True, waiting_since=waiting_of(who).get(service.code))


def askable(who: Standing) -> frozenset[str]:
    """The services of which the person may ask for more than they have."""
    others = len(who.others_who_administer)
    return frozenset(
        service.code
        for service in registry.catalogue(who.funds)
        if may_ask(who, service, others=others) and levels_above(service, decide(who, service).level)
    )


def waiting_of(who: Standing) -> dict[str, datetime.datetime]:
    """The services that the person waits for, and since when."""
    own = RightRequest.objects.filter(membership_id=who.membership_id, outcome=Outcome.WAITING)
    return dict(own.values_list("service", "asked_at"))
