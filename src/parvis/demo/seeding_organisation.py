"""The demo's centre de gestion acts for others: delegations with communes of Haute-Savoie in every state, two
portfolios, assignments. Written as the actions write them, with dates in the past, which the actions refuse to take.
"""

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from parvis.access.levels import Level
from parvis.access.models import (
    Assignment,
    DelegateVisit,
    Delegation,
    DelegationService,
    Membership,
    Portfolio,
    PortfolioClient,
    PortfolioMember,
)
from parvis.demo import people
from parvis.demo.invented import ref_of
from parvis.establishments.acting import mark_acting
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.journal.actions import remember_name
from parvis.journal.models import Event

ADMINISTRATOR, AGENT, COLLEAGUE = "administrateur-cdg", "agent-cdg", "cdg-2"
REASON = "Convention retraite : le centre de gestion instruit les dossiers des agents."
ALL_SERVICES = {people.SHEET: Level.READ, people.CORRESPONDENTS: Level.WRITE, people.CONTRACTS_SERVICE: Level.READ}
# Annecy gives more: its requests to the funds are checked there (`seeding_dossiers.py`).
ANNECYS = {**ALL_SERVICES, people.CONTRIBUTIONS: Level.WRITE}
# Of each three communes in force: what they give.
GIVEN = (ALL_SERVICES, {people.SHEET: Level.WRITE, people.CORRESPONDENTS: Level.WRITE}, {people.SHEET: Level.READ})
# Who proposed, how it ended, how many: in the order of the communes' names.
STATES = (
    *((Delegation.Side.ORGANISATION, "in force") for _ in range(44)),
    *((Delegation.Side.ESTABLISHMENT, "in force") for _ in range(8)),
    *((Delegation.Side.ORGANISATION, "ending") for _ in range(6)),
    *((Delegation.Side.ORGANISATION, "upcoming") for _ in range(3)),
    *((Delegation.Side.ORGANISATION, "ended") for _ in range(5)),
    *((Delegation.Side.ORGANISATION, "proposed") for _ in range(24)),
    *((Delegation.Side.ORGANISATION, "recent") for _ in range(9)),
    *((Delegation.Side.ESTABLISHMENT, "recent") for _ in range(4)),
    *((Delegation.Side.ORGANISATION, "refused") for _ in range(7)),
    *((Delegation.Side.ORGANISATION, "lapsed") for _ in range(11)),
)
LAKE, VALLEYS = "Secteur du lac", "Secteur des vallées"
_WORDS = ("Nous gardons ces dossiers en interne.", "Notre intercommunalité s’en occupe déjà.", "")


def seed_organisation(establishments: Mapping[str, Establishment], names: Mapping[str, str]) -> list[Event]:
    """Write them; returns the events of the centre and of Annecy, to be written in their order."""
    centre = establishments[people.CENTRE]
    mark_acting(siret=centre.siret)
    communes = Establishment.objects.filter(kind="commune").exclude(siret__in=people.CONTRACTS).order_by("sort_key")
    annecy = establishments[people.ANNECY]
    kinds = [(Delegation.Side.ORGANISATION, "in force"), *STATES]
    rows = [
        _delegation(centre, where, side, state, rank, names)
        for rank, (where, (side, state)) in enumerate(zip([annecy, *communes[: len(STATES)]], kinds, strict=True))
    ]
    made = Delegation.objects.bulk_create(rows)
    DelegationService.objects.bulk_create(
        DelegationService(
            establishment_id=one.establishment_id,
            organisation=centre,
            delegation=one,
            service=service,
            level=level,
        )
        for rank, one in enumerate(made)
        for service, level in (ANNECYS if rank == 0 else GIVEN[rank % 3]).items()
    )
    _work(centre, annecy, [one.establishment_id for one in made if one.accepted_at and not one.ended_at])
    return _events(centre, annecy, made[0], names)


def _at(days_ago: int, hour: int = 10) -> datetime.datetime:
    day = clock.today() - datetime.timedelta(days=days_ago)
    return datetime.datetime.combine(day, datetime.time(hour, 10), tzinfo=clock.PARIS)


def _delegation(
    centre: Establishment, where: Establishment, side: str, state: str, rank: int, names: Mapping[str, str]
) -> Delegation:
    """A row in that state. Nobody of these communes has an account: their mayors' offices answered under a function."""
    today, of_centre = clock.today(), side == Delegation.Side.ORGANISATION
    asked = {"proposed": 12 + rank % 12, "recent": 1 + rank % 4, "lapsed": 60}.get(state, 210)
    theirs = names["administrateur"] if where.siret == people.ANNECY else "Secrétariat de mairie"
    starts_on = today - datetime.timedelta(days=max(0, asked - 5))
    ends_on = starts_on + datetime.timedelta(days=3 * 365)
    moments: dict[str, Any] = {}
    if state in ("in force", "ending", "upcoming", "ended"):
        moments["accepted_at"] = _at(asked - 5, 15)
    if state == "ending":
        ends_on = today + datetime.timedelta(days=4 + rank % 25)
    elif state == "upcoming":
        starts_on = today + datetime.timedelta(days=30)
    elif state == "ended":
        moments |= {
            "ended_at": _at(20),
            "ended_side": Delegation.Side.ESTABLISHMENT,
            "ended_by": ref_of(f"mairie {where.siret}"),
            "ended_name": theirs,
            "word": "La commune reprend la gestion de ces dossiers.",
        }
    elif state == "refused":
        moments |= {"refused_at": _at(190), "word": _WORDS[rank % 3]}
    elif state == "lapsed":
        moments["lapsed_at"] = _at(29, 3)
    elif state == "proposed" and rank % 4 == 0:
        moments["reminded_at"] = _at(3)
    if "accepted_at" in moments or "refused_at" in moments:
        by = ref_of("administrateur") if where.siret == people.ANNECY else ref_of(f"mairie {where.siret}")
        moments |= {"answered_by": by if of_centre else ref_of(ADMINISTRATOR)}
        moments["answered_name"] = theirs if of_centre else names[ADMINISTRATOR]
    return Delegation(
        establishment=where,
        organisation=centre,
        ref=uuid.uuid5(ref_of("delegation"), where.siret),
        starts_on=starts_on,
        ends_on=ends_on,
        reason=REASON,
        agreement="Convention retraite" if rank % 2 == 0 else "",
        letters=rank % 5 != 0,
        proposed_side=side,
        proposed_at=_at(asked),
        proposed_by=ref_of(ADMINISTRATOR) if of_centre else ref_of(f"mairie {where.siret}"),
        proposed_name=names[ADMINISTRATOR] if of_centre else theirs,
        **moments,
    )


def _work(centre: Establishment, annecy: Establishment, clients: list[int]) -> None:
    """Annecy and 39 others are the agent's: 24 by a portfolio, the rest one by one; some are nobody's."""
    with tenancy.scope(establishment=centre.pk):
        team = {key: Membership.objects.get(ref=ref_of(key)) for key in (ADMINISTRATOR, AGENT, COLLEAGUE)}
        by, at = ref_of(ADMINISTRATOR), _at(150)
        lake, valleys = (
            Portfolio.objects.create(establishment=centre, ref=ref_of(f"portfolio {name}"), name=name, created_at=at)
            for name in (LAKE, VALLEYS)
        )
        others = [client for client in clients if client != annecy.pk]
        parts = {lake: [annecy.pk, *others[:24]], valleys: others[24:46]}
        for portfolio, held in parts.items():
            remember_name(portfolio.ref, f"Portefeuille « {portfolio.name} »")
            PortfolioClient.objects.bulk_create(
                PortfolioClient(establishment=centre, portfolio=portfolio, client_id=client) for client in held
            )
        given = {"establishment": centre, "granted_at": at, "granted_by": by}
        PortfolioMember.objects.create(portfolio=lake, membership=team[AGENT], level=Level.WRITE, **given)
        PortfolioMember.objects.create(portfolio=lake, membership=team[COLLEAGUE], level=Level.READ, **given)
        PortfolioMember.objects.create(portfolio=valleys, membership=team[COLLEAGUE], level=Level.WRITE, **given)
        Assignment.objects.bulk_create(
            Assignment(client_id=client, membership=team[AGENT], level=Level.READ, **given) for client in others[40:55]
        )
    with tenancy.scope(establishment=annecy.pk):
        DelegateVisit.objects.create(
            establishment=annecy, organisation=centre, member=ref_of(AGENT), last_at=_at(2, 14)
        )


def _events(
    centre: Establishment, annecy: Establishment, delegation: Delegation, names: Mapping[str, str]
) -> list[Event]:
    """What Annecy's delegation left in both journals, and the portfolios in the centre's."""
    with tenancy.scope(establishment=annecy.pk):
        remember_name(ref_of(ADMINISTRATOR), f"{names[ADMINISTRATOR]} ({centre.name})")
        remember_name(ref_of(AGENT), f"{names[AGENT]} ({centre.name})")
    with tenancy.scope(establishment=centre.pk):
        remember_name(ref_of("administrateur"), f"{names['administrateur']} ({annecy.name})")
    terms = {
        "services": {code: int(level) for code, level in ANNECYS.items()},
        "starts_on": delegation.starts_on.isoformat(),
        "ends_on": delegation.ends_on.isoformat(),
        "letters": delegation.letters,
    }
    sides = (("establishment", annecy, centre), ("organisation", centre, annecy))
    events = [
        Event(
            at=at,
            kind=kind,
            establishment_id=here.pk,
            actor=actor,
            object=delegation.ref,
            after={"with": facing.name, "siret": facing.siret, "side": side, **terms},
            origin="web",
        )
        for kind, at, actor in (
            ("delegation.proposed", delegation.proposed_at, ref_of(ADMINISTRATOR)),
            ("delegation.accepted", delegation.accepted_at or delegation.proposed_at, ref_of("administrateur")),
        )
        for side, here, facing in sides
    ]
    return events + [
        Event(
            at=_at(150),
            kind="portfolio.created",
            establishment_id=centre.pk,
            actor=ref_of(ADMINISTRATOR),
            object=ref_of(f"portfolio {name}"),
            after={"portfolio": str(ref_of(f"portfolio {name}")), "name": name},
            origin="web",
        )
        for name in (LAKE, VALLEYS)
    ]
