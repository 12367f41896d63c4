"""Whom an item of news concerns: the one rule, in words and in SQL.

An item concerns an establishment that has a contract in force with one of its funds, is of one of its kinds, and for
one of whose services of its themes the person has a right (whoever administers has all the themes of the catalogue).
What it does not name does not count: an item that names nothing concerns everybody.
"""

from collections.abc import Iterable
from functools import cache

from parvis.access import registry
from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.standing import Standing
from parvis.establishments.funds import FUNDS
from parvis.establishments.sirene.words import kind_names

# Of the row n, for %(funds)s and %(themes)s (lists) and %(establishment)s.
CONCERNS_SQL = """(n.funds = '{}' OR n.funds && %(funds)s::varchar[])
  AND (n.themes = '{}' OR n.themes && %(themes)s::varchar[])
  AND (n.kinds = '{}' OR (SELECT e.kind FROM establishments_establishment e WHERE e.id = %(establishment)s)
    = ANY (n.kinds))"""
# Of the row n, on the day %(today)s.
SHOWN_SQL = "n.state = 'published' AND n.starts_on <= %(today)s AND (n.ends_on IS NULL OR n.ends_on >= %(today)s)"


def themes_of(who: Standing) -> list[str]:
    """The themes of which the person may open a service here; every theme of the catalogue for who administers."""
    offered = registry.catalogue(who.funds)
    if who.administers:
        return sorted({service.theme.code for service in offered})
    return sorted({service.theme.code for service in offered if decide(who, service).level >= Level.READ})


@cache
def themes() -> dict[str, str]:
    """Every theme of the registry, by rank: code → name."""
    known = {service.theme for service in registry.catalogue(FUNDS)}
    return {theme.code: theme.name for theme in sorted(known, key=lambda theme: theme.rank)}


def fund_names(codes: Iterable[str]) -> tuple[str, ...]:
    """The short names of the funds, in the usual order."""
    held = set(codes)
    return tuple(fund.short for code, fund in FUNDS.items() if code in held)


def in_words(funds: Iterable[str], kinds: Iterable[str], theme_codes: Iterable[str]) -> str:
    """« CNRACL, RAFP · communes »; « Tous les employeurs » for an audience that names nothing."""
    named = kind_names()
    parts = [
        ", ".join(fund_names(funds)),
        ", ".join(named[code] for code in kinds if code in named),
        ", ".join(themes()[code] for code in theme_codes if code in themes()),
    ]
    return " · ".join(part for part in parts if part) or "Tous les employeurs"
