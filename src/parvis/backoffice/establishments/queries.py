"""What the page of an establishment shows: a constant number of statements, under the adviser's own role."""

import datetime
import uuid
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from parvis.access.delegation.state import OPEN_STATES, State, state_of
from parvis.access.models import Delegation, Review
from parvis.access.status import LATEST_CTE, STATUS_SQL, Status, active_administrator_sql, values
from parvis.establishments.funds import FUNDS
from parvis.establishments.models import Contract, Establishment, Succession
from parvis.establishments.sirene.words import category_names
from parvis.ground import clock
from parvis.journal.queries import History, HistoryFilters, history

RECENT = 8


class Administrator(NamedTuple):
    """Who administers today, « À renouveler » included."""

    ref: uuid.UUID
    name: str
    function: str
    email: str
    phone: str
    last_visit: datetime.datetime | None
    blocked: bool


@dataclass(frozen=True, slots=True)
class ContractLine:
    """A contract with a fund of the adviser's."""

    fund: str
    number: str
    starts_on: datetime.date
    ends_on: datetime.date | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class DelegationLine:
    """A delegation that the establishment gave, or that waits for an answer."""

    organisation: str
    state: State
    starts_on: datetime.date
    ends_on: datetime.date


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review of rights. `late`: open, and its last day has passed."""

    cause: str
    opened_at: datetime.datetime
    due_on: datetime.date
    closed_at: datetime.datetime | None
    late: bool

    @property
    def said(self) -> str:
        """Where it stands."""
        return "Terminée" if self.closed_at else "En retard" if self.late else "En cours"

    @property
    def tone(self) -> str:
        return "neutral" if self.closed_at else "wrong" if self.late else "act"


@dataclass(frozen=True, slots=True)
class SuccessionLine:
    """« Repris par » (`taken_by`) or « A repris » another. `siret`: "" for one that is not of the adviser's funds."""

    taken_by: bool
    name: str
    siret: str
    cause: str
    on: datetime.date


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on the page."""

    place: Establishment
    siblings: list[tuple[str, str]]
    administrators: list[Administrator]
    accounts: list[tuple[Status, int]]
    contracts: list[ContractLine]
    delegations: list[DelegationLine]
    reviews: list[ReviewLine]
    recent: History
    successions: list[SuccessionLine]

    @property
    def category(self) -> str:
        """Its legal category in words, with its code; "" where it has none."""
        code = self.place.legal_category
        return f"{category_names().get(code, 'Catégorie')} ({code})" if code else ""

    @property
    def accounts_total(self) -> int:
        return sum(count for _, count in self.accounts)

    @property
    def taken_by(self) -> bool:
        """Whether another establishment has taken its place."""
        return any(one.taken_by for one in self.successions)

    @property
    def warning(self) -> str:
        """What is said where one administrator or none is left; "" for two or more."""
        if self.taken_by:
            return ""
        if not self.accounts:
            return "Personne n’a de compte : l’établissement n’est pas inscrit."
        if not self.administrators:
            return (
                "Personne n’administre plus cet établissement : personne ne peut y créer de compte ni y donner de "
                "droit. Ouvrez une demande pour retrouver l’accès."
            )
        if len(self.administrators) == 1:
            return (
                "Une seule personne administre cet établissement : si elle part, personne ne pourra plus y créer de "
                "compte. Conseillez-lui d’en désigner une seconde."
            )
        return ""


ADMINISTRATORS_SQL = f"""
SELECT m.ref, m.first_name || ' ' || m.last_name, m.function, m.email, m.phone, m.last_visit_at,
  m.id = ANY ((SELECT access_blocked())::bigint[])
FROM access_membership m WHERE m.establishment_id = %(establishment)s AND {active_administrator_sql()}
ORDER BY m.sort_key, m.id LIMIT 100
"""
ACCOUNTS_SQL = f"""
WITH {LATEST_CTE} SELECT ({STATUS_SQL}), count(*) FROM access_membership m
WHERE m.establishment_id = %(establishment)s GROUP BY 1
"""


def sheet(establishment: int) -> Sheet:
    """The establishment in scope."""
    place = Establishment.objects.get(pk=establishment)
    asked = {"establishment": establishment, **values()}
    with connection.cursor() as cursor:
        cursor.execute(ADMINISTRATORS_SQL, asked)
        administrators = [Administrator._make(row) for row in cursor]
        cursor.execute(ACCOUNTS_SQL, asked)
        counted = dict(cursor.fetchall())
    return Sheet(
        place=place,
        siblings=_siblings(place),
        administrators=administrators,
        accounts=[(status, counted[status.slug]) for status in Status if status.slug in counted],
        contracts=_contracts(establishment),
        delegations=_delegations(establishment),
        reviews=_reviews(establishment),
        recent=history(HistoryFilters()),
        successions=_successions(establishment),
    )


def _successions(establishment: int) -> list[SuccessionLine]:
    """Who took its place, and whose place it took."""
    done = Succession.objects.filter(done_at__isnull=False).select_related("predecessor", "successor")
    found = list(done.filter(Q(predecessor=establishment) | Q(successor=establishment)).order_by("on", "id")[:50])
    others = [one.successor if one.predecessor_id == establishment else one.predecessor for one in found]
    bound = set(
        Contract.objects.filter(establishment_id__in=[one.pk for one in others]).values_list(
            "establishment_id", flat=True
        )
    )
    return [
        SuccessionLine(
            one.predecessor_id == establishment,
            other.name,
            other.siret if other.pk in bound else "",
            Succession.Cause(one.cause).label,
            one.on,
        )
        for one, other in zip(found, others, strict=True)
    ]


def _siblings(place: Establishment) -> list[tuple[str, str]]:
    """The other establishments of the same legal unit that have, or had, a contract with a fund of the adviser's."""
    bound = Contract.objects.values("establishment_id")
    others = Establishment.objects.filter(siren=place.siren, pk__in=bound).exclude(pk=place.pk)
    return list(others.order_by("sort_key", "id").values_list("siret", "name")[:20])


def _contracts(establishment: int) -> list[ContractLine]:
    today = clock.today()
    held = Contract.objects.filter(establishment_id=establishment).order_by("fund", "-starts_on")
    return [
        ContractLine(
            FUNDS[one.fund].short,
            one.number,
            one.starts_on,
            one.ends_on,
            one.starts_on <= today and (one.ends_on is None or today <= one.ends_on),
        )
        for one in held
    ]


def _delegations(establishment: int) -> list[DelegationLine]:
    given = Delegation.objects.filter(establishment_id=establishment).select_related("organisation")
    lines = [
        DelegationLine(one.organisation.name, state_of(one), one.starts_on, one.ends_on)
        for one in given.order_by("-proposed_at")[:50]
    ]
    return sorted(lines, key=lambda line: line.state not in OPEN_STATES)


def _reviews(establishment: int) -> list[ReviewLine]:
    today = clock.today()
    held = Review.objects.filter(establishment_id=establishment).order_by("-opened_at")[:5]
    return [
        ReviewLine(
            Review.Cause(one.cause).label,
            one.opened_at,
            one.due_on,
            one.closed_at,
            not one.closed_at and one.due_on < today,
        )
        for one in held
    ]
