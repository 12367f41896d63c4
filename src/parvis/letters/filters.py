"""What the list of letters is narrowed and sorted by, as its address says it; what makes no sense is not asked."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from parvis.access.finding import form_sql
from parvis.establishments.funds import FUNDS
from parvis.ground.identifiers.text import search_key, showable
from parvis.ground.pages.numbering import page_asked
from parvis.letters.models import Theme

STATES = {"non-lus": "Non lus", "lus": "Lus", "archives": "Archivés", "tous": "Tous, archivés compris"}
SORTS = {
    "date": "l.dated_on",
    "titre": "lower(l.title)",
    "fonds": "l.fund",
    "type": "t.name",
}
_NAMES = ("q", "fonds", "theme", "type", "etat", "du", "au")


@dataclass(frozen=True, slots=True)
class Filters:
    """`state` empty: all but the archived. `kind`: a type's code. `since`, `until`: as typed, days of the letters."""

    q: str = ""
    fund: str = ""
    theme: str = ""
    kind: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    sort: str = "date"
    descending: bool = True
    page: int = 1

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Filters":
        """Those of an address."""

        def among(name: str, known: Mapping[str, Any]) -> str:
            value = given.get(name, "")
            return value if value in known else ""

        sort = among("tri", SORTS) or "date"
        number = given.get("page", "1")
        return cls(
            q=showable(given.get("q", ""))[:100].strip(),
            fund=among("fonds", FUNDS),
            theme=among("theme", dict(Theme.choices)),
            kind=showable(given.get("type", ""))[:40],
            state=among("etat", STATES),
            since=showable(given.get("du", ""))[:20].strip(),
            until=showable(given.get("au", ""))[:20].strip(),
            sort=sort,
            descending=given.get("sens", "desc" if sort == "date" else "asc") == "desc",
            page=page_asked(number),
        )

    @property
    def active(self) -> bool:
        """Whether the list is narrowed at all."""
        return bool(self.q or self.fund or self.theme or self.kind or self.state or self.since or self.until)

    def pairs(self) -> list[tuple[str, str]]:
        """What narrows and sorts, for an address or hidden fields."""
        values = (self.q, self.fund, self.theme, self.kind, self.state, self.since, self.until)
        found = [(name, value) for name, value in zip(_NAMES, values, strict=True) if value]
        if (self.sort, self.descending) != ("date", True):
            found += [("tri", self.sort), ("sens", "desc" if self.descending else "asc")]
        return found

    def query(self, **changes: Any) -> str:
        """The address's query with these changes, on its first page unless they say otherwise."""
        changed = replace(self, **{"page": 1, **changes})
        pairs = changed.pairs() + ([("page", str(changed.page))] if changed.page > 1 else [])
        return "?" + urlencode(pairs)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What was typed and is no date, with the anchor of its field."""
        return [
            ("Saisissez une date comme 24/11/2026.", f"id_{name}")
            for name, typed in (("du", self.since), ("au", self.until))
            if typed and day(typed) is None
        ]

    def conditions(self) -> tuple[list[str], dict[str, Any]]:
        """SQL conditions on `letters_fundletter l`, its type `t` and the person's reading `r`, and their values."""
        wanted = [_STATES[self.state]]
        values: dict[str, Any] = {}
        for name, value, condition in (
            ("fund", self.fund, "l.fund = %(fund)s"),
            ("theme", self.theme, "t.theme = %(theme)s"),
            ("kind", self.kind, "t.code = %(kind)s"),
            ("since", day(self.since), "l.dated_on >= %(since)s"),
            ("until", day(self.until), "l.dated_on <= %(until)s"),
        ):
            if value:
                wanted.append(condition)
                values[name] = value
        matching, typed = words(self.q)
        return wanted + matching, values | typed


UNREAD = "(r.id IS NULL OR r.unread)"
_STATES = {
    "": "l.archived_at IS NULL",
    "non-lus": f"l.archived_at IS NULL AND {UNREAD}",
    "lus": f"l.archived_at IS NULL AND NOT {UNREAD}",
    "archives": "l.archived_at IS NOT NULL",
    "tous": "true",
}


def words(typed: str) -> tuple[list[str], dict[str, Any]]:
    """Conditions of a letter that has every word typed: as a French word, or as part of one; accents do not count."""
    held = search_key(typed).split()[:8]
    conditions = [form_sql("l.search_key", "l.words", f"%(word{number})s") for number in range(len(held))]
    return conditions, {f"word{number}": word for number, word in enumerate(held)}


def day(typed: str) -> datetime.date | None:
    """« 24/11/2026 », or as a browser writes it; None for anything else."""
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.datetime.strptime(typed.strip(), form).date()
        except ValueError:
            continue
    return None
