"""Reading the journal: « Historique » of an establishment, with filters, pages, and export."""

import datetime
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from parvis.ground import clock, tenancy
from parvis.ground.identifiers.text import clean
from parvis.ground.pages.numbering import page_asked, page_count
from parvis.journal.actions import DELEGATE
from parvis.journal.kinds import KINDS

PER_PAGE = 50
# For a reference that nobody ever named here; a name that was blanked has its pseudonym.
FORGOTTEN = "Personne dont le nom a été effacé"


@dataclass(frozen=True, slots=True)
class Line:
    """One event as read: who, what, on whom, when."""

    at: datetime.datetime
    kind: str
    label: str
    text: str
    actor: str
    object: str
    origin: str


@dataclass(frozen=True, slots=True)
class HistoryFilters:
    """What is asked of the history; what is not understood is ignored."""

    kind: str = ""
    since: str = ""
    until: str = ""
    page: int = 1
    object: uuid.UUID | None = None

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> "HistoryFilters":
        """From an address's query: `type`, `du`, `au` (JJ/MM/AAAA), `page`."""
        kind = query.get("type", "")
        page = query.get("page", "1")
        return cls(
            kind=kind if kind in KINDS else "",
            since=clean(query.get("du", ""))[:10],
            until=clean(query.get("au", ""))[:10],
            page=page_asked(page),
        )

    @staticmethod
    def day(text: str) -> datetime.date | None:
        """JJ/MM/AAAA, or None when it is not a day of these centuries."""
        try:
            day = datetime.datetime.strptime(text.strip(), "%d/%m/%Y").date()
        except ValueError:
            return None
        return day if 1900 <= day.year <= 2100 else None

    def mistakes(self) -> list[tuple[str, str]]:
        """What was typed and is not a day: field, sentence."""
        return [
            (name, "Cette date n’existe pas : saisissez-la sous la forme JJ/MM/AAAA, par exemple 24/11/2026.")
            for name, text in (("du", self.since), ("au", self.until))
            if text.strip() and self.day(text) is None
        ]

    @property
    def active(self) -> bool:
        return bool(self.kind or self.since or self.until)

    def query(self, **changes: Any) -> str:
        """The address's query for these filters, with some changed."""
        wanted = replace(self, **changes)
        values = {
            "type": wanted.kind,
            "du": wanted.since,
            "au": wanted.until,
            "page": str(wanted.page) if wanted.page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in values.items() if value})

    def said(self) -> str:
        """In words, for the journal of exports."""
        parts = [KINDS[self.kind].label] if self.kind else []
        parts += [f"du {self.since}"] if self.day(self.since) else []
        parts += [f"au {self.until}"] if self.day(self.until) else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class History:
    """A page of the history."""

    lines: list[Line]
    total: int
    filters: HistoryFilters

    @property
    def pages(self) -> int:
        return page_count(self.total, PER_PAGE)


_NAME = """(SELECT n.name FROM journal_name n WHERE n.establishment_id = v.establishment_id AND n.ref = v.{0}
  ORDER BY n.id DESC LIMIT 1)"""


# The same columns as the establishment's own events, from a function that reads its predecessors'.
_INHERITED = """UNION ALL SELECT v.at, v.kind, v.before, v.after, v.actor, v.actor_name, v.object, v.object_name,
  v.origin, v.id, v.place FROM {0}(%(kind)s, %(since)s, %(until)s, %(object)s) v"""


def history(filters: HistoryFilters, *, everything: bool = False, inherited: str = "") -> History:
    """The events of the establishment in scope, latest first, in one statement.

    `inherited`: the function that reads the events of those whose place it took (`establishments.lineage`), if any.
    """
    conditions = ["v.establishment_id = %(establishment)s"]
    values: dict[str, Any] = {"establishment": tenancy.current().establishment, "since": None, "until": None}
    values |= {"kind": filters.kind or None, "object": filters.object}
    if filters.kind:
        conditions.append("v.kind = %(kind)s")
    if filters.object is not None:
        conditions.append("v.object = %(object)s")
    for name, text, days, sign in (("since", filters.since, 0, ">="), ("until", filters.until, 1, "<")):
        day = filters.day(text)
        if day is not None:
            edge = datetime.datetime.combine(day, datetime.time.min, clock.PARIS) + datetime.timedelta(days=days)
            conditions.append(f"v.at {sign} %({name})s")
            values[name] = edge
    pages = "" if everything else "LIMIT %(limit)s OFFSET %(offset)s"
    values |= {"limit": PER_PAGE, "offset": (filters.page - 1) * PER_PAGE}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT *, count(*) OVER () FROM (
              SELECT v.at, v.kind, v.before, v.after, v.actor, {_NAME.format("actor")}, v.object,
                {_NAME.format("object")}, v.origin, v.id, '' AS place
              FROM journal_event v WHERE {" AND ".join(conditions)}
              {_INHERITED.format(inherited) if inherited else ""}) AS v ORDER BY at DESC, id DESC {pages}""",
            values,
        )
        found = cursor.fetchall()
    if not found and filters.page > 1:
        return history(replace(filters, page=1), everything=everything, inherited=inherited)
    return History([_line(row) for row in found], found[0][-1] if found else 0, filters)


def pseudonym(ref: uuid.UUID) -> str:
    """How a person whose name was erased is shown: always the same, so that what they did stays readable together."""
    return f"Personne {ref.hex[:4].upper()} (nom effacé)"


def _line(row: tuple[Any, ...]) -> Line:
    at, code, before, after, actor, actor_name, object, object_name, origin, _, place, _ = row
    kind = KINDS.get(code)
    text = kind.describe(_json(before), _json(after)) if kind else ""
    behalf = ", pour le compte de l’établissement" if origin == DELEGATE else ""
    return Line(
        at=at,
        kind=code,
        label=kind.label if kind else code,
        text=" · ".join(part for part in (f"Dans {place}" if place else "", text) if part),
        actor=(actor_name or (pseudonym(actor) if actor else "La plateforme")) + behalf,
        # Without a name ever, the object is no person (a draft); with a name blanked, it still is the same one.
        object=pseudonym(object) if object_name == "" else object_name or "",
        origin=origin,
    )


def _json(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        value = json.loads(value)
    return dict(value or {})


def names(refs: Iterable[uuid.UUID | None]) -> dict[object, str]:
    """The latest name of each reference, in the establishment in scope, in one statement."""
    wanted = [ref for ref in refs if ref is not None]
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (ref) ref, name FROM journal_name WHERE establishment_id = %s AND ref = ANY(%s) "
            "ORDER BY ref, id DESC",
            [tenancy.current().establishment, wanted],
        )
        return {ref: name or pseudonym(ref) for ref, name in cursor.fetchall()}
