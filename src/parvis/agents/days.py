"""On which days something may be declared of an agent: the same words and limits for pages and files."""

import datetime
from collections.abc import Mapping

from django.conf import settings

from parvis.agents.entries import Declaration
from parvis.agents.models import Affiliation, Agent, Scheme
from parvis.agents.words import THE
from parvis.ground import clock
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused
from parvis.regulations.periods import add_months

# What may not last any more when an affiliation begins: the RAFP goes with the CNRACL, and nobody is of the CNRACL and
# of the Ircantec for the same employer.
_BEFORE: Mapping[str, tuple[str, ...]] = {
    Scheme.CNRACL: (Scheme.CNRACL, Scheme.RAFP, Scheme.IRCANTEC),
    Scheme.IRCANTEC: (Scheme.IRCANTEC, Scheme.CNRACL),
    Scheme.RAFP: (Scheme.RAFP,),
}


def too_far(day: datetime.date, what: str) -> str:
    """Why something to come (« Un départ ») cannot be declared yet; "" where it can."""
    months = settings.PARVIS_AGENT_AHEAD_MONTHS
    limit = add_months(clock.today(), months)
    if day <= limit:
        return ""
    return f"{what} se déclare au plus {months}\u00a0mois à l’avance : choisissez un jour jusqu’au {date_long(limit)}."


def not_too_far(day: datetime.date, what: str, *, field: str) -> None:
    """Raises Refused where `too_far`."""
    if said := too_far(day, what):
        raise Refused(said, field=field)


def ended(agent: Agent | None) -> dict[str, datetime.date]:
    """The last day of what ended of an agent, by scheme; one statement, none of nobody."""
    if agent is None or agent.pk is None:
        return {}
    rows = Affiliation.objects.filter(agent=agent, left_on__isnull=False).order_by("left_on")
    return {scheme: last for scheme, last in rows.values_list("scheme", "left_on") if last is not None}


def against(told: Declaration, last_days: Mapping[str, datetime.date]) -> str:
    """Why an affiliation cannot begin on its day: too far ahead, before the birth, within one that ended (`ended`).

    "" where it can.
    """
    if said := too_far(told.entered_on, "Une affiliation"):
        return said
    if told.identity.born_on and told.entered_on <= told.identity.born_on:
        return "L’entrée précède la naissance : corrigez l’une des deux dates."
    held = [(last_days[one], one) for one in _BEFORE.get(told.scheme, ()) if one in last_days]
    if held and told.entered_on <= max(held)[0]:
        last, scheme = max(held)
        return (
            f"L’affiliation de cet agent à {THE[scheme]} va jusqu’au {date_long(last)} : choisissez un jour d’entrée "
            "après celui-là, ou annulez d’abord ce départ depuis sa fiche."
        )
    return ""


def may_begin(told: Declaration, agent: Agent | None = None) -> None:
    """Raises Refused where an affiliation cannot begin on its day (`against`)."""
    if said := against(told, ended(agent)):
        raise Refused(said, field="entered_on")
