"""Durations as the CNRACL counts them: months of 30 days, quarters of 90, the rest rounded at 45 days."""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.parameters import value
from parvis.regulations.pensions import formulas
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import down

# The 45-day rule holds for pensions that take effect from 2004 on.
FIRST_DAY = datetime.date(2004, 1, 1)


@dataclass(frozen=True, slots=True)
class Quarters:
    """Quarters, and the days that are left and count for none."""

    quarters: int
    days: int = 0

    @property
    def in_words(self) -> str:
        """`28a3m`: years and months."""
        years, quarters = divmod(self.quarters, 4)
        return f"{years}a{quarters * 3}m"


def days_between(starts_on: datetime.date, ends_before: datetime.date) -> int:
    """Days of services from a day up to another one, in months of 30 days (a whole year is 360)."""
    first, last = min(starts_on.day, 30), min(ends_before.day, 30)
    return (ends_before.year - starts_on.year) * 360 + (ends_before.month - starts_on.month) * 30 + last - first


def days_of(text: str) -> int:
    """`28a4m14j`, `4m`, `14j` in days. Raises ValueError."""
    found = re.fullmatch(
        r"\s*(?:(\d+)\s*(?:ans?|a|y))?\s*(?:(\d+)\s*(?:mois|m))?\s*(?:(\d+)\s*(?:jours?|j|d))?\s*", text
    )
    if found is None or not any(found.groups()):
        raise ValueError(f"{text!r} is no duration such as 28a4m14j")
    years, months, days = (int(part or 0) for part in found.groups())
    return years * 360 + months * 30 + days


def rounded(days: int, effect: datetime.date = FIRST_DAY) -> Result[int]:
    """Quarters of so many days, the last 45 days or more counting for one. Raises ValueError below 0."""
    if days < 0:
        raise ValueError("a duration is not below 0")
    steps = Steps()
    quarter = value("cnracl_pensions.quarter_days", on=effect)
    rounding = value("cnracl_pensions.rounding_days", on=effect)
    found = formulas.rounded_quarters(days, int(quarter.value), int(rounding.value))
    return steps.close(
        steps.add(
            "Dans le décompte final, 45 jours ou plus comptent pour un trimestre, moins de 45 pour rien.",
            found,
            "décret 2003-1306, art. 16",
            quarter,
            rounding,
            jours=days,
        )
    )


def part_time(days: int, share: Decimal, *, kept_whole: bool = False) -> Result[tuple[Quarters, int]]:
    """What a part-time period counts: for the amount (pro rata), and for the insurance duration (whole).

    `days`: of the period, 360 a year. `share`: 0.8 for 80 %. `kept_whole`: counted as full time (surcotisation, part
    time of right for a child born from 2004 on). Raises ValueError for a share that is none.
    """
    if not 0 < share <= 1:
        raise ValueError("a share of working time is above 0 and at most 1")
    steps = Steps()
    quarter = int(value("cnracl_pensions.quarter_days", on=FIRST_DAY).value)
    counted = down(days * (Decimal(1) if kept_whole else share))
    found = Quarters(*divmod(counted, quarter))
    steps.add(
        "Les services à temps partiel comptent au prorata dans la liquidation, sauf surcotisation ou temps partiel "
        "de droit pour un enfant.",
        found.in_words,
        "décret 2003-1306, art. 13",
        jours=days,
        quotite=share,
        trimestres=found.quarters,
        jours_reste=found.days,
    )
    whole = steps.add(
        "Ils comptent en entier dans la durée d’assurance.", days // quarter, "décret 2003-1306, art. 21", jours=days
    )
    return steps.close((found, whole))
