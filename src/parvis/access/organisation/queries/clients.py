"""« Établissements suivis »: search, filters, pages; the same rows for the page and for the export.

Three statements for a page, whatever the number of clients: the rows under `parvis_portfolio`, who works there under
the organisation's own scope, and the two settings of the scope between them.
"""

import datetime
import enum
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from parvis.access import registry
from parvis.access.levels import Level
from parvis.access.organisation.clients import as_portfolio
from parvis.access.organisation.queries.people import Worker, workers
from parvis.access.standing import Standing, read_list
from parvis.ground import clock
from parvis.ground.identifiers.text import clean, sort_key
from parvis.ground.pages.numbering import page_count

PER_PAGE = 25
NOBODY = "aucune"


class ClientState(enum.Enum):
    """Where the delegation of a client stands: slug as in addresses, label and tone as shown."""

    IN_FORCE = ("en-cours", "En cours", "well")
    ENDING = ("bientot", "Finit bientôt", "attention")
    UPCOMING = ("a-venir", "À venir", "act")
    ENDED = ("terminee", "Terminée", "neutral")

    def __init__(self, slug: str, label: str, tone: str) -> None:
        self.slug = slug
        self.label = label
        self.tone = tone


STATES = {state.slug: state for state in ClientState}
# The state of delegation d, which was accepted and not replaced.
STATE_SQL = """CASE WHEN d.ended_at IS NOT NULL OR d.ends_on < %(today)s THEN 'terminee'
  WHEN d.starts_on > %(today)s THEN 'a-venir' WHEN d.ends_on <= %(soon)s THEN 'bientot' ELSE 'en-cours' END"""


@dataclass(frozen=True, slots=True)
class ClientFilters:
    """What is asked of the list; what is not understood is ignored, never an error."""

    q: str = ""
    state: str = ""
    portfolio: str = ""
    person: str = ""
    page: int = 1

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> "ClientFilters":
        """From an address's query."""
        page, state, person = query.get("page", "1"), query.get("etat", ""), query.get("personne", "")
        return cls(
            q=clean(query.get("q", ""))[:100],
            state=state if state in STATES else "",
            portfolio=str(found) if (found := as_ref(query.get("portefeuille", ""))) else "",
            person=person if person == NOBODY or (number(person) > 0) else "",
            page=number(page) or 1,
        )

    @property
    def active(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.q or self.state or self.portfolio or self.person)

    def pairs(self, *, page: int | None = None) -> list[tuple[str, str]]:
        """The fields of an address or a form that leads back to this page of the list."""
        at = self.page if page is None else page
        pairs = (("q", self.q), ("etat", self.state), ("portefeuille", self.portfolio), ("personne", self.person))
        return [pair for pair in (*pairs, ("page", str(at) if at > 1 else "")) if pair[1]]

    def query(self, *, page: int) -> str:
        """The address's query for these filters on another page."""
        return "?" + urlencode(self.pairs(page=page))

    def said(self) -> str:
        """In words, for the journal of exports; what was searched is not kept."""
        parts = ["recherche"] if self.q else []
        parts += [f"état {STATES[self.state].label}"] if self.state else []
        parts += ["portefeuille"] if self.portfolio else []
        parts += ["personne"] if self.person else []
        return ", ".join(parts)


def number(text: str) -> int:
    """A positive whole number as an address or a form says it; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def as_ref(text: str) -> uuid.UUID | None:
    """A reference as an address says it; None for anything else."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Client:
    """One client of the list. `level`: the highest that this person may have there; None: not their work.

    `services`: what the delegation gives: name and level in words.
    """

    id: int
    siret: str
    name: str
    postcode: str
    delegation: uuid.UUID
    state: ClientState
    starts_on: datetime.date
    ends_on: datetime.date
    services: tuple[tuple[str, Level], ...]
    portfolios: tuple[tuple[uuid.UUID, str], ...]
    level: Level | None
    people: tuple[Worker, ...] = field(default=())

    @property
    def enters(self) -> bool:
        """Whether this person opens the client's pages today."""
        return self.level is not None and self.enterable

    @property
    def own_services(self) -> tuple[tuple[str, Level], ...]:
        """What this person may do there: the lowest of what the client gives and of what is assigned."""
        return tuple((name, min(level, self.level)) for name, level in self.services) if self.level else ()

    @property
    def services_said(self) -> str:
        return ", ".join(f"{name} ({level.label.lower()})" for name, level in self.services)

    @property
    def portfolios_said(self) -> str:
        return ", ".join(name for _, name in self.portfolios)

    @property
    def enterable(self) -> bool:
        """Whether somebody of the organisation may work there today."""
        return self.state in (ClientState.IN_FORCE, ClientState.ENDING)

    @property
    def names(self) -> list[str]:
        """Who does work there, each once: whose account is closed keeps the work, and does none."""
        return list(dict.fromkeys(one.name for one in self.people if one.works))

    @property
    def people_said(self) -> str:
        return ", ".join(self.names)


@dataclass(frozen=True, slots=True)
class ClientList:
    """A page of the list, and how many the filters leave in all."""

    rows: list[Client]
    total: int
    filters: ClientFilters

    @property
    def pages(self) -> int:
        return page_count(self.total, PER_PAGE)


# By which ways anybody of the organisation works for a client.
WORK_CTE = """work AS (
  SELECT a.client_id, a.membership_id, a.level FROM access_assignment a WHERE a.establishment_id = %(organisation)s
  UNION ALL SELECT pc.client_id, pm.membership_id, pm.level FROM access_portfolioclient pc
    JOIN access_portfoliomember pm ON pm.portfolio_id = pc.portfolio_id WHERE pc.establishment_id = %(organisation)s)"""
# Of each client the delegation that holds or will, or else the last one that did.
GIVEN_CTE = f"""given AS (SELECT DISTINCT ON (d.establishment_id) d.id, d.ref, d.establishment_id, d.starts_on,
    CASE WHEN d.ended_at IS NOT NULL THEN least(d.ends_on, (d.ended_at AT TIME ZONE 'Europe/Paris')::date)
      ELSE d.ends_on END AS ends_on, {STATE_SQL} AS state
  FROM access_delegation d WHERE d.organisation_id = %(organisation)s AND d.accepted_at IS NOT NULL
    AND d.replaced_at IS NULL
  ORDER BY d.establishment_id, d.ended_at IS NOT NULL, d.ends_on DESC, d.id DESC)"""


def _conditions(who: Standing, filters: ClientFilters) -> tuple[str, dict[str, Any]]:
    conditions, today = ["true"], clock.today()
    asked: dict[str, Any] = {
        "organisation": who.establishment_id,
        "today": today,
        "soon": today + settings.PARVIS_EXPIRY_SOON,
        "me": who.membership_id,
        "limit": PER_PAGE,
        "offset": (filters.page - 1) * PER_PAGE,
    }
    for index, word in enumerate(sort_key(filters.q).split()[:6]):
        conditions.append(f"(strpos(e.sort_key, %(word{index})s) > 0 OR strpos(e.siret, %(word{index})s) = 1)")
        asked[f"word{index}"] = word
    if filters.q and (digits := "".join(filters.q.split())).isdecimal():
        # A SIRET copied with its spaces.
        conditions[1:] = ["strpos(e.siret, %(digits)s) = 1"]
        asked["digits"] = digits
    if filters.state:
        conditions.append("g.state = %(state)s")
        asked["state"] = filters.state
    if filters.portfolio:
        conditions.append(
            "EXISTS (SELECT 1 FROM access_portfolioclient pc JOIN access_portfolio f ON f.id = pc.portfolio_id "
            "WHERE pc.client_id = g.establishment_id AND f.ref = %(portfolio)s)"
        )
        asked["portfolio"] = filters.portfolio
    mine = "EXISTS (SELECT 1 FROM work w WHERE w.client_id = g.establishment_id AND w.membership_id = %({0})s)"
    if not who.administers:
        conditions.append(mine.format("me"))
    elif filters.person == NOBODY:
        conditions.append("NOT EXISTS (SELECT 1 FROM work w WHERE w.client_id = g.establishment_id)")
    elif filters.person:
        conditions.append(mine.format("person"))
        asked["person"] = int(filters.person)
    return " AND ".join(conditions), asked


def clients(
    who: Standing, filters: ClientFilters, *, everything: bool = False, only: Sequence[int] | None = None
) -> ClientList:
    """The person's own clients; for who administers the organisation all of them, with who works there.

    `everything`: without pages, for an export; `only`: of these alone.
    """
    conditions, asked = _conditions(who, filters)
    if only is not None:
        conditions += " AND g.establishment_id = ANY(%(only)s)"
        asked["only"] = list(only)
    pages = "" if everything else "LIMIT %(limit)s OFFSET %(offset)s"
    sql = f"""WITH {WORK_CTE}, {GIVEN_CTE}, page AS (
      SELECT e.id AS client_id, e.siret, e.name, e.postcode, e.sort_key, g.ref, g.state, g.starts_on, g.ends_on,
        g.id AS delegation_id, count(*) OVER () AS total
      FROM given g JOIN establishments_establishment e ON e.id = g.establishment_id WHERE {conditions}
      ORDER BY e.sort_key, e.id {pages})
    SELECT p.client_id, p.siret, p.name, p.postcode, p.ref, p.state, p.starts_on, p.ends_on,
      (SELECT json_agg(json_build_array(s.service, s.level) ORDER BY s.service) FROM access_delegationservice s
        WHERE s.delegation_id = p.delegation_id),
      (SELECT json_agg(json_build_array(f.ref, f.name) ORDER BY f.name) FROM access_portfolioclient pc
        JOIN access_portfolio f ON f.id = pc.portfolio_id WHERE pc.client_id = p.client_id),
      (SELECT max(w.level) FROM work w WHERE w.client_id = p.client_id AND w.membership_id = %(me)s), p.total
    FROM page p ORDER BY p.sort_key, p.client_id"""
    with as_portfolio(who), connection.cursor() as cursor:
        cursor.execute(sql, asked)
        found = cursor.fetchall()
    if not found and filters.page > 1:
        return clients(who, replace(filters, page=1), everything=everything, only=only)
    people = workers(who, [row[0] for row in found]) if who.administers and found else {}
    return ClientList([_client(row, people) for row in found], found[0][-1] if found else 0, filters)


def client_ids(who: Standing, filters: ClientFilters) -> list[int]:
    """The numbers of all that the filters leave: « tous les établissements affichés »."""
    return [row.id for row in clients(who, filters, everything=True).rows]


def one_client(who: Standing, siret: str) -> Client | None:
    """The client of that SIRET, for who may see it in the list; None for anybody else's."""
    rows = clients(who, ClientFilters(q=siret), everything=True).rows
    return next((row for row in rows if row.siret == siret), None)


def _services(held: Iterable[tuple[str, int]]) -> tuple[tuple[str, Level], ...]:
    named = [(registry.get(code), code, Level(level)) for code, level in held]
    return tuple((service.name if service else code, level) for service, code, level in named)


def _client(row: tuple[Any, ...], people: Mapping[int, Collection[Worker]]) -> Client:
    number, siret, name, postcode, delegation, state, starts_on, ends_on, services, portfolios, level, _ = row
    return Client(
        id=number,
        siret=siret,
        name=name,
        postcode=postcode,
        delegation=delegation,
        state=STATES[state],
        starts_on=starts_on,
        ends_on=ends_on,
        services=_services(read_list(services or [])),
        portfolios=tuple((uuid.UUID(ref), label) for ref, label in read_list(portfolios or [])),
        level=Level(level) if level else None,
        people=tuple(people.get(number, ())),
    )
