"""The sides of each kind of movement: what is owed or paid on one, where it comes from or goes to on the other."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parvis.ledger.models import Account, Kind


@dataclass(frozen=True, slots=True)
class Side:
    """So many cents on an account; `month`: the first day of one, the movement's own where it says none."""

    account: Account
    amount: int
    month: datetime.date | None = None


# The accounts that a movement of each kind may touch, besides one of the employer's own.
OTHERS: dict[Kind, frozenset[Account]] = {
    Kind.DUE: frozenset({Account.AGENT_PART, Account.EMPLOYER_PART}),
    Kind.PAYMENT: frozenset({Account.BANK}),
    Kind.SURCHARGE: frozenset({Account.SURCHARGES}),
    Kind.PENALTY: frozenset({Account.PENALTIES}),
    Kind.WAIVER: frozenset({Account.WAIVERS}),
    Kind.REFUND: frozenset({Account.REFUNDS}),
    Kind.TRANSFER: frozenset({Account.TRANSFERS}),
    Kind.LEFT: frozenset({Account.SUCCESSIONS}),
    Kind.CAME: frozenset({Account.SUCCESSIONS}),
}


def _both(*sides: Side) -> tuple[Side, ...]:
    return tuple(one for one in sides if one.amount)


def due(agent: int, employer: int) -> tuple[Side, ...]:
    """Contributions owed for a month, in cents: the agents' part and the employer's. Below zero: less is owed."""
    return _both(
        Side(Account.CONTRIBUTIONS, agent + employer),
        Side(Account.AGENT_PART, -agent),
        Side(Account.EMPLOYER_PART, -employer),
    )


def payment(
    shares: Mapping[datetime.date, int], *, charges: Mapping[datetime.date, int] | None = None
) -> tuple[Side, ...]:
    """A transfer received: how much of it pays the contributions of each month, and the charges of each month."""
    charged = charges or {}
    return _both(
        Side(Account.BANK, sum(shares.values()) + sum(charged.values())),
        *(Side(Account.CONTRIBUTIONS, -amount, month) for month, amount in sorted(shares.items())),
        *(Side(Account.CHARGES, -amount, month) for month, amount in sorted(charged.items())),
    )


def surcharge(amount: int) -> tuple[Side, ...]:
    """A surcharge for paying late, owed by the employer."""
    return _both(Side(Account.CHARGES, amount), Side(Account.SURCHARGES, -amount))


def penalty(amount: int) -> tuple[Side, ...]:
    """A penalty for declaring late or wrongly, owed by the employer."""
    return _both(Side(Account.CHARGES, amount), Side(Account.PENALTIES, -amount))


def waiver(amount: int) -> tuple[Side, ...]:
    """Charges that the fund gives up."""
    return _both(Side(Account.CHARGES, -amount), Side(Account.WAIVERS, amount))


def _own(account: Account, amount: int, months: Mapping[datetime.date, int] | None) -> tuple[Side, ...]:
    """An amount on one of the employer's own accounts: all of it by month, or under the movement's own month."""
    if not months:
        return (Side(account, amount),)
    return tuple(Side(account, part if amount > 0 else -part, month) for month, part in sorted(months.items()))


def refund(
    amount: int, *, of: Mapping[datetime.date, int] | None = None, account: Account = Account.CONTRIBUTIONS
) -> tuple[Side, ...]:
    """What the fund pays back: the employer's credit goes down by so much; `of`: that of which months, all of it.

    `account`: of contributions, or of charges (a surcharge that was paid, and taken back since).
    """
    return _both(*_own(account, amount, of), Side(Account.REFUNDS, -amount))


def given(
    amount: int, *, of: Mapping[datetime.date, int] | None = None, account: Account = Account.CONTRIBUTIONS
) -> tuple[Side, ...]:
    """The side of a transfer that gives: this fund keeps so much less of what was paid; `of`: for which months."""
    return _both(*_own(account, amount, of), Side(Account.TRANSFERS, -amount))


def taken(
    amount: int, *, pays: Mapping[datetime.date, int] | None = None, account: Account = Account.CONTRIBUTIONS
) -> tuple[Side, ...]:
    """The side of a transfer that takes; `pays`: what is owed of which months, all of it."""
    return _both(*_own(account, -amount, pays), Side(Account.TRANSFERS, amount))


def came(held: Mapping[tuple[Account, datetime.date], int]) -> tuple[Side, ...]:
    """What another establishment held on its own two accounts, month by month, and that is held here from now on."""
    return tuple(
        side
        for (account, month), amount in sorted(held.items())
        if amount
        for side in (Side(account, amount, month), Side(Account.SUCCESSIONS, -amount, month))
    )


def left(held: Mapping[tuple[Account, datetime.date], int]) -> tuple[Side, ...]:
    """The same where it was held: nothing stays."""
    return reversed_(came(held))


def reversed_(sides: Sequence[Side]) -> tuple[Side, ...]:
    """What takes all of it back."""
    return tuple(Side(one.account, -one.amount, one.month) for one in sides)
