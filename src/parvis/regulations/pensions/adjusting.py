"""Décote and surcote, of each era."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.parameters import NotKnown, Value, value
from parvis.regulations.parameters.tables import value as cell
from parvis.regulations.pensions import formulas, rights
from parvis.regulations.pensions.categories import Category
from parvis.regulations.periods import Age, add_months, whole_months
from parvis.regulations.results import Result, Steps

NO_CEILING = 10_000


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Quarters, the percentage of each, and what they make together in percent of the pension."""

    quarters: int
    rate: Decimal

    @property
    def percent(self) -> Decimal:
        return self.quarters * self.rate


NONE = Adjustment(0, Decimal(0))


def begun_months(start: datetime.date, end: datetime.date) -> int:
    """Months from a day to another one, one begun counting whole; 0 where the end has passed."""
    if end <= start:
        return 0
    months = whole_months(start, end)
    return months if add_months(start, months) == end else months + 1


def decote(
    category: Category,
    birth: datetime.date,
    effect: datetime.date,
    *,
    insured: int,
    required: Decimal,
    annulment: Age | None = None,
    exempt: str = "",
) -> Result[Adjustment]:
    """What is taken off (décret 2003-1306, art. 20 I; loi 2003-775, art. 66 III).

    `insured`: quarters of insurance, all schemes. `annulment`: the age of annulment where it is given and not to be
    found. `exempt`: a reason for which there is none (disability of 50 % or more, invalidity, death in service).
    The rate is that of the year in which the right opened by age, or in which one left where that is earlier.
    """
    steps = Steps()
    if exempt:
        return steps.close(steps.add(f"Pas de décote : {exempt}.", NONE, "décret 2003-1306, art. 20 I"))
    opened = min(rights.opens_on(category, birth, effect), effect)
    rate = cell("cnracl_pensions.decote.rate", on=effect, at=opened)
    if not rate.value:
        return steps.close(
            steps.add("Pas de décote pour un droit ouvert avant 2006.", NONE, "", rate, ouverture=opened)
        )
    age = annulment or steps.extend(rights.annulment_age(category, birth, effect))
    ceiling = value("cnracl_pensions.decote_quarters", on=effect)
    to_age = formulas.begun_quarters(begun_months(effect, age.reached_on(birth)))
    missing = max(int(required) - insured, 0)
    quarters = formulas.decote_quarters(to_age, missing, int(ceiling.value))
    found = Adjustment(quarters, rate.value)
    steps.add(
        "Décote : le plus petit nombre entre les trimestres qui séparent de l’âge d’annulation (arrondis au "
        "supérieur) et ceux qui manquent, 20 au plus, au taux de l’année où le droit s’ouvre.",
        found.percent,
        "décret 2003-1306, art. 20 I",
        rate,
        ceiling,
        ouverture=opened,
        age_annulation=age,
        trimestres_jusqu_a_l_age=to_age,
        trimestres_manquants=missing,
        trimestres_de_decote=quarters,
    )
    return steps.close(found)


def surcote(
    category: Category,
    birth: datetime.date,
    effect: datetime.date,
    *,
    insured: int | None,
    required: Decimal | None,
    ends_before: datetime.date | None = None,
    has_child_quarters: bool = False,
) -> Result[Adjustment]:
    """What is added (décret 2003-1306, art. 20 II; CPCMR L.14 III).

    `insured`: quarters of insurance without the bonifications that are neither for children nor for disability; None
    where only the quarters after the age are asked for. `ends_before`: the first day without work, the day of effect
    where it is not given. `has_child_quarters`: at least one quarter was given for a child (parental surcote).
    """
    steps = Steps()
    end = ends_before or effect
    try:
        rate = value("cnracl_pensions.surcote_rate", on=effect)
    except NotKnown:
        return steps.close(steps.add("Pas de surcote avant 2004.", NONE, "loi 2003-775, art. 51", effet=effect))
    age = steps.extend(rights.surcote_age(category, birth, effect))
    reached = age.reached_on(birth)
    first = value("cnracl_pensions.surcote_rate", on=datetime.date(2004, 1, 1)).valid_from
    begun = value("cnracl_pensions.surcote_begun_quarters", on=effect)
    after = _quarters_between(max(reached, first), end, bool(begun.value))
    before = _parental(steps, age, reached, effect, end) if has_child_quarters else 0
    ceiling = _ceiling(effect)
    beyond = NO_CEILING if insured is None or required is None else max(insured - int(required), 0)
    quarters = formulas.surcote_quarters(after + before, beyond, int(ceiling.value) if ceiling else NO_CEILING)
    found = Adjustment(quarters, rate.value)
    steps.add(
        "Surcote : le plus petit nombre entre les trimestres accomplis après l’âge (et depuis 2004) et ceux qui "
        "dépassent la durée requise; trimestres entiers, commencés pour un effet avant 2009.",
        found.percent,
        "décret 2003-1306, art. 20 II",
        rate,
        begun,
        *([ceiling] if ceiling else []),
        age_atteint=reached,
        fin=end,
        trimestres_apres_l_age=after,
        trimestres_avant_l_age_pour_enfant=before,
        trimestres_au_dela=None if beyond == NO_CEILING else beyond,
        trimestres_de_surcote=quarters,
        # Another reading gives the quarters of before 2009 the rate of their own day.
        uncertain=bool(quarters) and max(reached, first) < rate.valid_from,
    )
    return steps.close(found)


def _quarters_between(start: datetime.date, end: datetime.date, begun: bool) -> int:
    if end <= start:
        return 0
    if begun:
        return int(formulas.begun_quarters(begun_months(start, end)))
    return int(formulas.whole_quarters(whole_months(start, end)))


def _ceiling(effect: datetime.date) -> Value | None:
    try:
        return value("cnracl_pensions.surcote_quarters", on=effect)
    except NotKnown:
        return None


def _parental(steps: Steps, age: Age, reached: datetime.date, effect: datetime.date, end: datetime.date) -> int:
    try:
        from_age = value("cnracl_pensions.parental_surcote_age", on=effect)
    except NotKnown:
        return 0
    if age.in_months < from_age.value * 12:
        return 0
    months = value("cnracl_pensions.parental_surcote_months", on=effect)
    most = value("cnracl_pensions.parental_surcote_quarters", on=effect)
    start = add_months(reached, -int(months.value))
    quarters = min(_quarters_between(start, min(end, reached), begun=False), int(most.value))
    steps.add(
        "Surcote parentale : les trimestres de l’année qui précède l’âge de la surcote, quand il est d’au moins 63 ans "
        "et qu’un trimestre est accordé pour un enfant.",
        quarters,
        "CPCMR L.14 III; CSS L.351-1-2-1",
        from_age,
        months,
        most,
        depuis=start,
    )
    return quarters
