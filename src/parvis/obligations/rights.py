"""Who follows what here. The one place of this rule.

Every member sees every obligation: what is due is nobody's secret in a town hall, and what nobody sees is forgotten.
Ticking says that a duty was done: it takes an administrator, or « Modification » on at least one service of the fund.
Who works for the establishment by a delegation sees the funds of which a service is delegated to them, and ticks under
the same rule.
"""

from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.registry import catalogue
from parvis.access.standing import Standing
from parvis.regulations.due_dates.calendar import Fund
from parvis.regulations.due_dates.schedule import DECLARED_BY_DSN, NAMES

FUNDS = {fund.value: NAMES[fund] for fund in Fund}
# What belongs to no fund of a contract: any service of these funds will do. DIF des élus: any service at all.
_LIKE = {Fund.DSN.value: frozenset(fund.value for fund in DECLARED_BY_DSN)}


def _held(who: Standing, level: Level) -> frozenset[str]:
    """The funds of which the person holds a service at that level or more."""
    found: set[str] = set()
    for service in catalogue(who.funds):
        if service.funds and decide(who, service).level >= level:
            found |= service.funds
    if not found:
        return frozenset()
    reached = {code for code, like in _LIKE.items() if like & found}
    return frozenset(found | reached | {Fund.DIF.value})


def ticked_funds(who: Standing) -> frozenset[str]:
    """The funds whose obligations the person may take and tick. Nothing for who only reads for now."""
    if who.renewing or who.limited:
        return frozenset()
    return frozenset(FUNDS) if who.administers else _held(who, Level.WRITE)


def seen_funds(who: Standing) -> frozenset[str]:
    """The funds whose obligations the person sees."""
    return _held(who, Level.READ) if who.delegate is not None else frozenset(FUNDS)
