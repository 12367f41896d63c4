"""What a proposal says, and the limits that it keeps: services, dates, reason, agreement."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from parvis.access import registry
from parvis.access.levels import Level
from parvis.access.registry import Service
from parvis.establishments.funds import ALL
from parvis.ground import clock
from parvis.ground.identifiers.text import clean
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused

REASON_LIMIT, AGREEMENT_LIMIT = 500, 120

NO_SERVICE = "Choisissez au moins un service, en « Lecture seule » ou en « Modification »."


@dataclass(frozen=True, slots=True)
class ProposedTerms:
    """What is proposed: services with their levels, first and last day (both included), why, under which agreement.

    `agreement`: its reference, in free words. `letters`: « courriers et échanges compris ».
    """

    services: Mapping[str, Level]
    starts_on: datetime.date
    ends_on: datetime.date
    reason: str
    agreement: str = ""
    letters: bool = False


def latest_end(starts_on: datetime.date) -> datetime.date:
    """The last day of the longest delegation that begins on that day: `PARVIS_DELEGATION_YEARS`, day for day."""
    year = starts_on.year + settings.PARVIS_DELEGATION_YEARS
    try:
        return starts_on.replace(year=year) - datetime.timedelta(days=1)
    except ValueError:  # 29 February
        return datetime.date(year, 2, 28)


def checked_levels(services: Mapping[str, Level], offered: Mapping[str, Service]) -> dict[str, Level]:
    """The services above « Aucun », each among those offered and at a level that it has. Raises Refused."""
    for code, level in services.items():
        service = offered.get(code)
        if service is None:
            raise Refused("Un service demandé n’est pas au catalogue : rechargez la page et recommencez.")
        if level not in service.levels:
            raise Refused(f"« {service.name} » ne propose pas le niveau « {level.label} » : choisissez-en un autre.")
    wanted = {code: level for code, level in services.items() if level > Level.NONE}
    if not wanted:
        raise Refused(NO_SERVICE, field="services")
    return wanted


def checked_dates(starts_on: datetime.date, ends_on: datetime.date) -> None:
    """Not in the past, in order, and no longer than three years. Raises Refused."""
    if starts_on < clock.today():
        raise Refused("Le début est déjà passé : choisissez aujourd’hui ou un jour qui vient.", field="starts_on")
    if ends_on < starts_on:
        raise Refused("La fin précède le début : corrigez l’une des deux dates.", field="ends_on")
    if ends_on > (latest := latest_end(starts_on)):
        raise Refused(
            f"Une délégation dure {settings.PARVIS_DELEGATION_YEARS} ans au plus, et se renouvelle : choisissez une "
            f"fin au plus tard le {date_long(latest)}.",
            field="ends_on",
        )


def checked_terms(terms: ProposedTerms, funds: frozenset[str] | None) -> ProposedTerms:
    """The terms, cleaned. Raises Refused, before anything is written.

    `funds`: those of the establishment that gives; None where it does not propose itself. Nobody learns from a proposal
    which funds somebody else's establishment has a contract with: then every service may be asked for, and what the
    establishment does not have falls away when it accepts.
    """
    services = registry.catalogue(ALL if funds is None else funds)
    wanted = checked_levels(terms.services, {service.code: service for service in services})
    checked_dates(terms.starts_on, terms.ends_on)
    reason = clean(terms.reason)
    if not reason:
        raise Refused("Dites pourquoi : l’autre établissement le lit avant de répondre.", field="reason")
    if len(reason) > REASON_LIMIT:
        raise Refused(f"Le motif a {REASON_LIMIT} caractères au plus : raccourcissez-le.", field="reason")
    agreement = clean(terms.agreement)
    if len(agreement) > AGREEMENT_LIMIT:
        raise Refused(
            f"La référence de la convention a {AGREEMENT_LIMIT} caractères au plus : raccourcissez-la.",
            field="agreement",
        )
    return replace(terms, services=wanted, reason=reason, agreement=agreement)


def brings_back(proposed: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a proposal would give again what was just taken: a level, « courriers et échanges », days at the end.

    All three as the journal keeps them: `services`, `letters`, `ends_on`.
    """
    left, asked = after["services"], proposed["services"]
    return (
        any(asked.get(code, 0) > left.get(code, 0) < level for code, level in before["services"].items())
        or (proposed["letters"] and before["letters"] and not after["letters"])
        or (after["ends_on"] < before["ends_on"] and after["ends_on"] < proposed["ends_on"])
    )
