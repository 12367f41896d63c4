"""Who may read a dossier, and on which side of it somebody stands today.

Read: whoever holds the kind's service at « Lecture seule » or more, by whatever path. Write: whoever holds it at
« Modification » on the side that has the dossier. While it is delegated that is the organisation it was delegated to,
by its mandate, and nobody else; otherwise the establishment's own people. Nobody writes in the days of reading after a
recovery, nor while the services are closed.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from parvis.access.actions.guards import not_limited
from parvis.access.decision import Path, decide, mandate_behind
from parvis.access.levels import Level
from parvis.access.registry import get as service_of
from parvis.access.standing import Mandate, Standing
from parvis.dossiers import registry
from parvis.dossiers.models import CLOSED, Dossier
from parvis.dossiers.registry import Kind
from parvis.dossiers.transitions import Side
from parvis.ground.tenancy import Refused
from parvis.journal.actions import DELEGATE, Actor

NO_RIGHT = "Vous pouvez lire ce dossier, mais pas y écrire : demandez le niveau « Modification » sur ce service."
GIVEN_AWAY = (
    "Ce dossier est entre les mains de « {name} » : vous le lisez, et personne de l’établissement n’y écrit jusqu’à ce "
    "qu’il vous soit rendu."
)
NOT_YOURS = "Ce dossier est à l’employeur : il vous le délègue quand il veut que vous y travailliez."


@dataclass(frozen=True, slots=True)
class Hand:
    """Who writes in a dossier of the establishment in scope: on which side, under which name, for the journal."""

    side: Side
    who: Standing
    actor: Actor
    name: str
    mandate: Mandate | None = None

    @property
    def person_id(self) -> int:
        return self.who.person_id

    @property
    def ref(self) -> uuid.UUID:
        return self.mandate.member if self.mandate is not None else self.who.ref


def level_on(who: Standing, code: str) -> Level:
    """The level that the person has on a service here, by whatever path; « Aucun » for one that is no longer there."""
    declared = service_of(code)
    return decide(who, declared).level if declared is not None else Level.NONE


def own_level(who: Standing, code: str) -> Level:
    """The same, by an account of their own alone."""
    declared = service_of(code)
    if declared is None:
        return Level.NONE
    decision = decide(who, declared)
    if not decision.level:
        return Level.NONE
    own = [one.level for one in decision.reasons if one.kind in (Path.OWN, Path.ABSENCE) and one.holds]
    return min(max(own, default=Level.NONE), Level.READ if who.renewing else Level.WRITE)


def mandate_for(who: Standing, code: str, organisation: int) -> Mandate | None:
    """By which mandate of that organisation the person writes on the service; None for none."""
    if level_on(who, code) < Level.WRITE:
        return None
    mine = (one for one in who.mandates if one.service == code and one.organisation_id == organisation)
    return next((one for one in mine if one.level >= Level.WRITE), None)


def readable_kinds(who: Standing) -> list[Kind]:
    """The kinds whose dossiers the person may read here."""
    return [kind for kind in registry.kinds() if level_on(who, kind.service) >= Level.READ]


def readable_services(who: Standing) -> list[str]:
    """The services whose dossiers the person may read in the establishment in scope; a kind that is no longer declared
    is read by the service that it was made in."""
    services = {kind.service for kind in registry.kinds()} | set(who.holdings) | {one.service for one in who.mandates}
    return [code for code in sorted(services) if level_on(who, code) >= Level.READ]


def readable(who: Standing) -> Q:
    """The dossiers of the establishment in scope that the person may read, as a condition."""
    return Q(service__in=readable_services(who))


def may_read(who: Standing, service: str) -> bool:
    """Whether the person may open dossiers of that service."""
    return level_on(who, service) >= Level.READ


def side_of(who: Standing, dossier: Dossier) -> Side | None:
    """The side on which the person may write in the dossier today; None: they read, or less."""
    if who.limited or who.terms.closed:
        return None
    if dossier.organisation_id is not None:
        held = mandate_for(who, dossier.service, dossier.organisation_id)
        return Side.CENTRALISER if held is not None else None
    return Side.EMPLOYER if own_level(who, dossier.service) >= Level.WRITE else None


def hand_of(who: Standing, dossier: Dossier) -> Hand:
    """The person, as they write in the dossier. Raises Refused, saying why, where they may not."""
    writes(who)
    side = side_of(who, dossier)
    if side is Side.CENTRALISER:
        mandate = mandate_for(who, dossier.service, dossier.organisation_id or 0)
        assert mandate is not None
        return delegate_hand(who, mandate)
    if side is Side.EMPLOYER:
        return Hand(side, who, Actor(ref=who.ref, person_id=who.person_id), who.name)
    if dossier.organisation_id is not None and own_level(who, dossier.service) >= Level.WRITE:
        raise Refused(GIVEN_AWAY.format(name=dossier.organisation_name))
    if dossier.organisation_id is None and any(one.service == dossier.service for one in who.mandates):
        raise Refused(NOT_YOURS)
    raise Refused(NO_RIGHT)


def delegate_hand(who: Standing, mandate: Mandate) -> Hand:
    """Somebody of an organisation, who works « pour le compte de » the establishment."""
    actor = Actor(ref=mandate.member, person_id=who.person_id, origin=DELEGATE)
    return Hand(Side.CENTRALISER, who, actor, f"{mandate.member_name} ({mandate.organisation})", mandate)


def employer_hand(who: Standing, dossier: Dossier) -> Hand:
    """Somebody of the establishment, also while the dossier is delegated: for taking it back. Raises Refused."""
    writes(who)
    if own_level(who, dossier.service) < Level.WRITE:
        raise Refused(NO_RIGHT)
    return Hand(Side.EMPLOYER, who, Actor(ref=who.ref, person_id=who.person_id), who.name)


def may_begin(who: Standing, kind: Kind) -> bool:
    """Whether the person may make a request of that kind here: by their account, or for the establishment."""
    if who.limited or who.terms.closed or not kind.offered_to(who.funds):
        return False
    return level_on(who, kind.service) >= Level.WRITE


def begun_by(who: Standing, kind: Kind) -> Mandate | None:
    """By which mandate the person would begin a request of that kind; None: by an account of their own."""
    declared = service_of(kind.service)
    return mandate_behind(decide(who, declared)) if declared is not None else None


def writes(who: Standing) -> None:
    """Raises Refused where nothing at all may be written: after a recovery, or with terms to accept."""
    not_limited(who)
    if who.terms.closed:
        raise Refused(
            "Les services sont fermés à tous : rien n’est enregistré. Une personne qui administre les rouvre aussitôt, "
            "en acceptant les conditions générales depuis la fiche de l’établissement."
        )


def still_in_charge(dossier: Dossier, people: Iterable[Standing]) -> Standing | None:
    """Whoever has the dossier, as long as they may write in it; None for nobody, or once they may not any more."""
    number = dossier.worked_by if dossier.organisation_id is not None else dossier.taken_by
    if number is None:
        return None
    found = next((one for one in people if one.person_id == number and one.enters), None)
    if found is None:
        return None
    if dossier.organisation_id is not None:
        return found if mandate_for(found, dossier.service, dossier.organisation_id) is not None else None
    return found if own_level(found, dossier.service) >= Level.WRITE else None


def is_open(dossier: Dossier) -> bool:
    """Whether anything may still become of it."""
    return dossier.state not in CLOSED
