"""A batch of proposals as its pages show it: each line judged, the directory to choose from, what it will propose."""

import datetime
import enum
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from parvis.access import registry
from parvis.access.delegation.state import asked_since
from parvis.access.delegation.terms import ProposedTerms
from parvis.access.levels import Level
from parvis.access.models import DelegationBatch
from parvis.access.organisation.clients import as_portfolio
from parvis.access.organisation.picked import Picked, picked_from_json
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.identifiers.text import clean, sort_key
from parvis.ground.pages.numbering import page_asked

PER_PAGE = 50
KINDS = {"commune": "Commune", "epci": "Intercommunalité", "cdg": "Centre de gestion"}


class Verdict(enum.Enum):
    """What becomes of a line: slug as in addresses, label and tone as shown."""

    PROPOSABLE = ("a-proposer", "À proposer", "well")
    WAITING = ("en-attente", "Proposition déjà en attente", "neutral")
    IN_FORCE = ("en-cours", "Délégation déjà en cours", "neutral")
    TWICE = ("en-double", "En double", "neutral")
    ITSELF = ("vous", "Votre propre établissement", "neutral")
    UNKNOWN = ("inconnu", "SIRET inconnu de l’annuaire", "wrong")
    WRONG = ("errone", "SIRET erroné", "wrong")

    def __init__(self, slug: str, label: str, tone: str) -> None:
        self.slug = slug
        self.label = label
        self.tone = tone


VERDICTS = {verdict.slug: verdict for verdict in Verdict}


@dataclass(frozen=True, slots=True)
class Judged:
    """A line with what becomes of it. `id`: the establishment's, 0 where there is none."""

    picked: Picked
    verdict: Verdict
    id: int = 0
    name: str = ""
    postcode: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """An establishment of the directory."""

    id: int
    siret: str
    name: str
    kind: str
    department: str
    postcode: str

    @property
    def kind_shown(self) -> str:
        return KINDS.get(self.kind, self.kind.capitalize())


# Proposals of the organisation that wait, and delegations that hold or will.
_BOUND_SQL = """SELECT d.establishment_id, bool_or(d.accepted_at IS NULL) FROM access_delegation d
WHERE d.organisation_id = %(organisation)s AND d.establishment_id = ANY(%(wanted)s) AND d.refused_at IS NULL
  AND d.withdrawn_at IS NULL AND d.lapsed_at IS NULL AND d.replaced_at IS NULL AND d.ended_at IS NULL
  AND d.ends_on >= %(today)s AND (d.accepted_at IS NOT NULL OR d.proposed_at >= %(since)s)
GROUP BY d.establishment_id"""
_OPEN_SQL = """SELECT count(*) FROM access_delegation d WHERE d.organisation_id = %(organisation)s
  AND d.accepted_at IS NULL AND d.refused_at IS NULL AND d.withdrawn_at IS NULL AND d.lapsed_at IS NULL
  AND d.ends_on >= %(today)s AND d.proposed_at >= %(since)s"""


def _rule(who: Standing) -> dict[str, Any]:
    today = clock.today()
    return {"organisation": who.establishment_id, "today": today, "since": asked_since(today)}


def open_proposals(who: Standing) -> int:
    """How many proposals of the organisation, whoever made them, wait for an answer."""
    with as_portfolio(who), connection.cursor() as cursor:
        cursor.execute(_OPEN_SQL, _rule(who))
        return int(cursor.fetchone()[0])


def judged(who: Standing, lines: Sequence[Picked]) -> list[Judged]:
    """Each line with what becomes of it, in order. Two statements, whatever the number of lines."""
    with as_portfolio(who), connection.cursor() as cursor:
        cursor.execute(
            "SELECT siret, id, name, postcode FROM access_directory_lines(%s)", [[one.siret for one in lines]]
        )
        known = {row[0]: row[1:] for row in cursor}
        wanted = [row[0] for row in known.values()]
        cursor.execute(_BOUND_SQL, {**_rule(who), "wanted": wanted})
        bound = dict(cursor.fetchall())
    seen: dict[str, int] = {}
    return [_judge(who, one, known.get(one.siret), bound, seen) for one in lines]


def _judge(
    who: Standing, one: Picked, known: tuple[int, str, str] | None, bound: Mapping[int, bool], seen: dict[str, int]
) -> Judged:
    if one.wrong:
        return Judged(one, Verdict.WRONG, why=one.wrong)
    if known is None:
        return Judged(one, Verdict.UNKNOWN, why="Vérifiez ce SIRET : aucun établissement de l’annuaire ne le porte.")
    number, name, postcode = known
    if number == who.establishment_id:
        return Judged(one, Verdict.ITSELF, number, name, postcode)
    if one.siret in seen:
        line = seen[one.siret]
        why = f"Déjà à la ligne {line}." if line else "Déjà choisi dans l’annuaire."
        return Judged(one, Verdict.TWICE, number, name, postcode, why)
    seen[one.siret] = one.line
    if number in bound:
        return Judged(one, Verdict.WAITING if bound[number] else Verdict.IN_FORCE, number, name, postcode)
    return Judged(one, Verdict.PROPOSABLE, number, name, postcode)


def counted(lines: Iterable[Judged]) -> list[tuple[Verdict, int]]:
    """How many lines of each kind, in the order of the verdicts; those that none has are left out."""
    found = Counter(line.verdict for line in lines)
    return [(verdict, found[verdict]) for verdict in Verdict if found[verdict]]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch: its lines judged today, its terms where they were given."""

    ref: uuid.UUID
    lines: list[Judged]
    terms: ProposedTerms | None
    confirmed_at: datetime.datetime | None
    proposed: int

    @property
    def proposable(self) -> list[Judged]:
        return [line for line in self.lines if line.verdict is Verdict.PROPOSABLE]

    @property
    def services(self) -> list[tuple[str, str]]:
        """What is proposed: name and level in words."""
        held = self.terms.services if self.terms else {}
        return [
            (service.name if (service := registry.get(code)) else code, level.label) for code, level in held.items()
        ]


def terms_to_json(terms: ProposedTerms) -> dict[str, Any]:
    """As a batch keeps them."""
    return {
        "services": {code: int(level) for code, level in terms.services.items()},
        "starts_on": terms.starts_on.isoformat(),
        "ends_on": terms.ends_on.isoformat(),
        "reason": terms.reason,
        "agreement": terms.agreement,
        "letters": terms.letters,
    }


def terms_from_json(values: Mapping[str, Any]) -> ProposedTerms | None:
    """The terms that a batch keeps; None where none were given yet."""
    if not values:
        return None
    day = datetime.date.fromisoformat
    return ProposedTerms(
        services={code: Level(level) for code, level in values["services"].items()},
        starts_on=day(values["starts_on"]),
        ends_on=day(values["ends_on"]),
        reason=values["reason"],
        agreement=values["agreement"],
        letters=values["letters"],
    )


def one_batch(who: Standing, ref: uuid.UUID) -> Batch | None:
    """The organisation's batch of that reference; None for anybody else's."""
    found = DelegationBatch.objects.filter(ref=ref).first()
    if found is None:
        return None
    lines = judged(who, picked_from_json(found.picked))
    return Batch(found.ref, lines, terms_from_json(found.terms), found.confirmed_at, found.proposed)


@dataclass(frozen=True, slots=True)
class Unsent:
    """A batch that was begun and not sent."""

    ref: uuid.UUID
    lines: int
    updated_at: datetime.datetime
    proposed: int


def unsent(who: Standing) -> list[Unsent]:
    """The batches that wait, the latest first."""
    rows = (
        DelegationBatch.objects.filter(confirmed_at=None)
        .order_by("-updated_at")
        .values_list("ref", "picked", "updated_at", "proposed")
    )
    return [Unsent(ref, len(picked), updated_at, proposed) for ref, picked, updated_at, proposed in rows[:10]]


@dataclass(frozen=True, slots=True)
class DirectoryFilters:
    """What is looked for in the directory; nothing is shown before something is."""

    q: str = ""
    kind: str = ""
    department: str = ""
    page: int = 1

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> "DirectoryFilters":
        """From an address's query."""
        page, kind = query.get("page", "1"), query.get("type", "")
        department = clean(query.get("departement", "")).upper()[:3]
        return cls(
            q=clean(query.get("q", ""))[:100],
            kind=kind if kind in KINDS else "",
            department=department if department.isalnum() and department.isascii() else "",
            page=page_asked(page),
        )

    @property
    def active(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.q or self.kind or self.department)

    def pairs(self, *, page: int) -> list[tuple[str, str]]:
        """The fields of an address that leads back here."""
        pairs = (("q", self.q), ("type", self.kind), ("departement", self.department))
        return [pair for pair in (*pairs, ("page", str(page) if page > 1 else "")) if pair[1]]


def directory(who: Standing, filters: DirectoryFilters, *, most: int = PER_PAGE) -> tuple[list[Found], int]:
    """A page of the establishments that are found, and how many there are in all. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, siret, name, kind, department, postcode, total FROM access_directory_page(%s, %s, %s, %s, %s)",
            [
                _words(filters.q),
                filters.kind,
                filters.department,
                (filters.page - 1) * PER_PAGE if most == PER_PAGE else 0,
                most,
            ],
        )
        rows = cursor.fetchall()
    return [Found(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def _words(typed: str) -> list[str]:
    digits = "".join(typed.split())
    return [digits] if digits.isdecimal() else sort_key(typed).split()[:6]
