"""« Propositions »: what became of each proposal that the organisation made, the latest per establishment."""

import datetime
import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from parvis.access.delegation.state import asked_since
from parvis.access.organisation.clients import as_portfolio
from parvis.access.organisation.queries.clients import number
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.identifiers.text import clean, sort_key
from parvis.ground.pages.numbering import page_count

PER_PAGE = 25


class Answer(enum.Enum):
    """What became of a proposal: slug as in addresses, label, tone, and what is counted."""

    PROPOSED = ("proposee", "Proposée", "act", "sans réponse")
    ACCEPTED = ("acceptee", "Acceptée", "well", "acceptées")
    REFUSED = ("refusee", "Refusée", "wrong", "refusées")
    LAPSED = ("caduque", "Caduque", "attention", "caduques")
    WITHDRAWN = ("retiree", "Retirée", "neutral", "retirées")
    ENDED = ("terminee", "Acceptée, puis terminée", "neutral", "terminées")

    def __init__(self, slug: str, label: str, tone: str, counted: str) -> None:
        self.slug = slug
        self.label = label
        self.tone = tone
        self.counted = counted


ANSWERS = {answer.slug: answer for answer in Answer}


@dataclass(frozen=True, slots=True)
class FollowFilters:
    """What is asked of the list; what is not understood is ignored."""

    q: str = ""
    state: str = ""
    page: int = 1

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> "FollowFilters":
        """From an address's query."""
        state = query.get("etat", "")
        return cls(
            q=clean(query.get("q", ""))[:100],
            state=state if state in ANSWERS else "",
            page=number(query.get("page", "1")) or 1,
        )

    @property
    def active(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.q or self.state)

    def query(self, *, page: int = 1, state: str | None = None) -> str:
        """The address's query for these filters on another page, or with another state."""
        wanted = self.state if state is None else state
        pairs = (("q", self.q), ("etat", wanted), ("page", str(page) if page > 1 else ""))
        return "?" + urlencode([pair for pair in pairs if pair[1]])


@dataclass(frozen=True, slots=True)
class Followed:
    """One proposal, ready to show. `remindable`: nobody answered, and no letter left within the week."""

    ref: uuid.UUID
    establishment_id: int
    siret: str
    name: str
    answer: Answer
    proposed_at: datetime.datetime
    proposed_name: str
    answered_at: datetime.datetime | None
    answered_name: str
    word: str
    answer_by: datetime.date
    reminded_at: datetime.datetime | None
    remindable: bool


@dataclass(frozen=True, slots=True)
class FollowList:
    """A page of the list, and how many there are of each answer in all."""

    rows: list[Followed]
    total: int
    counts: list[tuple[Answer, int]]
    remindable: int
    filters: FollowFilters

    @property
    def pages(self) -> int:
        return page_count(self.total, PER_PAGE)


# The latest proposal of the organisation to each establishment.
_LATEST = """latest AS (SELECT DISTINCT ON (d.establishment_id) d.*,
    CASE WHEN d.refused_at IS NOT NULL THEN 'refusee' WHEN d.withdrawn_at IS NOT NULL THEN 'retiree'
      WHEN d.lapsed_at IS NOT NULL THEN 'caduque'
      WHEN d.accepted_at IS NULL AND (d.proposed_at < %(since)s OR d.ends_on < %(today)s) THEN 'caduque'
      WHEN d.accepted_at IS NULL THEN 'proposee'
      WHEN d.ended_at IS NOT NULL OR d.ends_on < %(today)s THEN 'terminee' ELSE 'acceptee' END AS answer
  FROM access_delegation d WHERE d.organisation_id = %(organisation)s AND d.proposed_side = 'organisation'
  ORDER BY d.establishment_id, d.proposed_at DESC, d.id DESC)"""
REMINDABLE_SQL = "l.answer = 'proposee' AND greatest(l.proposed_at, l.reminded_at) <= %(quiet)s"


def rule(who: Standing) -> dict[str, Any]:
    """The parameters of the statements here."""
    today = clock.today()
    return {
        "organisation": who.establishment_id,
        "today": today,
        "since": asked_since(today),
        "quiet": clock.now() - settings.PARVIS_DELEGATION_REMINDER,
    }


def followed(who: Standing, filters: FollowFilters) -> FollowList:
    """The proposals that the filters leave, what waits first. Two statements, whatever their number."""
    asked = {**rule(who), "limit": PER_PAGE, "offset": (filters.page - 1) * PER_PAGE}
    conditions = ["true"]
    digits = "".join(filters.q.split())
    for index, word in enumerate([digits] if digits.isdecimal() else sort_key(filters.q).split()[:6]):
        conditions.append(f"(strpos(e.sort_key, %(word{index})s) > 0 OR strpos(e.siret, %(word{index})s) = 1)")
        asked[f"word{index}"] = word
    if filters.state:
        conditions.append("l.answer = %(state)s")
        asked["state"] = filters.state
    with as_portfolio(who), connection.cursor() as cursor:
        cursor.execute(
            f"WITH {_LATEST} SELECT l.answer, count(*), count(*) FILTER (WHERE {REMINDABLE_SQL}) FROM latest l "
            "GROUP BY l.answer",
            asked,
        )
        counts = {ANSWERS[slug]: (count, remindable) for slug, count, remindable in cursor}
        cursor.execute(
            f"""WITH {_LATEST} SELECT l.ref, e.id, e.siret, e.name, l.answer, l.proposed_at, l.proposed_name,
              coalesce(l.accepted_at, l.refused_at, l.withdrawn_at), l.answered_name, l.word,
              least((l.proposed_at AT TIME ZONE 'Europe/Paris')::date + %(days)s::int, l.ends_on), l.reminded_at,
              {REMINDABLE_SQL}, count(*) OVER ()
            FROM latest l JOIN establishments_establishment e ON e.id = l.establishment_id
            WHERE {" AND ".join(conditions)}
            ORDER BY l.answer <> 'proposee', e.sort_key, e.id LIMIT %(limit)s OFFSET %(offset)s""",
            {**asked, "days": settings.PARVIS_DELEGATION_ANSWER.days},
        )
        found = cursor.fetchall()
    if not found and filters.page > 1:
        return followed(who, replace(filters, page=1))
    return FollowList(
        [_followed(*row[:-1]) for row in found],
        found[0][-1] if found else 0,
        [(answer, counts[answer][0]) for answer in Answer if answer in counts],
        sum(remindable for _, remindable in counts.values()),
        filters,
    )


def _followed(*row: Any) -> Followed:
    ref, establishment_id, siret, name, answer, *others = row
    return Followed(ref, establishment_id, siret, name, ANSWERS[answer], *others)


def remindable(who: Standing, only: Sequence[uuid.UUID] | None = None) -> list[tuple[int, uuid.UUID]]:
    """The proposals that may be recalled now: whose establishment, which. In a fixed order."""
    chosen = "" if only is None else "AND l.ref = ANY(%(only)s)"
    with as_portfolio(who), connection.cursor() as cursor:
        cursor.execute(
            f"WITH {_LATEST} SELECT l.establishment_id, l.ref FROM latest l WHERE {REMINDABLE_SQL} {chosen} "
            "ORDER BY l.establishment_id",
            {**rule(who), "only": list(only or ())},
        )
        return list(cursor.fetchall())
