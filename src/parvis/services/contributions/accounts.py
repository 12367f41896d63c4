"""The page of accounts: by fund, by due date and by month, what is due, paid and left. Four statements in all."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.conf import settings

from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.pages.filters import date_full, date_long
from parvis.ledger import corrections
from parvis.ledger.corrections import Raise
from parvis.ledger.queries import Book, Sums, book, total
from parvis.ledger.words import euros, month_in_words
from parvis.obligations.facts import Held, held_by
from parvis.regulations.periods import Period, add_months
from parvis.services.contributions.corrected import later, next_day
from parvis.services.contributions.due import Term, terms

MONTHS_SHOWN = 12


class State(Enum):
    """Where a payment stands: its word and its tone."""

    SETTLED = ("Soldé", "well")
    CREDIT = ("Trop versé", "act")
    LATE = ("En retard", "wrong")
    PRESUMED = ("Échéance supposée passée", "attention")
    SOON = ("À payer", "attention")
    LATER = ("À payer", "neutral")
    RUNNING = ("En cours", "neutral")
    NOTHING = ("Rien à payer", "neutral")

    @property
    def label(self) -> str:
        return self.value[0]

    @property
    def tone(self) -> str:
        return self.value[1]


def state_of(term: Term, sums: Sums, today: datetime.date, on: datetime.date | None) -> State:
    """By what is left, and the last day; by a day that was only assumed nobody is late."""
    if sums.balance < 0:
        return State.CREDIT
    if not sums.due and not sums.paid and not sums.over:
        return State.RUNNING if term.period.ends_before > today else State.NOTHING
    if sums.balance == 0:
        return State.SETTLED
    if on is None:
        return State.LATER
    if on < today:
        return State.PRESUMED if term.assumed else State.LATE
    return State.SOON if (on - today).days <= settings.PARVIS_DUE_NOTICE_DAYS else State.LATER


def _figure(cents: int) -> str:
    """Nothing is said with a dash: zeros would hide what there is."""
    return euros(cents) if cents else "–"


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a fund's account."""

    month: datetime.date
    sums: Sums

    @property
    def said(self) -> str:
        return month_in_words(self.month)

    @property
    def agent(self) -> str:
        return _figure(self.sums.agent)

    @property
    def employer(self) -> str:
        return _figure(self.sums.employer)

    @property
    def due(self) -> str:
        return _figure(self.sums.due)

    @property
    def paid(self) -> str:
        return _figure(self.sums.paid)

    @property
    def left(self) -> str:
        return _figure(self.sums.balance)


@dataclass(frozen=True, slots=True)
class Payment:
    """A due date of a fund: what it covers, what is due and left, where it stands.

    `on`: the last day for what is left: that of the term, or a later one where a correction added all of it
    (`corrected`).
    """

    term: Term
    months: tuple[Month, ...]
    sums: Sums
    state: State
    today: datetime.date
    on: datetime.date | None

    @property
    def corrected(self) -> bool:
        return self.on != self.term.on

    @property
    def key(self) -> str:
        """« cnracl-2026-10 », for an address and an anchor."""
        return f"{self.term.fund}-{self.term.starts_on:%Y-%m}"

    @property
    def when(self) -> str:
        """« le 5 novembre 2026 », or that no source says a day."""
        return f"le {date_long(self.on)}" if self.on else "à la date de l’appel du fonds"

    @property
    def day(self) -> str:
        """« jeudi 5 novembre 2026 »."""
        return date_full(self.on) if self.on else "Date de l’appel du fonds"

    @property
    def left(self) -> str:
        return euros(self.sums.balance)

    @property
    def days_late(self) -> int:
        return max(0, (self.today - self.on).days) if self.on else 0


@dataclass(frozen=True, slots=True)
class FundAccount:
    """The account with a fund over the months that are shown; `balance`, `charges`: of all time, in cents."""

    fund: str
    payments: tuple[Payment, ...]
    sums: Sums
    balance: int
    charges: int

    @property
    def name(self) -> str:
        return FUNDS[self.fund].short

    @property
    def next(self) -> Payment | None:
        """The payment to make first: a late one before all others."""
        return min(self.open, key=lambda one: (one.on or datetime.date.max, one.term.starts_on), default=None)

    @property
    def open(self) -> list[Payment]:
        """What is left to be paid, the latest due dates included."""
        return [one for one in self.payments if one.state in (State.LATE, State.PRESUMED, State.SOON, State.LATER)]

    @property
    def late(self) -> list[Payment]:
        return [one for one in self.payments if one.state is State.LATE]

    @property
    def due_said(self) -> str:
        return euros(self.sums.due)

    @property
    def paid_said(self) -> str:
        return euros(self.sums.paid)

    @property
    def moved(self) -> str:
        """Refunds and transfers of the months shown; "" where there were none."""
        return euros(self.sums.moved) if self.sums.moved else ""

    @property
    def over(self) -> str:
        """What was taken over from another establishment, or passed to one; "" where nothing was."""
        return euros(self.sums.over) if self.sums.over else ""

    @property
    def overpaid(self) -> str:
        """What was paid too much of the months shown; "" where nothing was."""
        much = sum(-one.sums.balance for one in self.payments if one.state is State.CREDIT)
        return euros(much) if much else ""

    @property
    def assumed(self) -> tuple[Term, ...]:
        """The terms whose day is only assumed, where anything is due; one for each thing that is missing."""
        found = {one.term.assumed: one.term for one in self.payments if one.term.assumed and one.sums.owed}
        return tuple(found.values())

    @property
    def charges_left(self) -> str:
        """Surcharges and penalties to be paid; "" where there are none."""
        return euros(self.charges) if self.charges > 0 else ""

    @property
    def charges_credit(self) -> str:
        """What was paid of surcharges that were taken back or given up since; "" where nothing was."""
        return euros(-self.charges) if self.charges < 0 else ""

    @property
    def charges_said(self) -> str:
        """« 12,00 € à payer », « 12,00 € de crédit », « Aucune à payer »."""
        if self.charges_credit:
            return f"{self.charges_credit} de crédit : payés pour une majoration annulée ou remise depuis"
        return f"{self.charges_left} à payer" if self.charges_left else "Aucune à payer"

    @property
    def balance_said(self) -> str:
        """« 1 234,56 € à payer », « 12,00 € de crédit », « Soldé »."""
        if self.balance > 0:
            return f"{euros(self.balance)} à payer"
        return f"{euros(-self.balance)} de crédit" if self.balance < 0 else "Soldé"


@dataclass(frozen=True, slots=True)
class Accounts:
    """Those of an establishment."""

    funds: tuple[FundAccount, ...]
    first: datetime.date
    past: datetime.date
    held: Held
    book: Book

    def of(self, fund: str) -> FundAccount:
        """Raises KeyError."""
        return {one.fund: one for one in self.funds}[fund]

    @property
    def left(self) -> int:
        """What remains to be paid of contributions, credits of other funds apart: no fund pays for another."""
        return sum(max(0, one.balance) for one in self.funds)

    @property
    def late(self) -> list[Payment]:
        return sorted((one for fund in self.funds for one in fund.late), key=lambda one: one.on or clock.today())


def accounts(who: Any, *, fund: str = "", year: int = 0) -> Accounts:
    """The accounts of the establishment in scope: the last twelve months and what is open before, or a year.

    Funds: those of its contracts of today, and those on whose accounts something stands.
    """
    return accounts_of(who.establishment_id, who.funds, who.today, fund=fund, year=year)


def accounts_of(
    establishment: int, funds: Collection[str], today: datetime.date, *, fund: str = "", year: int = 0
) -> Accounts:
    """The same, of an establishment that is seen in the scope in force."""
    read = book(establishment, list(FUNDS))
    held = held_by([establishment], today)[establishment]
    shown = [code for code in FUNDS if (code in funds or code in read.months) and fund in ("", code)]
    first = datetime.date(year, 1, 1) if year else add_months(today.replace(day=1), 1 - MONTHS_SHOWN)
    past = add_months(today.replace(day=1), 1)
    if year:
        past = min(past, datetime.date(year + 1, 1, 1))
    raises = corrections.standing(establishment)
    made = [_account(code, read, held, first, past, today, raises, everything=not year) for code in shown]
    return Accounts(tuple(made), first, past, held, read)


def _account(
    fund: str,
    read: Book,
    held: Held,
    first: datetime.date,
    past: datetime.date,
    today: datetime.date,
    raises: Mapping[tuple[str, datetime.date], Sequence[Raise]],
    *,
    everything: bool,
) -> FundAccount:
    months = read.months.get(fund, {})
    # What is still open is shown however old it is; a period that reaches over an edge is shown whole.
    begins = min([first, *(month for month, sums in months.items() if everything and sums.balance > 0)])
    ends = max([past, *(add_months(month, 1) for month in months if everything)])
    payments = []
    for term in terms(fund, begins, ends, held):
        listed = [Month(month, months.get(month, Sums())) for month in _months(term.period)]
        sums = total(one.sums for one in listed)
        on = next_day(sums.balance, later(term, raises, held), today) or term.on
        payments.append(Payment(term, tuple(listed), sums, state_of(term, sums, today, on), today, on))
    overall = total(months.values())
    within = total(sums for month, sums in months.items() if first <= month < past)
    return FundAccount(fund, tuple(payments), within, overall.balance, overall.charges_balance)


def _months(period: Period) -> list[datetime.date]:
    months, month = [], period.starts_on
    while month < period.ends_before:
        months.append(month)
        month = add_months(month, 1)
    return months
