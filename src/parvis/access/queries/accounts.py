"""The list of accounts: search, filters, sort, pages; the same rows for the page and for the export.

Rows are light: strings ready to show, in one statement (two when an old page number is past the end, or nothing
is found).
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from django.conf import settings

from parvis.access import registry
from parvis.access.levels import Level
from parvis.access.models import Profile
from parvis.access.queries.account import DRAFTS_COLUMN, Unfinished, drafts, read_drafts
from parvis.access.status import EXPIRES_SQL, LATEST_CTE, STATUS_SQL, Status, status_sql, values
from parvis.ground import clock, tenancy
from parvis.ground.database.prepared import prepared
from parvis.ground.identifiers.account import grouped
from parvis.ground.identifiers.text import clean, search_key
from parvis.ground.pages.numbering import page_asked, page_count

PER_PAGE = 25
PROFILES = {profile.value: profile.label for profile in Profile}
STATUSES = frozenset(status.slug for status in Status)
LEVELS = frozenset(level.slug for level in Level)

# What the list shows: « Bloqué » in place of an open status, where the person cannot sign in by password.
BLOCKED_CTE = "blocked AS (SELECT access_blocked() AS accounts)"


def shown_sql(status: str) -> str:
    """What is shown of a row m that has this status."""
    return (
        f"CASE WHEN {status} IN ('actif', 'a-renouveler') "
        f"AND m.id = ANY((SELECT b.accounts FROM blocked b)::bigint[]) THEN 'bloque' ELSE {status} END"
    )


SHOWN_SQL = shown_sql(f"({STATUS_SQL})")
# The day of expiry, and the status that follows, are worked out once for each row of a page.
STATUS_OF_DAY_SQL = status_sql(expires="d.day")
SORTS = {
    "nom": "m.sort_key",
    "identifiant": "m.identifier",
    "profil": "m.profile",
    "statut": f"({SHOWN_SQL})",
    "visite": "m.last_visit_at",
    "expire": EXPIRES_SQL,
}
# Filters on the day of expiry: a slug as in addresses, what the list says.
TERMS = {"bientot": "Expire bientôt"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the list; what is not understood is ignored, never an error."""

    q: str = ""
    status: str = ""
    profile: str = ""
    service: str = ""
    level: str = ""
    term: str = ""
    sort: str = "nom"
    descending: bool = False
    page: int = 1

    @classmethod
    def parse(cls, query: Mapping[str, str], funds: frozenset[str]) -> "Filters":
        """From an address's query."""
        sort = query.get("tri", "nom")
        descending = sort.startswith("-")
        page = query.get("page", "1")
        services = {service.code for service in registry.catalogue(funds)}

        def one_of(name: str, allowed: Collection[str]) -> str:
            value = query.get(name, "")
            return value if value in allowed else ""

        return cls(
            q=clean(query.get("q", ""))[:100],
            status=one_of("statut", STATUSES),
            profile=one_of("profil", PROFILES),
            service=one_of("service", services),
            level=one_of("niveau", LEVELS),
            term=one_of("echeance", TERMS),
            sort=sort.lstrip("-") if sort.lstrip("-") in SORTS else "nom",
            descending=descending,
            page=page_asked(page),
        )

    @property
    def active(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.q or self.status or self.profile or self.service or self.level or self.term)

    def _pairs(self, sort: str, descending: bool, page: int) -> tuple[tuple[str, str], ...]:
        return (
            ("q", self.q),
            ("statut", self.status),
            ("profil", self.profile),
            ("service", self.service),
            ("niveau", self.level),
            ("echeance", self.term),
            ("tri", f"-{sort}" if descending else sort if sort != "nom" else ""),
            ("page", str(page) if page > 1 else ""),
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The fields of an address or a form that leads back to this very page of the list."""
        return [pair for pair in self._pairs(self.sort, self.descending, self.page) if pair[1]]

    def query(self, *, page: int, sort: str = "", descending: bool | None = None) -> str:
        """The address's query for these filters on another page, sorted otherwise where asked."""
        # No copy of the filters: the list draws some fifteen of these addresses.
        pairs = self._pairs(sort or self.sort, self.descending if descending is None else descending, page)
        # Words of ours need no quoting: only what was typed does.
        return "?" + "&".join([f"{name}={quote_plus(text) if name == 'q' else text}" for name, text in pairs if text])

    def said(self) -> str:
        """In words, for the journal of exports. What was searched may be a name: only that something was is kept."""
        parts = []
        if self.q:
            parts.append("recherche")
        if self.status:
            parts.append(f"statut {Status.of(self.status).label}")
        if self.profile:
            parts.append(f"profil {Profile(self.profile).label}")
        if self.service:
            service = registry.get(self.service)
            level = f" ({Level.of(self.level).label})" if self.level else ""
            parts.append(f"service {service.name if service else self.service}{level}")
        elif self.level:
            parts.append(f"niveau {Level.of(self.level).label} sur un service")
        if self.term:
            parts.append(TERMS[self.term].lower())
        return ", ".join(parts)


class Row(NamedTuple):
    """One account of the list, ready to show. A tuple: 25 of them are made on each page."""

    id: int
    identifier: str
    first_name: str
    last_name: str
    function: str
    email: str
    phone: str
    profile: str
    status: Status
    link_expired: bool
    undelivered: bool
    last_visit: datetime.date | None
    ends_on: datetime.date | None
    expires_on: datetime.date
    oneself: bool

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def code(self) -> str:
        return grouped(self.identifier)

    @property
    def last_visit_shown(self) -> str:
        return _day(self.last_visit) if self.last_visit else "Jamais"

    @property
    def renewable(self) -> bool:
        """Whether it may be renewed with others: not one's own, not closed by somebody's decision."""
        return not self.oneself and self.status is not Status.DEACTIVATED

    @property
    def expires_on_shown(self) -> str:
        return _day(self.expires_on)


def _day(day: datetime.date) -> str:
    # JJ/MM/AAAA; a third of the time of strftime, which the list would call fifty times.
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list, and how many accounts the filters leave in all; `drafts`: those being created."""

    rows: list[Row]
    total: int
    filters: Filters
    drafts: tuple[Unfinished, ...] = ()

    @property
    def pages(self) -> int:
        return page_count(self.total, PER_PAGE)

    def lines(self) -> list[tuple[Any, ...]]:
        """The rows in the order of the page's cells: a template unpacks a tuple in a tenth of the time that it takes to
        look its parts up by name, which for a list's page is the most that it does."""
        return [
            (
                *(row.id, row.name, row.oneself, row.function, row.code, row.profile, row.status, row.renewable),
                *(row.link_expired, row.undelivered, row.last_visit_shown, row.expires_on_shown),
            )
            for row in self.rows
        ]


def _conditions(filters: Filters) -> tuple[str, dict[str, Any]]:
    conditions = ["m.establishment_id = %(establishment)s"]
    asked: dict[str, Any] = {"establishment": tenancy.current().establishment, **values()}
    for number, word in enumerate(search_key(filters.q).split()[:6]):
        conditions.append(f"strpos(m.search_key, %(word{number})s) > 0")
        asked[f"word{number}"] = word
    if filters.status:
        conditions.append(f"({SHOWN_SQL}) = %(status)s")
        asked["status"] = filters.status
    if filters.profile:
        conditions.append("m.profile = %(profile)s")
        asked["profile"] = filters.profile
    if filters.service or filters.level:
        held = (
            "SELECT 1 FROM access_right r WHERE r.membership_id = m.id "
            "AND (r.starts_on IS NULL OR r.starts_on <= %(today)s) AND (r.ends_on IS NULL OR r.ends_on >= %(today)s)"
        )
        if filters.service:
            held += " AND r.service = %(service)s"
            asked["service"] = filters.service
        level = Level.of(filters.level) if filters.level else None
        if level is Level.NONE:
            conditions.append(f"NOT EXISTS ({held})")
        elif level is None:
            conditions.append(f"EXISTS ({held})")
        else:
            conditions.append(f"EXISTS ({held} AND r.level = %(level)s)")
            asked["level"] = int(level)
    if filters.term:
        # Open and soon to expire, or past the day and open all the same; nobody waits for what is closed.
        conditions.append(f"({STATUS_SQL}) NOT IN ('expire', 'desactive') AND {EXPIRES_SQL} <= %(soon)s")
        asked["soon"] = asked["today"] + settings.PARVIS_EXPIRY_SOON
    return " AND ".join(conditions), asked


def accounts(
    filters: Filters,
    *,
    oneself: int,
    everything: bool = False,
    only: Sequence[int] | None = None,
    with_drafts: bool = False,
) -> Listed:
    """The accounts of the establishment in scope that the filters leave.

    `everything`: without pages, for an export; `only`: of these numbers alone; `with_drafts`: those being created too.
    """
    conditions, asked = _conditions(filters)
    if only is not None:
        conditions += " AND m.id = ANY(%(only)s)"
        asked["only"] = list(only)
    direction = "DESC" if filters.descending else "ASC"
    asked |= {"now": clock.now(), "oneself": oneself, "limit": PER_PAGE, "offset": (filters.page - 1) * PER_PAGE}
    pages = "" if everything else "LIMIT %(limit)s OFFSET %(offset)s"
    order = f"ORDER BY {SORTS[filters.sort]} {direction} NULLS LAST, m.sort_key, m.id"
    # What is shown is worked out for the rows of the page alone.
    sql = f"""
    WITH {LATEST_CTE}, {BLOCKED_CTE}, page AS MATERIALIZED (
      SELECT m.id, count(*) OVER () AS total FROM access_membership m WHERE {conditions} {order} {pages})
    SELECT m.id, m.identifier, m.first_name, m.last_name, m.function, m.email, m.phone, m.profile,
      {shown_sql("s.status")}, s.status = 'attente' AND EXISTS (SELECT 1 FROM access_link l WHERE l.membership_id = m.id
        AND l.superseded_at IS NULL AND (l.expires_at <= %(now)s OR l.killed_at IS NOT NULL)),
      s.status = 'attente' AND EXISTS (SELECT 1 FROM access_link l JOIN post_message p
        ON p.establishment_id = m.establishment_id AND p.kind = 'access.first_link' AND p.object_id = l.id
        WHERE l.membership_id = m.id AND l.superseded_at IS NULL AND p.status = 'failed'),
      (m.last_visit_at AT TIME ZONE 'Europe/Paris')::date, m.ends_on, d.day, m.id = %(oneself)s, page.total,
      {DRAFTS_COLUMN if with_drafts else "NULL"}
    FROM page JOIN access_membership m ON m.id = page.id CROSS JOIN LATERAL (SELECT {EXPIRES_SQL} AS day) d
    CROSS JOIN LATERAL (SELECT {STATUS_OF_DAY_SQL} AS status) s {order}"""
    with prepared() as cursor:
        cursor.execute(sql, asked)
        found = cursor.fetchall()
    if not found and filters.page > 1:
        first = replace(filters, page=1)
        return accounts(first, oneself=oneself, everything=everything, only=only, with_drafts=with_drafts)
    rows = [Row._make((*r[:7], PROFILES[r[7]], Status.of(r[8]), *r[9:15])) for r in found]
    if not found:
        return Listed([], 0, filters, tuple(drafts()) if with_drafts else ())
    return Listed(rows, found[0][15], filters, tuple(read_drafts(found[0][16])))
