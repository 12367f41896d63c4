"""Reading the accounts: by fund and month, balances, movements. Every sum is the database's, whatever the agents."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import QuerySet

from parvis.ledger.models import OWN, Account, Kind, Movement
from parvis.ledger.words import euros, month_in_words
from parvis.regulations.periods import Period

SUMS_SQL = """SELECT l.fund, l.month, l.account, m.kind, sum(l.amount)::bigint
  FROM ledger_line l JOIN ledger_movement m ON m.id = l.movement_id
  WHERE l.establishment_id = %(establishment)s AND l.fund = ANY(%(funds)s)
    AND l.month >= %(first)s AND l.month < %(past)s
  GROUP BY l.fund, l.month, l.account, m.kind ORDER BY l.fund, l.month"""
BALANCES_SQL = """SELECT l.establishment_id, l.fund,
    coalesce(sum(l.amount) FILTER (WHERE l.account = 'contributions'), 0)::bigint,
    coalesce(sum(l.amount) FILTER (WHERE l.account = 'charges'), 0)::bigint
  FROM ledger_line l WHERE l.establishment_id = ANY(%(establishments)s) AND l.account IN ('contributions', 'charges')
  GROUP BY l.establishment_id, l.fund"""


@dataclass(slots=True)
class Sums:
    """What the accounts say of a fund for some months, in cents.

    `agent`, `employer`: the two parts of what is due. `paid`: for contributions; `charged`, `waived`, `charges_paid`:
    surcharges and penalties; `moved`: refunds and transfers, above zero where less is kept here. `came`, `left`:
    contributions taken over from another establishment and passed to one, owed above zero; `charges_over`: the same of
    surcharges and penalties, both ways; `charges_moved`: what of them was refunded, or went to another fund.
    """

    agent: int = 0
    employer: int = 0
    due: int = 0
    paid: int = 0
    moved: int = 0
    surcharges: int = 0
    penalties: int = 0
    waived: int = 0
    charges_paid: int = 0
    came: int = 0
    left: int = 0
    charges_over: int = 0
    charges_moved: int = 0

    @property
    def balance(self) -> int:
        """Contributions that remain to be paid; below zero: a credit."""
        return self.due - self.paid + self.moved + self.over

    @property
    def over(self) -> int:
        """Taken over from another establishment, or (below zero) passed to one."""
        return self.came + self.left

    @property
    def owed(self) -> int:
        """What payments here have to pay: what was taken over too, without what another establishment owes since."""
        return self.due + self.came + min(0, self.left)

    @property
    def gone(self) -> int:
        """What of the payments went elsewhere again: refunds, transfers, a credit that another establishment has."""
        return self.moved + max(0, self.left)

    @property
    def charged(self) -> int:
        return self.surcharges + self.penalties

    @property
    def charges_balance(self) -> int:
        """Surcharges and penalties that remain to be paid."""
        return self.charged - self.waived - self.charges_paid + self.charges_moved + self.charges_over

    def add(self, other: "Sums") -> None:
        """Take another's amounts in."""
        for name in Sums.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def take(self, account: str, kind: str, amount: int) -> None:
        """One sum of lines of an account, of movements of a kind."""
        if account == Account.AGENT_PART:
            self.agent -= amount
        elif account == Account.EMPLOYER_PART:
            self.employer -= amount
        elif account == Account.CONTRIBUTIONS:
            if kind == Kind.DUE:
                self.due += amount
            elif kind == Kind.PAYMENT:
                self.paid -= amount
            elif kind == Kind.CAME:
                self.came += amount
            elif kind == Kind.LEFT:
                self.left += amount
            else:
                self.moved += amount
        elif account == Account.CHARGES:
            if kind == Kind.SURCHARGE:
                self.surcharges += amount
            elif kind == Kind.PENALTY:
                self.penalties += amount
            elif kind == Kind.WAIVER:
                self.waived -= amount
            elif kind in (Kind.CAME, Kind.LEFT):
                self.charges_over += amount
            elif kind == Kind.PAYMENT:
                self.charges_paid -= amount
            else:
                self.charges_moved += amount


@dataclass(slots=True)
class Book:
    """The sums of an establishment, by fund and month."""

    months: dict[str, dict[datetime.date, Sums]] = field(default_factory=dict)

    def of(self, fund: str, period: Period) -> Sums:
        """The sums of a fund over a period."""
        return total(one for month, one in self.months.get(fund, {}).items() if month in period)

    def total(self, fund: str) -> Sums:
        """All months of a fund that were read."""
        return total(self.months.get(fund, {}).values())


def total(sums: Iterable[Sums]) -> Sums:
    """Their sum."""
    whole = Sums()
    for one in sums:
        whole.add(one)
    return whole


FIRST, PAST = datetime.date(1900, 1, 1), datetime.date(2200, 1, 1)


def book(
    establishment: int, funds: Collection[str], *, first: datetime.date = FIRST, past: datetime.date = PAST
) -> Book:
    """What is due, paid and charged by fund and month, from the month `first` to before `past`; one statement."""
    made = Book()
    with connection.cursor() as cursor:
        cursor.execute(SUMS_SQL, {"establishment": establishment, "funds": list(funds), "first": first, "past": past})
        for fund, month, account, kind, amount in cursor.fetchall():
            made.months.setdefault(fund, {}).setdefault(month, Sums()).take(account, kind, amount)
    return made


def balances(establishments: Collection[int]) -> dict[tuple[int, str], tuple[int, int]]:
    """By establishment and fund: contributions and charges that remain, in cents; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES_SQL, {"establishments": list(establishments)})
        return {(place, fund): (due, charges) for place, fund, due, charges in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement as it is shown: what it changed of what the employer owes, in cents (below zero: owed less)."""

    movement: Movement
    amount: int

    @property
    def amount_said(self) -> str:
        """« +12,00 € », « −12,00 € »."""
        return f"{'+' if self.amount > 0 else ''}{euros(self.amount)}"

    @property
    def month(self) -> str:
        """« octobre 2026 »."""
        return month_in_words(self.movement.month)

    @property
    def said(self) -> str:
        """« Versement », « Annulation : versement »."""
        what = str(Kind(self.movement.kind).label)
        return f"Annulation : {what[0].lower()}{what[1:]}" if self.movement.counters_id else what


def movements(establishment: int, funds: Collection[str]) -> QuerySet[Movement]:
    """The movements of these funds, the latest first."""
    rows = Movement.objects.filter(establishment_id=establishment, fund__in=list(funds))
    return rows.order_by("-on", "-id")


def entries(rows: Iterable[Movement]) -> list[Entry]:
    """With their amounts, in one statement more."""
    found = list(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT movement_id, sum(amount)::bigint FROM ledger_line WHERE movement_id = ANY(%s) "
            "AND account = ANY(%s) GROUP BY movement_id",
            [[one.pk for one in found], [str(one) for one in OWN]],
        )
        amounts = dict(cursor.fetchall())
    return [Entry(one, amounts.get(one.pk, 0)) for one in found]
