"""The ways of rounding that the texts name. Each caller names the one that its own text asks for."""

import decimal
from decimal import Decimal

CENT, UNIT = Decimal("0.01"), Decimal(1)


def to_cent(amount: Decimal) -> Decimal:
    """To the nearest cent, half a cent upward (the ordinary rule of payslips)."""
    return amount.quantize(CENT, decimal.ROUND_HALF_UP)


def cut_to_cent(amount: Decimal) -> Decimal:
    """Truncated to the cent (the tables of the supplément familial de traitement)."""
    return amount.quantize(CENT, decimal.ROUND_DOWN)


def to_euro(amount: Decimal) -> Decimal:
    """To the nearest euro, 50 cents upward (payments to Ircantec; CSS L.130-1)."""
    return amount.quantize(UNIT, decimal.ROUND_HALF_UP)


def to_unit(number: Decimal) -> int:
    """To the nearest whole number, a half upward (points of Ircantec, each slice)."""
    return int(number.quantize(UNIT, decimal.ROUND_HALF_UP))


def up(number: Decimal) -> int:
    """To the whole number above, or itself (points of RAFP; quarters of décote)."""
    return int(number.to_integral_value(decimal.ROUND_CEILING))


def down(number: Decimal) -> int:
    """To the whole number below, or itself (obligation of employment of the FIPHFP)."""
    return int(number.to_integral_value(decimal.ROUND_FLOOR))


def to_places(number: Decimal, places: int) -> Decimal:
    """To so many decimals, half upward."""
    return number.quantize(Decimal(1).scaleb(-places), decimal.ROUND_HALF_UP)
