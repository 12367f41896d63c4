"""The page of accounts: by fund, by due date and by month, what is due, paid and left. Three statements in all."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.conf import settings

from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.pages.filters import date_full, date_long
from parvis.ledger.queries import Book, Sums, book, total
from parvis.ledger.words import euros, month_in_words
from parvis.obligations.facts import Held, held_by
from parvis.regulations.periods import Period, add_months
from parvis.services.contributions.due import Term, terms

MONTHS_SHOWN = 12


class State(Enum):
    """Where a payment stands: its word and its tone."""

    SETTLED = ("Soldé", "well")
    CREDIT = ("Trop versé", "act")
    LATE = ("En retard", "wrong")
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


def state_of(term: Term, sums: Sums, today: datetime.date) -> State:
    """By what is left, and the last day."""
    if sums.balance < 0:
        return State.CREDIT
    if not sums.due and not sums.paid:
        return State.RUNNING if term.period.ends_before > today else State.NOTHING
    if sums.balance == 0:
        return State.SETTLED
    if term.on is None:
        return State.LATER
    if term.on < today:
        return State.LATE
    return State.SOON if (term.on - today).days <= settings.PARVIS_DUE_NOTICE_DAYS else State.LATER


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
    """A due date of a fund: what it covers, what is due and left, where it stands."""

    term: Term
    months: tuple[Month, ...]
    sums: Sums
    state: State
    today: datetime.date

    @property
    def key(self) -> str:
        """« cnracl-2026-10 », for an address and an anchor."""
        return f"{self.term.fund}-{self.term.starts_on:%Y-%m}"

    @property
    def when(self) -> str:
        """« le 5 novembre 2026 », or that no source says a day."""
        return f"le {date_long(self.term.on)}" if self.term.on else "à la date de l’appel du fonds"

    @property
    def day(self) -> str:
        """« jeudi 5 novembre 2026 »."""
        return date_full(self.term.on) if self.term.on else "Date de l’appel du fonds"

    @property
    def left(self) -> str:
        return euros(self.sums.balance)

    @property
    def days_late(self) -> int:
        return max(0, (self.today - self.term.on).days) if self.term.on else 0


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
        return min(self.open, key=lambda one: (one.term.on or datetime.date.max, one.term.starts_on), default=None)

    @property
    def open(self) -> list[Payment]:
        """What is left to be paid, the latest due dates included."""
        return [one for one in self.payments if one.state in (State.LATE, State.SOON, State.LATER)]

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
    def charges_left(self) -> str:
        """Surcharges and penalties to be paid; "" where there are none."""
        return euros(self.charges) if self.charges > 0 else ""

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
        return sorted((one for fund in self.funds for one in fund.late), key=lambda one: one.term.on or clock.today())


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
    made = [_account(code, read, held, first, past, today, everything=not year) for code in shown]
    return Accounts(tuple(made), first, past, held, read)


def _account(
    fund: str,
    read: Book,
    held: Held,
    first: datetime.date,
    past: datetime.date,
    today: datetime.date,
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
        payments.append(Payment(term, tuple(listed), sums, state_of(term, sums, today), today))
    overall = total(months.values())
    within = total(sums for month, sums in months.items() if first <= month < past)
    return FundAccount(fund, tuple(payments), within, overall.balance, overall.charges_balance)


def _months(period: Period) -> list[datetime.date]:
    months, month = [], period.starts_on
    while month < period.ends_before:
        months.append(month)
        month = add_months(month, 1)
    return months
