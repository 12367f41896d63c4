"""Leaving before the legal age: long careers, disability."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.parameters import NotKnown, Value, value
from parvis.regulations.parameters.tables import find, table, version
from parvis.regulations.parameters.tables import value as cell
from parvis.regulations.pensions import rights
from parvis.regulations.pensions.categories import Category, laws
from parvis.regulations.periods import Age
from parvis.regulations.results import Result, Steps

# The doors of long careers: their column, the age before which one must have begun.
DOORS = (
    ("before_16_more", 16),
    ("before_16", 16),
    ("before_17", 17),
    ("before_18", 18),
    ("before_20", 20),
    ("before_21", 21),
)


@dataclass(frozen=True, slots=True)
class Door:
    """A way out for a long career: from what age, for who began before what age, with how many contributed quarters."""

    began_before: int
    age: Age
    contributed: Decimal


def start_quarters(birth: datetime.date, effect: datetime.date) -> int:
    """Quarters wanted by the end of the calendar year of the birthday: 5, or 4 for who is born from October on."""
    autumn = value("cnracl_pensions.long_career_autumn_month", on=effect)
    name = "long_career_start_autumn" if birth.month >= autumn.value else "long_career_start"
    return int(value(f"cnracl_pensions.{name}", on=effect).value)


def doors(
    birth: datetime.date, effect: datetime.date, *, generation_only: bool = False, reached: bool = False
) -> Result[tuple[Door, ...]]:
    """The doors of long careers open to a generation for a day of effect (CPCMR L.25 bis, D.16-1; CSS D.351-1-1).

    The contributed duration is the required one, and more for some doors before 2023. Where the right opens before 60
    it is that of the day of opening (loi 2023-270, art. 10 XXIV C); `generation_only` leaves that rule of the civil
    service out, as the general scheme does. `reached`: only those whose age is reached on that day.
    """
    steps = Steps()
    found = []
    for column, began_before in DOORS:
        age = find(f"cnracl_early.long_career.{column}", on=effect, at=birth)
        if age is None:
            continue
        years = Age(*divmod(int(age.value), 12))
        if reached and effect < years.reached_on(birth):
            continue
        opened = None if generation_only else years.reached_on(birth)
        required = steps.extend(rights.required_quarters(Category.SEDENTARY, birth, effect, opened_on=opened))
        extra = extra_quarters(column, birth, effect)
        values = [age] if extra is None else [age, extra]
        door = Door(began_before, years, required + (extra.value if extra else 0))
        steps.add(
            f"Carrière longue : début avant {began_before} ans, {start_quarters(birth, effect)} trimestres à la fin de "
            "cette année-là, durée cotisée égale à la durée requise (et un supplément jusqu’en 2023).",
            f"{door.age} avec {door.contributed} trimestres cotisés",
            "",
            *values,
            naissance=birth,
            effet=effect,
        )
        found.append(door)
    return steps.close(tuple(found))


def extra_quarters(column: str, birth: datetime.date, effect: datetime.date) -> Value | None:
    """Contributed quarters that a door asks for beyond the required duration, None where there are none."""
    name = {"before_16_more": "extra_16_more", "before_16": "extra_16"}.get(column)
    return None if name is None else find(f"cnracl_early.long_career.{name}", on=effect, at=birth)


def door_for(doors_open: tuple[Door, ...], began_before: int) -> Door | None:
    """The door of who began before an age; where there are two, the one that asks for fewer contributed quarters.

    Who began before 18 also passes by the door for 20, so the next one stands in where their own does not exist.
    """
    own = [one for one in doors_open if one.began_before >= began_before]
    return min(own, key=lambda one: (one.began_before, one.contributed), default=None)


def latest_law(birth: datetime.date) -> datetime.date:
    """A day of effect under the law in force that reaches a generation: the last one, or that of its legal age."""
    last = max(laws().values())
    reached = rights.legal_date(Category.SEDENTARY, birth)
    starts = [one.valid_from for one in table("cnracl_early.long_career").versions]
    return reached if reached < starts[-2] else last


@dataclass(frozen=True, slots=True)
class DisabilityDuration:
    """Quarters that a disabled agent must have: contributed, and validated (None where there is no such condition)."""

    contributed: Decimal
    validated: Decimal | None


def disability(birth: datetime.date, age: int, effect: datetime.date) -> Result[DisabilityDuration]:
    """The durations for an early departure of a disabled agent (50 % or more) at an age in years (55 to 59).

    From 59 to the legal age those of 59 hold. Raises NotKnown below 55 and before 2004.
    """
    steps = Steps()
    years = Decimal(age * 12)
    base = "cnracl_early.disability"
    law = laws()["2014-40"]
    required = cell("cnracl_pensions.sedentary.quarters", on=law, at=birth)
    less = cell(f"{base}.contributed_less", on=effect, at=years)
    validated_less = find(f"{base}.validated_less", on=effect, at=years)
    found = DisabilityDuration(
        required.value - less.value, None if validated_less is None else required.value - validated_less.value
    )
    steps.add(
        "Départ anticipé pour handicap : la durée requise de la génération (loi de 2014), moins des trimestres selon "
        "l’âge; plus de durée validée depuis septembre 2023.",
        f"{found.contributed} trimestres cotisés" + ("" if found.validated is None else f", {found.validated} validés"),
        "décret 2003-1306, art. 25",
        required,
        less,
        *([] if validated_less is None else [validated_less]),
        age=age,
        effet=effect,
    )
    return steps.close(found)


def first_disability_age() -> int:
    """The youngest age of that departure."""
    held, _ = version("cnracl_early.disability", on=max(laws().values()))
    youngest = held.rows[0].at
    if not isinstance(youngest, Decimal):
        raise NotKnown("the table of disability is read by age")
    return int(youngest) // 12
