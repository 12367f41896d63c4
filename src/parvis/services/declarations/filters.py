"""What the list of anomalies is narrowed by, as its address says it; what makes no sense is not asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from parvis.access.standing import Standing
from parvis.ground.identifiers.text import showable, sort_key
from parvis.ground.pages.numbering import page_asked
from parvis.regulations.identifiers.persons import tells_a_nir
from parvis.services.declarations.checks import CHECKS, Family
from parvis.services.declarations.models import Anomaly, Correction

STATES = {
    "paie": "À corriger en paie",
    "brouillon": "Correction en brouillon",
    "corrigees": "Corrigées",
    "closes": "Closes",
    "toutes": "Toutes",
}
FAMILIES = {"agent": "Agent", "periode": "Période", "cotisation": "Cotisation"}
_FAMILY = {"agent": Family.AGENT.value, "periode": Family.PERIOD.value, "cotisation": Family.CONTRIBUTION.value}
TAKEN = {"moi": "Par moi", "personne": "Par personne"}


@dataclass(frozen=True, slots=True)
class Filters:
    """`state` empty: those to correct. `month`: « 2026-03 »."""

    q: str = ""
    code: str = ""
    family: str = ""
    state: str = ""
    taken: str = ""
    month: str = ""
    blocking: bool = False
    page: int = 1

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Filters":
        """Those of an address."""

        def among(name: str, known: Mapping[str, Any]) -> str:
            value = given.get(name, "")
            return value if value in known else ""

        q = showable(given.get("q", ""))[:80].strip()
        number, month = given.get("page", "1"), given.get("mois", "")
        right = len(month) == 7 and month[4] == "-" and (month[:4] + month[5:]).isdecimal() and month.isascii()
        return cls(
            # A NIR goes on into no other address.
            q="" if tells_a_nir(q) else q,
            code=among("code", CHECKS),
            family=among("famille", FAMILIES),
            state=among("etat", STATES),
            taken=among("pris", TAKEN),
            month=month if right and "01" <= month[5:] <= "12" and "1900" < month[:4] < "2200" else "",
            blocking=given.get("bloquantes", "") == "1",
            page=page_asked(number),
        )

    @property
    def active(self) -> bool:
        """Whether the list is narrowed at all."""
        return self.query() != "?"

    def said(self) -> str:
        """In words, for the journal of exports; of what was searched, only that something was."""
        parts = ["recherche"] if self.q else []
        parts.append(f"état « {STATES.get(self.state, 'À corriger')} »")
        parts += [f"contrôle {self.code}"] if self.code else []
        parts += [f"famille {FAMILIES[self.family].lower()}"] if self.family else []
        parts += [f"prises en charge {TAKEN[self.taken].lower()}"] if self.taken else []
        parts += [f"mois {self.month[5:]}/{self.month[:4]}"] if self.month else []
        return ", ".join([*parts, "bloquantes"] if self.blocking else parts)

    def pairs(self) -> list[tuple[str, str]]:
        """What narrows, for an address or hidden fields."""
        found = [("q", self.q), ("code", self.code), ("famille", self.family), ("etat", self.state)]
        found += [("pris", self.taken), ("mois", self.month), ("bloquantes", "1" if self.blocking else "")]
        return [(name, value) for name, value in found if value]

    def query(self, **changes: Any) -> str:
        """The address's query with these changes, on its first page unless they say otherwise."""
        one = replace(self, **{"page": 1, **changes})
        return "?" + urlencode(one.pairs() + ([("page", str(one.page))] if one.page > 1 else []))

    def narrow(self, rows: Any, who: Standing) -> Any:
        """The rows of `queries.anomalies_rows` that answer."""
        rows = self._of_state(rows)
        for word in sort_key(self.q).split():
            rows = rows.filter(Q(sort_key__contains=word) | Q(code__istartswith=word) | Q(found__icontains=word))
        if self.code:
            rows = rows.filter(code=self.code)
        if self.family:
            rows = rows.filter(family=_FAMILY[self.family])
        if self.taken:
            rows = rows.filter(taken_by=who.ref if self.taken == "moi" else None)
        if self.month:
            rows = rows.filter(month=f"{self.month}-01")
        return rows.filter(blocking=True) if self.blocking else rows

    def _of_state(self, rows: Any) -> Any:
        if self.state == "brouillon":
            drafts = Correction.objects.filter(state=Correction.State.DRAFT).values("individual")
            return rows.filter(individual__in=drafts)
        wanted = {
            "": [Anomaly.State.OPEN],
            "paie": [Anomaly.State.PAYROLL],
            "corrigees": [Anomaly.State.CORRECTED],
            "closes": [Anomaly.State.CLOSED],
        }
        return rows.filter(state__in=wanted[self.state]) if self.state in wanted else rows
