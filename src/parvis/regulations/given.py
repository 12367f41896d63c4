"""A figure that the caller gives instead of the one in force: a past payslip, a case, an employer's own choice."""

import datetime
from decimal import Decimal

from parvis.regulations.parameters import Value, parameter, value
from parvis.regulations.parameters.model import Confidence

GIVEN = "valeur donnée"


def value_or_given(name: str, given: Decimal | None, *, on: datetime.date) -> Value:
    """The parameter in force on a day, or the figure given for it. Raises UnknownParameter, NotKnown."""
    if given is None:
        return value(name, on=on)
    return Value(name, given, parameter(name).unit, on, None, GIVEN, Confidence.SECONDARY, False)


def not_negative(**amounts: Decimal) -> None:
    """Raises ValueError where an amount is below zero, or no number."""
    for word, amount in amounts.items():
        if not amount.is_finite() or amount < 0:
            raise ValueError(f"{word}: {amount} is no amount of zero or more")
