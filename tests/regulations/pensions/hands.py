"""What the tests of this folder share."""

import datetime
from decimal import Decimal

from hypothesis import assume

from parvis.regulations.pensions.career import Career
from parvis.regulations.pensions.estimate import NoPension, pension_on


def two_amounts(
    own: Career, era: tuple[datetime.date, datetime.date], first: int, later: int
) -> tuple[Decimal, Decimal]:
    """The yearly amounts of leaving on a day of the era and on a later one, in the euros of the era's first day.

    Draws without a pension, or without a later day, are put aside.
    """
    start, end = era
    effect = start + datetime.timedelta(days=first % ((end - start).days + 1))
    after = min(effect + datetime.timedelta(days=later), end)
    assume(after > effect)
    try:
        now = pension_on(own, effect, euros_of=start).value
    except NoPension:
        assume(False)
    return now.annual, pension_on(own, after, euros_of=start).value.annual
