"""The right to a pension: two years of services, ages, required quarters, annulment age, age limit.

Everything is read for a birth and a day of effect: the day decides which law applies (2003, 2010, 2014, 2023, its
suspension from 2026-09-01), the birth which row of it.
"""

import datetime
from decimal import Decimal

from parvis.regulations.parameters import NotKnown, Value, value
from parvis.regulations.parameters.tables import find, table
from parvis.regulations.parameters.tables import value as cell
from parvis.regulations.pensions.categories import Category
from parvis.regulations.periods import Age, add_months
from parvis.regulations.results import Result, Steps

SIXTY = Age(60)


def has_right(service_days: int, removed_on: datetime.date, *, invalid: bool = False) -> Result[bool]:
    """Whether services open the right to a pension: 2 years for who was removed from 2011-01-01 on, 15 before.

    `service_days`: effective services, 360 a year; an invalidity opens it without duration (décret 2003-1306, art. 7).
    """
    steps = Steps()
    if invalid:
        return steps.close(
            steps.add("L’invalidité ouvre le droit sans durée de services.", True, "décret 2003-1306, art. 7 2°")
        )
    wanted = value("cnracl_pensions.minimum_services", on=removed_on)
    return steps.close(
        steps.add(
            "Le droit à pension demande une durée de services effectifs.",
            service_days >= wanted.value * 360,
            "décret 2003-1306, art. 7 1°",
            wanted,
            jours_de_services=service_days,
        )
    )


def age_value(category: Category, birth: datetime.date, effect: datetime.date) -> Value:
    """The parameter behind `legal_age`, in months."""
    return cell(f"cnracl_pensions.{category.value}.age", on=effect, at=birth)


def opens_on(category: Category, birth: datetime.date, effect: datetime.date) -> datetime.date:
    """The day on which the right opens by age, under the law of a day of effect."""
    return add_months(birth, int(age_value(category, birth, effect).value))


def legal_age(category: Category, birth: datetime.date, effect: datetime.date) -> Result[Age]:
    """The age from which a pension may take effect: legal (sedentary), anticipated (active), lowered (super-active)."""
    steps = Steps()
    found = age_value(category, birth, effect)
    age = Age(*divmod(int(found.value), 12))
    steps.add(
        f"Âge d’ouverture du droit de la catégorie {category.french}, selon la naissance et la date d’effet.",
        age,
        "",
        found,
        naissance=birth,
        effet=effect,
    )
    return steps.close(age)


def legal_date(category: Category, birth: datetime.date) -> datetime.date:
    """The first day on which a pension may take effect by age: the first law under which one is old enough.

    The age is compared within the days on which each law applies: who is not old enough on its last day waits for the
    next one, and leaves on the first day of that one where it asks for less.
    """
    starts = _starts(category)
    for start, before in zip(starts, [*starts[1:], None], strict=True):
        try:
            day = max(opens_on(category, birth, start), start)
        except NotKnown:
            continue
        if before is None or day < before:
            return day
    raise NotKnown("no law says the age of this generation")


def _starts(category: Category) -> list[datetime.date]:
    return [one.valid_from for one in table(f"cnracl_pensions.{category.value}").versions]


def required_quarters(
    category: Category,
    birth: datetime.date,
    effect: datetime.date,
    *,
    opened_on: datetime.date | None = None,
) -> Result[Decimal]:
    """Quarters needed for the full percentage and to escape the décote.

    A right that opens before 60 by another way than the age of a category (long career) gives its day as `opened_on`:
    its duration is that of the day of opening, and does not move when one leaves later.
    """
    steps = Steps()
    found = _required(category, birth, effect, opened_on)
    rule = "Trimestres requis selon la naissance et la date d’effet."
    if found.name.endswith("opening_quarters.quarters"):
        rule = "Trimestres requis de qui peut partir avant 60 ans : ceux du jour où le droit s’ouvre."
    steps.add(
        rule,
        found.value,
        "",
        found,
        naissance=birth,
        effet=effect,
        ouverture=opened_on or opens_on(category, birth, effect),
    )
    return steps.close(found.value)


def _required(
    category: Category, birth: datetime.date, effect: datetime.date, opened_on: datetime.date | None
) -> Value:
    if opened_on is not None and opened_on < SIXTY.reached_on(birth):
        try:
            return cell("cnracl_pensions.early_opening_quarters.quarters", on=effect, at=opened_on)
        except NotKnown:
            # The right opened before that table begins: the rule that it took the place of still applies.
            return cell("cnracl_pensions.opening_quarters.quarters", on=effect, at=opened_on)
    own = find(f"cnracl_pensions.{category.value}.quarters", on=effect, at=birth)
    if own is not None:
        return own
    if category is Category.SEDENTARY:
        raise NotKnown(f"the duration of the generation of {birth:%Y-%m-%d} was not fixed on {effect:%Y-%m-%d}")
    return cell("cnracl_pensions.opening_quarters.quarters", on=effect, at=opens_on(category, birth, effect))


def age_limit(category: Category, birth: datetime.date, effect: datetime.date) -> Result[Age]:
    """The age at which one is removed: 67, 62 or 57 at the end of the transitions."""
    steps = Steps()
    found = cell(f"cnracl_pensions.age_limit.{category.value}", on=effect, at=birth)
    age = Age(*divmod(int(found.value), 12))
    steps.add(f"Limite d’âge de la catégorie {category.french}.", age, "", found, naissance=birth)
    return steps.close(age)


def annulment_age(category: Category, birth: datetime.date, effect: datetime.date) -> Result[Age]:
    """The age at which there is no décote any more: the age limit, less quarters until rights opened in 2019.

    The quarters are those of the day on which the right opens by age, or of the day of effect where one leaves before.
    """
    steps = Steps()
    limit = cell(f"cnracl_pensions.age_limit.{category.value}", on=effect, at=birth)
    opened = min(opens_on(category, birth, effect), effect)
    less = cell("cnracl_pensions.decote.before_limit", on=effect, at=opened)
    age = Age(*divmod(int(limit.value - 3 * less.value), 12))
    steps.add(
        "Âge d’annulation de la décote : la limite d’âge, moins les trimestres de l’année où le droit s’ouvre.",
        age,
        "décret 2003-1306, art. 20 et 65",
        limit,
        less,
        ouverture=opened,
    )
    return steps.close(age)


def surcote_age(category: Category, birth: datetime.date, effect: datetime.date) -> Result[Age]:
    """The age from which quarters make a surcote: that of the category, plus 5 years (active) or 10 (super-active)."""
    steps = Steps()
    found = age_value(category, birth, effect)
    values = [found]
    months = int(found.value)
    if category is not Category.SEDENTARY:
        more = value(f"cnracl_pensions.{category.value}_surcote_years", on=max(effect, datetime.date(2004, 1, 1)))
        values.append(more)
        months += 12 * int(more.value)
    age = Age(*divmod(months, 12))
    steps.add("Âge à partir duquel les trimestres font une surcote.", age, "CPCMR L.14 III", *values, naissance=birth)
    return steps.close(age)
