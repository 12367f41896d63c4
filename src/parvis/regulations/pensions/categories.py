"""Categories of employment: sedentary, active, super-active."""

import datetime
import enum
from decimal import Decimal

from parvis.regulations.parameters import tables
from parvis.regulations.parameters.tables import value as cell
from parvis.regulations.results import Result, Steps


class Category(enum.Enum):
    """The category under which somebody leaves."""

    SEDENTARY = "sedentary"
    ACTIVE = "active"
    SUPER_ACTIVE = "super_active"

    @property
    def french(self) -> str:
        return {"sedentary": "sédentaire", "active": "active", "super_active": "super-active"}[self.value]


def services_threshold(category: Category, reached_on: datetime.date) -> Result[Decimal]:
    """Months of classified services that open the age of a category.

    `reached_on`: the day on which 15 years (active) or 25 years (super-active) of them were reached; the threshold
    rises to 17 and 27 years from 2011-07-01 to 2015 (loi 2010-1330). Raises ValueError for the sedentary category.
    """
    if category is Category.SEDENTARY:
        raise ValueError("the sedentary category asks for no classified services")
    steps = Steps()
    found = cell(f"cnracl_early.active_services.{category.value}", on=reached_on, at=reached_on)
    steps.add(
        f"La catégorie {category.french} demande une durée de services classés fixée au jour où l’ancienne durée "
        "est atteinte.",
        found.value,
        "",
        found,
        jour=reached_on,
    )
    return steps.close(found.value)


def keeps_category(category: Category, months: Decimal, reached_on: datetime.date) -> Result[bool]:
    """Whether so many months of classified services open the age of a category."""
    steps = Steps()
    wanted = steps.extend(services_threshold(category, reached_on))
    return steps.close(
        steps.add(
            "Les services classés atteignent la durée demandée.",
            months >= wanted,
            "décret 2003-1306, art. 25",
            mois_de_services=months,
            mois_demandes=wanted,
        )
    )


def laws() -> dict[str, datetime.date]:
    """The laws of ages and durations, and the first day of the pensions to which each applies."""
    return {one.law: one.valid_from for one in tables.table("cnracl_pensions.sedentary").versions}
