"""Rights that people of Annecy asked for: one waits, two were answered; and a town whose first contract has begun."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from parvis.access.asking.state import Outcome
from parvis.access.levels import Level
from parvis.access.models import Membership, RightRequest
from parvis.demo import people
from parvis.demo.invented import ref_of
from parvis.establishments.models import Contract, Establishment
from parvis.ground import clock
from parvis.journal.models import Event

CONTRACT_DAYS_AGO = 30


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request: who, what, why, how many days ago; the answer (`days`: how long ago), by whom, with which word."""

    key: str
    service: str
    level: Level
    reason: str
    ago: int
    outcome: Outcome = Outcome.WAITING
    days: int = 0
    by: str = ""
    word: str = ""


REQUESTS = (
    _Asked("a09", people.CORRESPONDENTS, Level.WRITE,
           "Je prends la suite de Gérard Mouthon-Vial pour la formation : je dois tenir à jour nos correspondants.", 2),
    # What `people.ACCOUNTS` says became of it: the right was changed twelve days ago.
    _Asked("a13", people.CORRESPONDENTS, Level.WRITE, "Je remplace Véronique Baud-Lavigne jusqu’à son retour.", 13,
           Outcome.ACCEPTED, 12, "administrateur-2"),
    _Asked("a14", people.CORRESPONDENTS, Level.READ, "Pour relier l’annuaire interne aux contacts des fonds.", 9,
           Outcome.REFUSED, 8, "administrateur", "L’annuaire se met à jour avec l’export CSV : demandez-le à Karim."),
)  # fmt: skip


def seed_asking(establishments: Mapping[str, Establishment]) -> list[Event]:
    """Write the requests and the contract; returns their events, to be written in their order."""
    Contract.objects.create(
        establishment=establishments[people.LESCHAUX],
        fund="ircantec",
        number="IRCA-401488-01",
        starts_on=clock.today() - datetime.timedelta(days=CONTRACT_DAYS_AGO),
    )
    annecy = establishments[people.ANNECY]
    accounts = {one.ref: one for one in Membership.objects.filter(ref__in=[ref_of(one.key) for one in REQUESTS])}
    events = []
    for one in REQUESTS:
        account = accounts[ref_of(one.key)]
        asked_at = _at(one.ago, hour=10)
        closed_at = _at(one.days, hour=14) if one.outcome != Outcome.WAITING else None
        accepted = one.outcome == Outcome.ACCEPTED
        RightRequest.objects.create(
            establishment=annecy,
            membership=account,
            ref=ref_of(f"request {one.key}"),
            service=one.service,
            level=one.level,
            reason=one.reason,
            asked_at=asked_at,
            outcome=one.outcome,
            closed_at=closed_at,
            closed_by=ref_of(one.by) if closed_at else None,
            word=one.word,
            given_level=one.level if accepted else None,
            read_at=closed_at if accepted else None,
        )
        after = {"service": one.service, "level": int(one.level)}
        told = {"establishment_id": annecy.pk, "object": account.ref, "before": {}, "origin": "web"}
        events.append(Event(at=asked_at, kind="request.asked", actor=account.ref, after=after, **told))
        if closed_at:
            given = {"given": int(one.level)} if accepted else {}
            kind = f"request.{one.outcome.value}"
            events.append(Event(at=closed_at, kind=kind, actor=ref_of(one.by), after=after | given, **told))
    return events


def _at(days_ago: int, *, hour: int) -> datetime.datetime:
    day = clock.today() - datetime.timedelta(days=days_ago)
    return datetime.datetime.combine(day, datetime.time(hour, 35, tzinfo=clock.PARIS))
