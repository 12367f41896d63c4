"""Who of an establishment reads an exchange, and who answers in it, today.

Reads: its author, and who holds the motif's service at « Lecture seule » or more; of a motif without service, who
administers. Answers: its author, and who holds the service at « Modification »; of a motif without service, who
administers. Nobody writes in the seven days of reading after a recovery, nor while the services are closed for want of
accepting the terms: what one wrote oneself is then still read. A delegate has what their mandates give on the service,
and nothing as an author.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from parvis.access.actions.guards import not_limited
from parvis.access.decision import decide, manage, services_of
from parvis.access.levels import Level
from parvis.access.registry import get
from parvis.access.standing import Standing
from parvis.exchanges.models import Exchange, Motif
from parvis.ground.tenancy import Refused

CLOSED = (
    "Les services sont fermés à tous : rien n’est envoyé. Une personne qui administre les rouvre aussitôt, en "
    "acceptant les conditions générales depuis la fiche de l’établissement."
)


def level_on(who: Standing, service: str) -> Level:
    """The level that the person has on what the motif is about; « Aucun » for a service that is no longer there."""
    if not service:
        return Level.NONE if who.terms.closed else manage(who).level
    declared = get(service)
    return decide(who, declared).level if declared is not None else Level.NONE


def is_author(who: Standing, person_id: int | None) -> bool:
    """Whether the person wrote it and has an account of their own here."""
    return who.delegate is None and person_id is not None and person_id == who.person_id


def may_read(who: Standing, exchange: Exchange) -> bool:
    """Whether the person may open the exchange."""
    return may_read_of(who, exchange.person_id, exchange.service)


def may_read_of(who: Standing, person_id: int | None, service: str) -> bool:
    """The same, of what a statement found of an exchange."""
    return is_author(who, person_id) or level_on(who, service) >= Level.READ


def may_answer(who: Standing, exchange: Exchange) -> bool:
    """Whether the person may write in the exchange, take it over, close and reopen it."""
    return may_answer_of(who, exchange.person_id, exchange.service)


def may_answer_of(who: Standing, person_id: int | None, service: str) -> bool:
    """The same, of what a statement found of an exchange."""
    if who.limited or who.terms.closed:
        return False
    return is_author(who, person_id) or level_on(who, service) >= Level.WRITE


def writes(who: Standing) -> None:
    """Raises Refused where nothing at all may be written: what has been recovered a moment ago, terms to accept."""
    not_limited(who)
    if who.terms.closed:
        raise Refused(CLOSED)


def readable(who: Standing) -> Q:
    """The exchanges of the establishment in scope that the person may open, as a condition."""
    held = [service.code for service, level in services_of(who) if level >= Level.READ]
    if level_on(who, "") >= Level.READ:
        held.append("")
    return Q(service__in=held) | Q(person_id=who.person_id) if who.delegate is None else Q(service__in=held)


def may_write_about(who: Standing, motif: Motif) -> bool:
    """Whether the person may send something of that motif: every member; a delegate for what they do at
    « Modification »."""
    return who.delegate is None or (bool(motif.service) and level_on(who, motif.service) >= Level.WRITE)


def readable_rows(who: Standing, rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the rows (`person`, `service`) that the person may open."""
    return [row for row in rows if may_read_of(who, row["person"], row["service"])]
