"""« Que payer, à qui, quand, sous quelle référence »: one line per transfer, as a finance officer needs it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from parvis.establishments.funds import FUNDS
from parvis.establishments.models import Contract
from parvis.ground.pages.filters import date_full
from parvis.ledger import references
from parvis.ledger.bank_accounts import BankAccount, accounts
from parvis.ledger.references import Target
from parvis.ledger.words import euros, month_in_words
from parvis.services.contributions.accounts import Accounts, Payment, State
from parvis.services.contributions.due import Term


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer to make: what it pays, how much in cents, when at the latest, to whom, under which reference."""

    fund: str
    what: str
    amount: int
    on: datetime.date | None
    day: str
    state: str
    tone: str
    account: BankAccount | None
    reference: str
    assumed: str = ""
    term: Term | None = None

    @property
    def name(self) -> str:
        return FUNDS[self.fund].short

    @property
    def amount_said(self) -> str:
        return euros(self.amount)

    @property
    def reference_shown(self) -> str:
        return references.shown(self.reference)

    @property
    def holder(self) -> str:
        return self.account.holder if self.account else ""

    @property
    def iban(self) -> str:
        return self.account.iban if self.account else ""

    @property
    def iban_shown(self) -> str:
        return self.account.iban_shown if self.account else ""

    @property
    def bic(self) -> str:
        return self.account.bic if self.account else ""


class Referring:
    """Makes the references of an establishment; the numbers of its contracts are read once."""

    def __init__(self, establishment: int, siret: str) -> None:
        self._siret = siret
        rows = Contract.objects.filter(establishment_id=establishment).order_by("starts_on")
        self._numbers = dict(rows.values_list("fund", "number"))

    def of(self, fund: str, starts_on: datetime.date, months: int) -> str:
        """The reference of a due date; of the charges of a month where `months` is 0; "" where none can be made."""
        try:
            return references.reference(Target(fund, starts_on, months, self._siret, self._numbers.get(fund, "")))
        except ValueError:
            return ""


def transfers(found: Accounts, referring: Referring) -> list[Transfer]:
    """What is left to be paid, the first due first: contributions, then surcharges and penalties by month."""
    banks, made = accounts(), []
    for one in found.funds:
        made += [_of(payment, referring, banks.get(one.fund)) for payment in one.open]
        for month, sums in sorted(found.book.months.get(one.fund, {}).items()):
            if sums.charges_balance > 0:
                made.append(_charges(one.fund, month, sums.charges_balance, referring, banks.get(one.fund)))
    return sorted(made, key=lambda one: (one.on or datetime.date.max, list(FUNDS).index(one.fund), one.what))


def _of(payment: Payment, referring: Referring, bank: BankAccount | None) -> Transfer:
    term = payment.term
    return Transfer(
        fund=term.fund,
        what=f"Cotisations, {term.said}{' (correction)' if payment.corrected else ''}",
        amount=payment.sums.balance,
        on=payment.on,
        day=payment.day,
        state=payment.state.label,
        tone=payment.state.tone,
        account=bank,
        reference=referring.of(term.fund, term.starts_on, term.months),
        assumed=term.assumed,
        term=term,
    )


def _charges(fund: str, month: datetime.date, amount: int, referring: Referring, bank: BankAccount | None) -> Transfer:
    return Transfer(
        fund=fund,
        what=f"Majorations et pénalités, {month_in_words(month)}",
        amount=amount,
        on=None,
        day="À réception de la facture",
        state="À payer",
        tone="attention",
        account=bank,
        reference=referring.of(fund, month, 0),
    )


def by_day(found: Iterable[Transfer]) -> list[tuple[str, list[Transfer]]]:
    """The transfers in groups of one day."""
    groups: dict[str, list[Transfer]] = {}
    for one in found:
        groups.setdefault(date_full(one.on) if one.on else one.day, []).append(one)
    return list(groups.items())


def to_come(found: Accounts, referring: Referring) -> list[Transfer]:
    """The references of due dates on which nothing is owed yet: the declaration has not come."""
    banks = accounts()
    return [
        _of(payment, referring, banks.get(one.fund))
        for one in found.funds
        for payment in one.payments
        if payment.state is State.RUNNING and payment.term.on is not None
    ]
