"""When this establishment pays each fund: the periods that one payment covers, and their last days, by the law."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from parvis.establishments.funds import FUNDS
from parvis.ledger.words import of_period
from parvis.obligations.facts import Held
from parvis.obligations.known import source
from parvis.regulations.due_dates.calendar import (
    LIKE_CNRACL,
    Fund,
    Payer,
    Periodicity,
    PeriodicityNotSet,
    covering,
)
from parvis.regulations.due_dates.calendar import due as due_by_law
from parvis.regulations.obligations.elected_members import Authority
from parvis.regulations.parameters import UNSURE, NotKnown
from parvis.regulations.periods import Period, add_months

# Where what decides is not known, the periodicity is the one that is due first: nobody pays late by it, and nobody is
# charged by it either (`Term.assumed`).
_CAREFUL = {
    Fund.IRCANTEC: Payer(contributions_last_year=Decimal(1_000_000)),
    **dict.fromkeys((*LIKE_CNRACL, Fund.RAFP), Payer(agents=1_000)),
}
_MONTHLY = "l’échéance mensuelle est retenue."
# Where what is missing is given: in « Mon établissement », or among the facts of the schedule.
HEADCOUNT, CONTRIBUTIONS, FACTS = "headcount", "contributions", "facts"


@dataclass(frozen=True, slots=True)
class Term:
    """What one payment to a fund covers, and its last day: None where no source says one.

    `assumed`: in French, what was taken for granted: by such a day nobody is charged. `missing`: what to give to have
    it computed (`HEADCOUNT`, `CONTRIBUTIONS`, `FACTS`), "" where nothing is. `rules`: the sentences of the law, with
    their sources.
    """

    fund: str
    period: Period
    months: int
    on: datetime.date | None
    assumed: str
    rules: tuple[str, ...]
    source: str
    uncertain: bool
    missing: str = ""

    @property
    def said(self) -> str:
        """« octobre 2026 », « 4ᵉ trimestre 2026 »."""
        return of_period(self.period)

    @property
    def starts_on(self) -> datetime.date:
        return self.period.starts_on

    @property
    def name(self) -> str:
        return FUNDS[self.fund].short

    @property
    def give(self) -> str:
        """What to give to have the day computed."""
        return {
            HEADCOUNT: "le nombre d’agents au 1ᵉʳ janvier de l’année",
            CONTRIBUTIONS: "les cotisations de l’année précédente",
            FACTS: "ce qui sert au calcul des échéances",
        }.get(self.missing, "")

    @property
    def where(self) -> str:
        """The name of the address where it is given."""
        told = source().page
        return told if told and self.missing in (HEADCOUNT, CONTRIBUTIONS) else "obligations:facts"


@lru_cache(maxsize=16_384)
def term(fund: str, month: datetime.date, held: Held) -> Term:
    """The payment that covers a month, for an establishment of which these facts are known."""
    code = Fund(fund)
    payer, assumed, missing = _payer(code, month, held)
    try:
        result = due_by_law(code, payer, period=month)
    except (PeriodicityNotSet, ValueError, NotKnown):
        if code not in _CAREFUL:
            return Term(fund, covering(Periodicity.YEARLY, month), 12, None, "", (), "", True)
        assumed = assumed or f"La périodicité n’est pas connue : {_MONTHLY}"
        try:
            result = due_by_law(code, _CAREFUL[code], period=month)
        except NotKnown:
            return Term(fund, covering(Periodicity.MONTHLY, month), 1, None, "", (), "", True)
    found = result.value
    if not assumed and code in LIKE_CNRACL and found.periodicity is Periodicity.QUARTERLY:
        assumed, missing = _state_body(held), FACTS
    return Term(
        fund,
        found.period,
        found.periodicity.value,
        found.on,
        assumed,
        (*(step.rule for step in result.steps), *result.warnings),
        " ; ".join(dict.fromkeys(step.source for step in result.steps if step.source)),
        bool(assumed) or found.confidence in UNSURE,
        missing if assumed else "",
    )


def _payer(fund: Fund, month: datetime.date, held: Held) -> tuple[Payer, str, str]:
    """What decides of the payments of that year, what of it was only assumed, and what to give instead.

    The headcount is that of 1 January of the year of the period, whatever it is today: see `docs/decisions/0015`.
    """
    if fund is Fund.IRCANTEC:
        last_year = dict(held.ircantec).get(month.year)
        said = f"Les cotisations de {month.year - 1} à l’Ircantec ne sont pas connues : {_MONTHLY}"
        return Payer(contributions_last_year=last_year), said if last_year is None else "", CONTRIBUTIONS
    agents, assumed = _agents(month.year, held)
    payer = Payer(agents=agents, state_body=held.authority is Authority.STATE_BODY, seconded=held.seconded or 0)
    return payer, assumed if fund in _CAREFUL else "", HEADCOUNT


def _agents(year: int, held: Held) -> tuple[int | None, str]:
    """How many agents decide of a year; where nobody said it, the nearest year stands in for it, the earlier first."""
    counts = dict(held.counts)
    unknown = f"Le nombre d’agents au 1ᵉʳ janvier {year} n’est pas connu : "
    if not counts:
        return None, unknown + _MONTHLY
    if year in counts:
        none = f"Aucun agent n’était compté au 1ᵉʳ janvier {year} : {_MONTHLY}"
        return counts[year], "" if counts[year] else none
    nearest = max((one for one in counts if one < year), default=min(counts))
    return counts[nearest], f"{unknown}celui de {nearest} est retenu."


def _state_body(held: Held) -> str:
    """What would make a small body of the State pay monthly, where it is not known."""
    if held.authority is None:
        return "La nature de l’établissement n’est pas connue : il est compté hors des organismes de l’État."
    if held.authority is Authority.STATE_BODY and held.seconded is None:
        return "Le nombre d’agents détachés n’est pas connu : il est compté qu’il n’y en a pas."
    return ""


def terms(fund: str, first: datetime.date, past: datetime.date, held: Held) -> Iterator[Term]:
    """The payments that cover the months from `first` to the one before `past`, in order."""
    month = first
    while month < past:
        one = term(fund, month, held)
        yield one
        month = max(one.period.ends_before, add_months(month, 1))
