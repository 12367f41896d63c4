"""What the list of agents is narrowed and sorted by, as its address says it; what makes no sense is not asked.

A NIR never stands in an address: it is looked for by a POST (`listing.by_nir`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from parvis.agents.models import Category, Scheme, Status
from parvis.ground.identifiers.text import clean, search_key, showable
from parvis.ground.pages.numbering import page_asked
from parvis.regulations.identifiers.persons import tells_a_nir

STATES = {
    "affilies": "Affiliés aujourd’hui",
    "a-completer": "Affiliation à compléter",
    "reclames": "Affiliés aussi par un autre employeur",
    "partis": "Partis",
    "tous": "Tous, partis compris",
}
SORTS = {"nom": "a.sort_key", "entree": "entered"}
HOURS = {"complet": "Temps complet", "non-complet": "Temps non complet"}
_NAMES = ("q", "regime", "statut", "etat", "categorie", "heures")


@dataclass(frozen=True, slots=True)
class Filters:
    """`state` empty: whoever has not left. `hours`: full or part hours of the post held today."""

    q: str = ""
    scheme: str = ""
    status: str = ""
    state: str = ""
    category: str = ""
    hours: str = ""
    sort: str = "nom"
    descending: bool = False
    page: int = 1

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Filters":
        """Those of an address."""

        def among(name: str, known: Mapping[str, Any]) -> str:
            value = given.get(name, "")
            return value if value in known else ""

        number = given.get("page", "1")
        q = clean(showable(given.get("q", "")))[:100]
        return cls(
            q="" if tells_a_nir(q) else q,
            scheme=among("regime", dict(Scheme.choices)),
            status=among("statut", dict(Status.choices)),
            state=among("etat", STATES),
            category=among("categorie", dict(Category.choices)),
            hours=among("heures", HOURS),
            sort=among("tri", SORTS) or "nom",
            descending=given.get("sens") == "desc",
            page=page_asked(number),
        )

    @property
    def active(self) -> bool:
        """Whether the list is narrowed at all."""
        return bool(self.q or self.scheme or self.status or self.state or self.category or self.hours)

    def pairs(self) -> list[tuple[str, str]]:
        """What narrows and sorts, for an address or hidden fields."""
        values = (self.q, self.scheme, self.status, self.state, self.category, self.hours)
        found = [(name, value) for name, value in zip(_NAMES, values, strict=True) if value]
        found += [("tri", self.sort)] if self.sort != "nom" else []
        return found + ([("sens", "desc")] if self.descending else [])

    def query(self, **changes: Any) -> str:
        """The address's query with these changes, on its first page unless they say otherwise."""
        changed = replace(self, **{"page": 1, **changes})
        pairs = changed.pairs() + ([("page", str(changed.page))] if changed.page > 1 else [])
        return "?" + urlencode(pairs)

    def conditions(self) -> tuple[list[str], dict[str, Any]]:
        """SQL conditions on `agents_agent a`, and their values."""
        wanted = [f"({_STATES[self.state]})"]
        values: dict[str, Any] = {}
        open_or_not = "" if self.state in ("partis", "tous") else " AND f.left_on IS NULL"
        if self.scheme:
            wanted.append(f"EXISTS ({_HELD}{open_or_not} AND f.scheme = %(scheme)s)")
            values["scheme"] = self.scheme
        if self.status:
            wanted.append(f"EXISTS ({_HELD}{open_or_not} AND f.status = %(status)s)")
            values["status"] = self.status
        if self.category:
            wanted.append(f"EXISTS ({_POST} AND p.category = %(category)s)")
            values["category"] = self.category
        if self.hours:
            wanted.append(f"EXISTS ({_POST} AND p.minutes {'=' if self.hours == 'complet' else '<'} p.full_minutes)")
        for number, word in enumerate(search_key(self.q).split()[:6]):
            wanted.append(f"a.search_key LIKE %(word{number})s")
            values[f"word{number}"] = "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"
        return wanted, values


_HELD = "SELECT FROM agents_affiliation f WHERE f.agent_id = a.id"
# The post held on the day, or the last one of who has left.
_POST = """SELECT FROM agents_post p WHERE p.agent_id = a.id
  AND p.starts_on = (SELECT max(n.starts_on) FROM agents_post n WHERE n.agent_id = a.id)"""
_STATES = {
    "": f"EXISTS ({_HELD} AND f.left_on IS NULL) OR NOT EXISTS ({_HELD})",
    "affilies": f"EXISTS ({_HELD} AND f.state = 'active')",
    "a-completer": f"EXISTS ({_HELD} AND f.state = 'incomplete')",
    "reclames": f"EXISTS ({_HELD} AND f.left_on IS NULL AND f.claimed_on IS NOT NULL)",
    "partis": f"EXISTS ({_HELD}) AND NOT EXISTS ({_HELD} AND f.left_on IS NULL)",
    "tous": "true",
}
