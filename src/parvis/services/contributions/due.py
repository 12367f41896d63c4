"""When this establishment pays each fund: the periods that one payment covers, and their last days, by the law."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from parvis.establishments.funds import FUNDS
from parvis.ledger.words import of_period
from parvis.obligations.facts import Held
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

# Where what decides is not known, the periodicity is the one that is due first: nobody pays late by it.
_CAREFUL = {
    Fund.IRCANTEC: (
        Payer(contributions_last_year=Decimal(1_000_000)),
        "Les cotisations de l’année précédente ne sont pas connues : l’échéance mensuelle est retenue.",
    ),
    **dict.fromkeys(
        (*LIKE_CNRACL, Fund.RAFP),
        (
            Payer(agents=1_000),
            "Le nombre d’agents n’est pas connu : l’échéance mensuelle est retenue.",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Term:
    """What one payment to a fund covers, and its last day: None where no source says one.

    `assumed`: in French, what was taken for granted; `rules`: the sentences of the law, with their sources.
    """

    fund: str
    period: Period
    months: int
    on: datetime.date | None
    assumed: str
    rules: tuple[str, ...]
    source: str
    uncertain: bool

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


@lru_cache(maxsize=16_384)
def term(fund: str, month: datetime.date, held: Held) -> Term:
    """The payment that covers a month, for an establishment of which these facts are known."""
    code = Fund(fund)
    payer, assumed = _payer(code, month, held), ""
    try:
        result = due_by_law(code, payer, period=month)
    except (PeriodicityNotSet, ValueError, NotKnown):
        if code not in _CAREFUL:
            return Term(fund, covering(Periodicity.YEARLY, month), 12, None, "", (), "", True)
        payer, assumed = _CAREFUL[code]
        try:
            result = due_by_law(code, payer, period=month)
        except NotKnown:
            return Term(fund, covering(Periodicity.MONTHLY, month), 1, None, "", (), "", True)
    found = result.value
    return Term(
        fund,
        found.period,
        found.periodicity.value,
        found.on,
        assumed,
        (*(step.rule for step in result.steps), *result.warnings),
        " ; ".join(dict.fromkeys(step.source for step in result.steps if step.source)),
        bool(assumed) or found.confidence in UNSURE,
    )


def _payer(fund: Fund, month: datetime.date, held: Held) -> Payer:
    return Payer(
        agents=held.civil_servants,
        state_body=held.authority is Authority.STATE_BODY,
        seconded=held.seconded or 0,
        contributions_last_year=dict(held.ircantec).get(month.year) if fund is Fund.IRCANTEC else None,
    )


def terms(fund: str, first: datetime.date, past: datetime.date, held: Held) -> Iterator[Term]:
    """The payments that cover the months from `first` to the one before `past`, in order."""
    month = first
    while month < past:
        one = term(fund, month, held)
        yield one
        month = max(one.period.ends_before, add_months(month, 1))
