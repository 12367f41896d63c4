"""The one decision: may this person do this here?

`standing()` has loaded who the person is in an establishment; `decide()` answers in memory, for one service, with its
reasons. Views, templates, exports and pages about rights all ask here.

**The rule.** A level is held by one's own right, by a right received for a colleague's absence, or by a delegation.
Within a path the lowest link counts; over several paths the highest. What holds for the establishment (terms to accept,
services that it is not offered) holds for every path.
"""

import datetime
import enum
import uuid
from typing import NamedTuple

from parvis.access.levels import Level
from parvis.access.registry import Service, catalogue
from parvis.access.standing import Cover, Holding, Mandate, Standing
from parvis.access.status import Status
from parvis.ground.pages.filters import date_long


class Path(enum.Enum):
    """By what somebody holds a level, or why they do not."""

    STATE = "état"
    PROFILE = "profil"
    OWN = "droit attribué"
    ABSENCE = "absence"
    DELEGATION = "délégation"


# Tuples: a request asks of many services, and a tuple is made in a fraction of a data class's time.
class Reason(NamedTuple):
    """Why a level is held, or why it is not.

    `path` in words; `level`: what this path gives while it `holds`, as it does or does not today. `given`: the right,
    absence or delegation behind it.
    """

    path: str
    level: Level
    since: datetime.datetime | None = None
    until: datetime.date | None = None
    by: uuid.UUID | None = None
    kind: Path = Path.STATE
    holds: bool = True
    given: Holding | Cover | Mandate | None = None


class Decision(NamedTuple):
    """The level in force, and every reason that was looked at."""

    level: Level
    reasons: tuple[Reason, ...]


def _nothing(why: str) -> Decision:
    return Decision(Level.NONE, (Reason(why, Level.NONE),))


def decide(who: Standing | None, service: Service) -> Decision:
    """The level that `who` has on `service` today, with reasons.

    Nothing without a standing, where neither an open account nor a delegation lets the person in, where the services
    are closed for want of accepting the terms, on a service outside of the establishment's catalogue, or before and
    after a right's own dates. « À renouveler »: no more than reading, but for what a delegation gives.
    """
    if who is None:
        return _nothing("aucun compte dans cet établissement")
    opens = who.account_opens
    if not opens and not who.enters:
        return _nothing("compte pas encore ouvert" if who.status is Status.ACTIVE else _closed(who))
    if who.terms.closed and who.terms.closes_on:
        return _nothing(f"services fermés depuis le {date_long(who.terms.closes_on)} : conditions générales à accepter")
    if not service.offered_to(who.funds):
        return _nothing("service absent du catalogue de l’établissement")
    own = _by_account(who, service) if opens else []
    delegated = _by_delegation(who, service) if who.mandates else []
    if not own and not delegated:
        return _nothing("aucun droit attribué")
    level = _highest(own)
    if level > Level.READ and who.renewing:
        level = Level.READ
        own.append(Reason("compte à renouveler : lecture seule", Level.READ))
    if not delegated:
        return Decision(level, tuple(own))
    return Decision(max(level, _highest(delegated)), (*own, *delegated))


def mandate_behind(decision: Decision) -> Mandate | None:
    """The delegation by which somebody holds the level; None where their own account gives as much."""
    own = _highest([reason for reason in decision.reasons if reason.kind is not Path.DELEGATION])
    if decision.level <= own:
        return None
    given = (one.given for one in decision.reasons if one.kind is Path.DELEGATION and one.level == decision.level)
    return next((one for one in given if isinstance(one, Mandate)), None)


def manage(who: Standing) -> Decision:
    """Whether `who` manages the accounts here, with the reason: it comes with the profile, and is no right."""
    if not who.account_opens:
        return _nothing("compte pas encore ouvert" if who.status is Status.ACTIVE else _closed(who))
    if not who.administers:
        return _nothing("profil sans « Gestion des comptes »")
    level = Level.READ if who.renewing or who.limited else Level.WRITE
    path, since = "profil Administrateur", None
    if who.stands_in_since is not None and who.deputyship is not None:
        path, since = f"suppléance de {who.deputyship.serving_name}", who.stands_in_since
    reasons = [Reason(path, level, since, who.ends_on, kind=Path.PROFILE)]
    if who.limited and who.limited_until:
        reasons.append(Reason(f"accès retrouvé : consultation seule jusqu’au {date_long(who.limited_until)}", level))
    return Decision(level, tuple(reasons))


def _highest(reasons: list[Reason]) -> Level:
    highest = Level.NONE
    for reason in reasons:
        if reason.holds and reason.level > highest:
            highest = reason.level
    return highest


def _closed(who: Standing) -> str:
    return f"compte {who.status.label.lower()}"


def _by_account(who: Standing, service: Service) -> list[Reason]:
    """One's own right, then what absences give; both hold as long as the account is open (as the caller has seen)."""
    code, today, reasons = service.code, who.today, []
    if (held := who.holdings.get(code)) is not None:
        level, _, until, since, by, _ = held
        reasons.append(Reason("droit attribué", level, since, until, by, Path.OWN, held.holds_on(today), held))
    for one in who.covers:
        if one.service == code:
            path, holds = f"absence de {one.absent}", one.holds_on(today)
            reasons.append(Reason(path, one.level, one.since, one.ends_on, one.by, Path.ABSENCE, holds, one))
    return reasons


def _by_delegation(who: Standing, service: Service) -> list[Reason]:
    return [
        Reason(
            f"délégation à {one.organisation}", one.level, one.since, one.ends_on, None, kind=Path.DELEGATION, given=one
        )
        for one in who.mandates
        if one.service == service.code
    ]


def granted(who: Standing, service: Service) -> Level:
    """The level that the right itself gives today, whatever the account's state."""
    held = who.holdings.get(service.code)
    return held.level if held is not None and held.holds_on(who.today) else Level.NONE


def services_of(who: Standing) -> list[tuple[Service, Level]]:
    """The services that the person holds today, in the catalogue's order."""
    decided = ((service, decide(who, service).level) for service in catalogue(who.funds))
    return [(service, level) for service, level in decided if level > Level.NONE]


def shows(who: Standing, fund: str) -> bool:
    """Whether what a fund and the establishment write to each other may be shown: not to another fund's adviser."""
    return who.seen_by is None or fund in who.seen_by
