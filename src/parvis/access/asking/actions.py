"""A right is asked for, reworded, withdrawn by who wants it; accepted or refused by who administers.

Everything happens under the lock of the account, then of the request: of two answers at the same moment, or an answer
and a withdrawal, the second finds what the first did, and says so.
"""

import datetime
import uuid
from dataclasses import dataclass

from django.conf import settings

from parvis.access import registry
from parvis.access.actions.changes import set_rights
from parvis.access.actions.creation import Grant
from parvis.access.actions.guards import account_for_update, active_administrator_ids, actor_of
from parvis.access.actions.many import as_grant
from parvis.access.asking.state import Outcome
from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.models import Membership, Right, RightRequest
from parvis.access.queries.account import status_of
from parvis.access.registry import Service
from parvis.access.standing import Standing, standing
from parvis.access.status import Status
from parvis.ground import clock
from parvis.ground.identifiers.text import clean
from parvis.ground.pages.filters import date_long, datetime_long, plural
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record
from parvis.journal.queries import names
from parvis.post.actions import queue

LIMIT = 500
GONE = "Cette demande n’existe plus : le compte de la personne a été supprimé. Rien n’est changé."
OWN = "Votre propre demande attend la réponse d’une autre personne qui administre : vous ne pouvez pas y répondre."
NOT_OFFERED = "Ce service n’est pas au catalogue de votre établissement : il ne peut pas être demandé."
NOBODY = "Personne d’autre n’administre votre établissement pour l’instant : appelez un conseiller."
ALONE = "Vous administrez seul ou seule cet établissement : réglez vos propres droits dans « Gestion des comptes »."
SOMEBODY = "une personne qui administrait l’établissement"


@dataclass(frozen=True, slots=True)
class Asked:
    """The request that waits, and whether it was made just now; `to`: how many administrators were told."""

    request: RightRequest
    now: bool


def _service(who: Standing, code: str, level: Level) -> Service:
    service = registry.get(code)
    if service is None or not service.offered_to(who.funds):
        raise Refused(NOT_OFFERED)
    if level not in service.levels or level == Level.NONE:
        raise Refused(
            f"« {service.name} » ne propose pas le niveau « {level.label} » : choisissez-en un autre.", field="level"
        )
    return service


def _text(typed: str, *, missing: str, field: str) -> str:
    text = clean(typed)
    if not text:
        raise Refused(missing, field=field)
    if len(text) > LIMIT:
        raise Refused(f"Ce texte compte {len(text)} caractères : abrégez-le à {LIMIT} caractères au plus.", field=field)
    return text


def _waiting(account: Membership, code: str) -> RightRequest | None:
    waiting = RightRequest.objects.select_for_update(of=("self",))
    return waiting.filter(membership=account, service=code, outcome=Outcome.WAITING).first()


@action
def ask(*, who: Standing, code: str, level: Level, reason: str) -> Asked:
    """The person asks for a level; where they asked already, the request that waits says what they say now.

    Raises Refused: no account of one's own, a forged service or level, the level held already, nobody who could answer,
    or more requests than `PARVIS_REQUESTS_DAILY` within 24 hours.
    """
    service = _service(who, code, level)
    reason = _text(reason, missing="Dites pourquoi il vous faut cet accès : qui répond le lit.", field="reason")
    account = account_for_update(who.membership_id)
    # What the wait for the lock may have changed: the right was given, the account closed.
    here = standing(who.person_id, who.establishment_id)
    if here is None or not here.account_opens:
        raise Refused("Votre compte n’est pas ouvert dans cet établissement : rien n’est demandé.")
    if here.terms.closed:
        raise Refused("Les services sont fermés à tous : il n’y a rien à demander pour l’instant.")
    if (held := decide(here, service).level) >= level:
        raise Refused(f"Vous avez déjà « {held.label} » sur « {service.name} » : il n’y a rien à demander.")
    told = [number for number in active_administrator_ids() if number != account.pk]
    if not told:
        raise Refused(ALONE if here.administers else NOBODY)
    now = clock.now()
    request = _waiting(account, code)
    if request is not None:
        _reword(here, request, level, reason, now)
        return Asked(request, now=False)
    _not_too_many(account, now)
    request = RightRequest.objects.create(
        establishment_id=account.establishment_id,
        membership=account,
        service=code,
        level=level,
        reason=reason,
        asked_at=now,
    )
    _record("asked", here, account, request)
    for number in told:
        where = account.establishment_id
        queue("access.request_asked", object_id=request.pk, establishment=where, detail={"to": number})
    return Asked(request, now=True)


def _reword(who: Standing, request: RightRequest, level: Level, reason: str, now: datetime.datetime) -> None:
    if (request.level, request.reason) == (level, reason):
        return
    request.level, request.reason, request.reworded_at = level, reason, now
    request.save(update_fields=["level", "reason", "reworded_at"])
    _record("reworded", who, request.membership, request)


def _not_too_many(account: Membership, now: datetime.datetime) -> None:
    since = now - datetime.timedelta(hours=24)
    if RightRequest.objects.filter(membership=account, asked_at__gt=since).count() >= settings.PARVIS_REQUESTS_DAILY:
        many = plural(settings.PARVIS_REQUESTS_DAILY, "demande", "demandes")
        raise Refused(f"Vous avez déjà fait {many} en 24 heures : attendez demain pour en faire une autre.")


def _record(what: str, who: Standing, account: Membership, request: RightRequest, **more: object) -> None:
    after = {"service": request.service, "level": request.level, **more}
    record(f"request.{what}", actor=actor_of(who), object=account.ref, after=after)


@action
def withdraw(*, who: Standing, code: str) -> RightRequest:
    """The person takes their request back. Raises Refused when it waits no more, saying what became of it."""
    account = account_for_update(who.membership_id)
    request = _waiting(account, code)
    if request is None:
        last = RightRequest.objects.filter(membership=account, service=code).order_by("-asked_at", "-id").first()
        raise Refused(said(last) if last else "Vous n’avez rien demandé sur ce service : il n’y a rien à retirer.")
    request.outcome, request.closed_at, request.closed_by = Outcome.WITHDRAWN, clock.now(), who.ref
    request.read_at = request.closed_at
    request.save(update_fields=["outcome", "closed_at", "closed_by", "read_at"])
    _record("withdrawn", who, account, request)
    return request


@action
def note_read(*, who: Standing, code: str) -> None:
    """The person has read the answers about the service: their home page says no more of them."""
    answered = RightRequest.objects.filter(membership_id=who.membership_id, service=code, read_at=None)
    answered.exclude(outcome=Outcome.WAITING).update(read_at=clock.now())


def said(request: RightRequest) -> str:
    """What became of a request that waits no more, for who comes too late."""
    if request.closed_at is None:
        return "Cette demande attend toujours une réponse."
    when = datetime_long(request.closed_at)
    by = names([request.closed_by]).get(request.closed_by, SOMEBODY)
    return {
        Outcome.ACCEPTED: f"Cette demande est déjà acceptée, par {by}, le {when}.",
        Outcome.REFUSED: f"Cette demande est déjà refusée, par {by}, le {when}.",
        Outcome.WITHDRAWN: f"Cette demande a été retirée par la personne, le {when} : il n’y a plus à y répondre.",
        Outcome.LAPSED: f"Cette demande est restée sans réponse : elle n’attend plus depuis le {when}.",
    }[Outcome(request.outcome)]


def _to_answer(who: Standing, ref: uuid.UUID) -> tuple[Membership, RightRequest]:
    """The account and the request, locked, still waiting, of somebody else. Raises Refused."""
    found = RightRequest.objects.filter(ref=ref).only("id", "membership_id").first()
    if found is None:
        raise Refused(GONE)
    account = account_for_update(found.membership_id)
    request = RightRequest.objects.select_for_update(of=("self",)).filter(pk=found.pk).first()
    if request is None:
        raise Refused(GONE)
    if account.pk == who.membership_id:
        raise Refused(OWN)
    if request.outcome != Outcome.WAITING:
        raise Refused(said(request))
    return account, request


def _open_account(account: Membership) -> None:
    status = status_of(account)
    if status is Status.DEACTIVATED:
        raise Refused(
            f"Le compte de la personne a été désactivé : réactivez-le d’abord, ou refusez la demande ({account.name})."
        )
    if status is Status.EXPIRED:
        raise Refused(f"Le compte de la personne a expiré : renouvelez-le d’abord, ou refusez ({account.name}).")


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of it. `already`: the person held the level, so that nothing was given."""

    request: RightRequest
    account: Membership
    already: bool = False


def _in_force(right: Right) -> bool:
    today = clock.today()
    return (right.starts_on is None or right.starts_on <= today) and (right.ends_on is None or today <= right.ends_on)


def _lasts(right: Right, ends_on: datetime.date | None) -> bool:
    return right.ends_on is None or (ends_on is not None and right.ends_on >= ends_on)


@action
def accept(*, who: Standing, ref: uuid.UUID, level: Level, ends_on: datetime.date | None) -> Answered:
    """The level is given from today, until `ends_on` (that day included); the person's other rights stay as they are.

    Where the person holds what they asked for already, the request is closed and nothing changes. Raises Refused: it
    waits no more, it is one's own, the account is closed, a forged level, a day that has passed.
    """
    account, request = _to_answer(who, ref)
    service = _service(who, request.service, level)
    if ends_on is not None and ends_on < clock.today():
        raise Refused("Ce jour est déjà passé : choisissez un jour à venir, ou aucun.", field="ends_on")
    _open_account(account)
    rights = list(account.rights.all())
    held = next((right for right in rights if right.service == service.code and _in_force(right)), None)
    already = held is not None and held.level >= request.level and held.ends_on is None
    if not already:
        if held is not None and (held.level > level or (held.level == level and _lasts(held, ends_on))):
            raise Refused(
                f"{account.name} a déjà « {Level(held.level).label} » sur ce service{until_words(held.ends_on)} : "
                "choisissez davantage, ou refusez la demande avec un mot.",
                field="level",
            )
        offered = {one.code for one in registry.catalogue(who.funds)} - {service.code}
        kept = [as_grant(right) for right in rights if right.service in offered]
        set_rights(who=who, account_id=account.pk, grants=[*kept, Grant(service.code, level, None, ends_on)])
    request.given_level = held.level if already and held is not None else level
    request.given_until = held.ends_on if already and held is not None else ends_on
    _close(who, account, request, Outcome.ACCEPTED)
    return Answered(request, account, already)


@action
def refuse(*, who: Standing, ref: uuid.UUID, word: str) -> Answered:
    """The request is refused, with a word that the person reads. Raises Refused: it waits no more, or is one's own."""
    account, request = _to_answer(who, ref)
    request.word = _text(word, missing="Dites en un mot pourquoi : la personne le lit.", field="word")
    _close(who, account, request, Outcome.REFUSED)
    return Answered(request, account)


def _close(who: Standing, account: Membership, request: RightRequest, outcome: Outcome) -> None:
    request.outcome, request.closed_at, request.closed_by = outcome, clock.now(), who.ref
    request.save(update_fields=["outcome", "closed_at", "closed_by", "word", "given_level", "given_until"])
    more = {"given": request.given_level} if outcome == Outcome.ACCEPTED else {}
    _record(outcome.value, who, account, request, **more)
    queue("access.request_answered", object_id=request.pk, establishment=account.establishment_id)


def until_words(day: datetime.date | None) -> str:
    """« jusqu’au 3 mars 2027 inclus », or nothing."""
    return f" jusqu’au {date_long(day)} inclus" if day else ""
