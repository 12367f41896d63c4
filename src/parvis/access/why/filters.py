"""What is asked of the matrix: words, service, level, profile, a day; what is not understood is said or ignored."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from parvis.access import registry
from parvis.access.levels import Level
from parvis.access.models import Profile
from parvis.ground import clock
from parvis.ground.identifiers.text import clean
from parvis.ground.pages.numbering import page_asked
from parvis.journal.queries import HistoryFilters

DELEGATE = "delegue"
PROFILES = {**{profile.value: profile.label for profile in Profile}, DELEGATE: "Par délégation"}
LEVELS = {level.slug: level.label for level in (Level.WRITE, Level.READ, Level.NONE)}


@dataclass(frozen=True, slots=True)
class MatrixFilters:
    """`everybody`: closed and waiting accounts too; `on`: the day as it was typed (JJ/MM/AAAA), empty for now."""

    q: str = ""
    service: str = ""
    level: str = ""
    profile: str = ""
    everybody: bool = False
    on: str = ""
    page: int = 1

    @classmethod
    def parse(cls, query: Mapping[str, str], codes: frozenset[str]) -> "MatrixFilters":
        """From an address's query: `q`, `service`, `niveau`, `profil`, `comptes`, `au`, `page`."""

        def one_of(name: str, allowed: Any) -> str:
            value = query.get(name, "")
            return value if value in allowed else ""

        page = query.get("page", "1")
        return cls(
            q=clean(query.get("q", ""))[:100],
            service=one_of("service", codes),
            level=one_of("niveau", LEVELS),
            profile=one_of("profil", PROFILES),
            everybody=query.get("comptes") == "tous",
            on=clean(query.get("au", ""))[:20].strip(),
            page=page_asked(page),
        )

    @property
    def day(self) -> datetime.date | None:
        """The day asked for, if it is one that has begun; today is no past day."""
        day = HistoryFilters.day(self.on) if self.on else None
        return None if day is None or day >= clock.today() else day

    def mistake(self, first: datetime.date | None) -> str:
        """Why the day that was typed cannot be shown; `first`: the first day that the journal tells of."""
        if not self.on:
            return ""
        day = HistoryFilters.day(self.on)
        if day is None:
            return "Cette date n’existe pas : saisissez-la sous la forme JJ/MM/AAAA, par exemple 24/11/2026."
        if day > clock.today():
            return "Ce jour n’est pas encore venu : choisissez aujourd’hui ou un jour passé."
        if first is None or day < first:
            since = f" : il commence le {first:%d/%m/%Y}" if first else ", qui est vide"
            return f"L’historique ne remonte pas jusqu’à ce jour{since}. Choisissez un jour plus récent."
        return ""

    @property
    def active(self) -> bool:
        """Whether anything narrows the rows."""
        return bool(self.q or self.service or self.level or self.profile)

    def query(self, **changes: Any) -> str:
        """The address's query for these filters, with some changed."""
        wanted = replace(self, **changes)
        values = {
            "q": wanted.q,
            "service": wanted.service,
            "niveau": wanted.level,
            "profil": wanted.profile,
            "comptes": "tous" if wanted.everybody else "",
            "au": wanted.on,
            "page": str(wanted.page) if wanted.page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in values.items() if value})

    def said(self) -> str:
        """In words, for the journal of exports. What was searched may be a name: only that something was is kept."""
        parts = ["recherche"] if self.q else []
        service = registry.get(self.service)
        if service is not None:
            parts.append(f"service {service.name}{f' ({LEVELS[self.level]})' if self.level else ''}")
        elif self.level:
            parts.append(f"niveau {LEVELS[self.level]} sur un service")
        if self.profile:
            parts.append(f"profil {PROFILES[self.profile]}")
        if self.everybody:
            parts.append("comptes fermés et en attente compris")
        if self.day is not None:
            parts.append(f"au {self.day:%d/%m/%Y}")
        return ", ".join(parts)
