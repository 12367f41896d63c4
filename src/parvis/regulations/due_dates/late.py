"""What paying late costs: the surcharges of each fund, by era."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.given import not_negative
from parvis.regulations.parameters import Value, parameter, value
from parvis.regulations.periods import add_months, whole_months
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent

MONTHS_A_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Surcharge:
    """Majorations de retard in euros: the one that is due at once, and the one that grows."""

    initial: Decimal
    growing: Decimal

    @property
    def total(self) -> Decimal:
        return self.initial + self.growing


NOTHING = Surcharge(Decimal("0.00"), Decimal("0.00"))


def cnracl(
    amount: Decimal, *, due_on: datetime.date, paid_on: datetime.date, noticed_on: datetime.date | None = None
) -> Result[Surcharge]:
    """What is added to a contribution to the CNRACL (ATIACL and FEH alike) in euros, by the day it was due.

    Due until 2016-09-30: 10 %, and 5 % per quarter or fraction after three months (décret 2007-173 art. 7). Then 5 %,
    and per month or fraction from the due date 0.4 % (décret 2016-1079), since 2018 0.2 % (décret 2018-174, CSS
    R.243-16), or 0.1 % where it is paid within 30 days of a formal notice (`noticed_on`, CSS R.243-17). Raises
    ValueError (below zero, notice after payment), NotKnown (before 2007).
    """
    not_negative(amount=amount)
    steps = Steps()
    if paid_on <= due_on:
        return _in_time(steps, "décret 2007-173 art. 7 ; CSS R.243-16")
    initial = _initial(amount, value("cnracl.late_initial_rate", on=due_on), steps)
    if due_on < parameter("cnracl.late_month_rate").values[0].valid_from:
        growing = _by_quarters(amount, "cnracl", due_on, months_late(due_on, paid_on), on=due_on, steps=steps)
    else:
        growing = _by_months(amount, _rate_after_notice(due_on, paid_on, noticed_on), due_on, paid_on, steps)
    return steps.close(Surcharge(initial, growing))


def ircantec(
    amount: Decimal, *, due_on: datetime.date, paid_on: datetime.date, period: datetime.date | None = None
) -> Result[Surcharge]:
    """What is added to a contribution to the Ircantec in euros, by the period for which it is due.

    Since 2008: 5 %, and per month or fraction from the due date 0.4 %, since 2018 0.2 %. `period`: the last month it
    covers, the one before the due date unless given. Earlier periods: see `ircantec_by_months`. Raises ValueError,
    NotKnown. Source: baseircantec.retraites.fr, majorations de retard.
    """
    not_negative(amount=amount)
    of = period or add_months(due_on.replace(day=1), -1)
    steps = Steps()
    if paid_on <= due_on:
        return _in_time(steps, "baseircantec.retraites.fr, majorations de retard")
    initial = _initial(amount, value("ircantec.late_initial_rate", on=of), steps)
    if of < parameter("ircantec.late_month_rate").values[0].valid_from:
        growing = _by_quarters(amount, "ircantec", due_on, months_late(due_on, paid_on), on=of, steps=steps)
    else:
        growing = _by_months(amount, value("ircantec.late_month_rate", on=of), due_on, paid_on, steps)
    return steps.close(Surcharge(initial, growing))


def ircantec_by_months(amount: Decimal, *, period: datetime.date, months: int) -> Result[Surcharge]:
    """The same where only the number of months late, or begun, is known.

    Before 2008: 10 %, and per quarter or fraction 2 % (2001-07 to 2007), 3 % (from 1996), 3.5 % (from 1990-12), 5 %
    (from 1989-02); where the quarters begin is not said on the page: after three months, as in the general scheme then,
    and the result is uncertain. Raises ValueError, NotKnown (before 1989-02).
    """
    not_negative(amount=amount, months=Decimal(months))
    steps = Steps()
    if not months:
        return _in_time(steps, "baseircantec.retraites.fr, majorations de retard")
    initial = _initial(amount, value("ircantec.late_initial_rate", on=period), steps)
    if period < parameter("ircantec.late_month_rate").values[0].valid_from:
        growing = _by_quarters(amount, "ircantec", None, months, on=period, steps=steps)
    else:
        growing = _by_number_of_months(amount, value("ircantec.late_month_rate", on=period), months, steps)
    return steps.close(Surcharge(initial, growing))


def rafp(amount: Decimal, *, due_on: datetime.date, paid_on: datetime.date) -> Result[Surcharge]:
    """What is added to a contribution to the RAFP in euros: 10 %, and 0.5 % per month elapsed after three months.

    Only whole months count (« mois écoulé »), which no official example confirms. Payable 15 days after notice. Raises
    ValueError, NotKnown. Source: décret 2004-569 art. 13.
    """
    not_negative(amount=amount)
    steps = Steps()
    if paid_on <= due_on:
        return _in_time(steps, "décret 2004-569 art. 13")
    initial = _initial(amount, value("rafp.late_initial_rate", on=due_on), steps)
    rate, after = value("rafp.late_month_rate", on=due_on), value("rafp.late_months_after", on=due_on)
    begins = add_months(due_on, int(after.value))
    months = whole_months(begins, paid_on) if paid_on > begins else 0
    growing = steps.add(
        "Majoration complémentaire : par mois écoulé après trois mois.",
        to_cent(amount * rate.rate * months),
        "",
        rate,
        after,
        uncertain=paid_on > begins,
        mois_ecoules=months,
    )
    return steps.close(Surcharge(initial, growing))


def months_late(due_on: datetime.date, paid_on: datetime.date) -> int:
    """Months from a due date to a payment, the one begun counted as whole; 0 in time."""
    if paid_on <= due_on:
        return 0
    months = whole_months(due_on, paid_on)
    return months if add_months(due_on, months) == paid_on else months + 1


def _in_time(steps: Steps, source: str) -> Result[Surcharge]:
    return steps.close(steps.add("Payé à temps : pas de majoration.", NOTHING, source))


def _initial(amount: Decimal, rate: Value, steps: Steps) -> Decimal:
    initial: Decimal = steps.add(
        "Majoration initiale : montant payé en retard × taux.", to_cent(amount * rate.rate), "", rate, montant=amount
    )
    return initial


def _by_months(amount: Decimal, rate: Value, due_on: datetime.date, paid_on: datetime.date, steps: Steps) -> Decimal:
    return _by_number_of_months(amount, rate, months_late(due_on, paid_on), steps)


def _by_number_of_months(amount: Decimal, rate: Value, months: int, steps: Steps) -> Decimal:
    growing: Decimal = steps.add(
        "Majoration complémentaire : par mois ou fraction de mois depuis l’échéance.",
        to_cent(amount * rate.rate * months),
        "",
        rate,
        mois=months,
    )
    return growing


def _by_quarters(
    amount: Decimal, scheme: str, due_on: datetime.date | None, months: int, *, on: datetime.date, steps: Steps
) -> Decimal:
    rate, after = value(f"{scheme}.late_quarter_rate", on=on), value(f"{scheme}.late_quarters_after_months", on=on)
    quarters = max(0, -(-(months - int(after.value)) // MONTHS_A_QUARTER))
    growing: Decimal = steps.add(
        "Majoration complémentaire : par trimestre ou fraction de trimestre, après trois mois.",
        to_cent(amount * rate.rate * quarters),
        "",
        rate,
        after,
        trimestres=quarters,
        echeance=due_on,
    )
    return growing


def _rate_after_notice(due_on: datetime.date, paid_on: datetime.date, noticed_on: datetime.date | None) -> Value:
    rate = value("cnracl.late_month_rate", on=due_on)
    lower = parameter("cnracl.late_month_rate_after_notice").values[0]
    if noticed_on is None or due_on < lower.valid_from:
        return rate
    if noticed_on > paid_on:
        raise ValueError("a formal notice comes before the payment that follows it")
    days = value("cnracl.late_notice_days", on=due_on)
    if (paid_on - noticed_on).days <= days.value:
        return value("cnracl.late_month_rate_after_notice", on=due_on)
    return rate
