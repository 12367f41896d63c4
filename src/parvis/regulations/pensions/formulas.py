"""The arithmetic of the CNRACL's pensions, without parameters and without steps.

Every function takes whole numbers (months, quarters, days) or Decimals and works with `+ - * //`, `low` and `high`
alone: over columns it is called with `numpy.minimum` and `numpy.maximum` on integers. A division comes last and once,
so that the same cents come out whatever the order in which the figures are brought in.
"""

from collections.abc import Callable
from typing import Any

Choose = Callable[[Any, Any], Any]


def rounded_quarters(days: Any, quarter: Any, rounding: Any) -> Any:
    """Whole quarters of so many days; what is left counts for one from `rounding` days on (45 of 90)."""
    return (days + quarter - rounding) // quarter


def begun_quarters(months: Any, low: Choose = min, high: Choose = max) -> Any:
    """Quarters in so many months, one begun counting whole. Months below 0 are none."""
    return (high(months, 0) + 2) // 3


def whole_quarters(months: Any, low: Choose = min, high: Choose = max) -> Any:
    """Quarters in so many months, whole ones only."""
    return high(months, 0) // 3


def decote_quarters(to_annulment: Any, missing: Any, ceiling: Any, low: Choose = min, high: Choose = max) -> Any:
    """The smaller of the quarters to the annulment age and of those missing in the duration, up to the ceiling."""
    return high(low(low(to_annulment, missing), ceiling), 0)


def surcote_quarters(after_age: Any, beyond: Any, ceiling: Any, low: Choose = min, high: Choose = max) -> Any:
    """The smaller of the quarters after the age and of those beyond the required duration, up to the ceiling."""
    return high(low(low(after_age, beyond), ceiling), 0)


def counted_quarters(
    services: Any, bonifications: Any, required: Any, maximum: Any, raised: Any, low: Choose = min, high: Choose = max
) -> Any:
    """What stands above the required duration in the percentage, times `maximum`: services up to the duration, then the
    bonifications, up to `raised` over `maximum` of it (75 and 80)."""
    return low((low(services, required) + bonifications) * maximum, required * raised)


def pension(pay: Any, counted: Any, required: Any, decote: Any, surcote: Any, hundred: int = 100) -> tuple[Any, Any]:
    """Pay × counted / (100 × required) × (1 − décote) × (1 + surcote), as a numerator and a denominator.

    `counted`: quarters times percent, as `counted_quarters` gives them. `decote`, `surcote`: in percent; or in eighths
    of one, whole numbers in every era, with `hundred` = 800: so it stays within 64 bits over columns of cents.
    """
    return pay * counted * (hundred - decote) * (hundred + surcote), required * 100 * hundred * hundred


def half_up(numerator: Any, denominator: Any) -> Any:
    """Whole numbers above 0 divided to the nearest one, a half upward (cents over columns)."""
    return (2 * numerator + denominator) // (2 * denominator)


def minimum_share(
    services: Any,
    share: Any,
    step: Any,
    step_after: Any,
    threshold: Any,
    short: Any,
    full: Any,
    low: Choose = min,
    high: Choose = max,
    hundred: int = 100,
) -> Any:
    """The part of the reference, in percent, from 15 years (`short` = 60 quarters) of services; all from `full` on.

    `hundred`: the whole, in the unit in which `share` and the steps are given (percent, or whole parts of one).
    """
    steps = (low(services, threshold) - short) * step + high(services - threshold, 0) * step_after
    return low(share + steps + high(services - full + 1, 0) * hundred, hundred)


def children_share(children: Any, three: Any, further: Any, low: Choose = min, high: Choose = max) -> Any:
    """The increase for children, in percent of the pension: none below three."""
    return low(high(children - 2, 0), 1) * three + high(children - 3, 0) * further
