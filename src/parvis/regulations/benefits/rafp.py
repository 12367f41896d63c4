"""RAFP: points of a year, and the benefit: annuity, capital, or capital in two parts."""

import datetime
import enum
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.given import not_negative, value_or_given
from parvis.regulations.parameters import NotKnown, Value, value
from parvis.regulations.parameters.tables import value as cell
from parvis.regulations.parameters.tables import version
from parvis.regulations.pensions.categories import Category
from parvis.regulations.pensions.rights import legal_age
from parvis.regulations.periods import Age, add_months, age_on
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent, to_places, up

SOURCE = "décret 2004-569 art. 8 et 9 ; arrêté du 26 novembre 2004"


class Form(enum.Enum):
    """How the benefit is paid."""

    NOT_OPEN = "non_ouverte"
    ANNUITY = "rente"
    CAPITAL = "capital"
    TWO_PARTS = "capital_fractionne"


@dataclass(frozen=True, slots=True)
class RafpClaim:
    """What a benefit is computed from.

    `on`: the day on which it takes effect. `birth`: without it the age must be given, and whether the right is open is
    then read from the scale alone. `base_pension_on`: the day on which the pension of the base scheme took effect; the
    same as `on` unless given. `service_value`: that of the day unless given. `increase_on`, `conversion_on`: a day on
    which another scale was in force, for who recomputes an old benefit; `on` unless given.
    """

    points: Decimal
    on: datetime.date
    birth: datetime.date | None = None
    age: Age | None = None
    base_pension_on: datetime.date | None = None
    service_value: Decimal | None = None
    increase_on: datetime.date | None = None
    conversion_on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class RafpBenefit:
    """The benefit, in euros. What does not apply to its form is None.

    `annuity`: for a year; `monthly`: for a month. `first_part` is paid in as many monthly amounts as the era's rule
    says, the `balance` the month after. `between`: the points would allow two parts, but the base pension is too old.
    """

    form: Form
    legal_age: Age | None
    increase: Decimal | None = None
    conversion: Decimal | None = None
    annuity: Decimal | None = None
    monthly: Decimal | None = None
    capital: Decimal | None = None
    first_part: Decimal | None = None
    balance: Decimal | None = None
    between: bool = False


def points(contributions: Decimal, *, on: datetime.date, acquisition_value: Decimal | None = None) -> Result[int]:
    """Points of a year: contributions of agent and employer (euros) / acquisition value, rounded up to the whole.

    Raises ValueError for less than nothing, NotKnown for a year without value. Source: service-public F12387.
    """
    not_negative(contributions=contributions)
    steps = Steps()
    price = value_or_given("rafp.point_acquisition", acquisition_value, on=on)
    _positive(price)
    return steps.close(
        steps.add(
            "Points : cotisations de l’agent et de l’employeur ÷ valeur d’acquisition, arrondi à l’entier supérieur.",
            up(contributions / price.value),
            "service-public.fr F12387",
            price,
            cotisations=contributions,
        )
    )


def contributions_on(base: Decimal, *, on: datetime.date) -> Result[Decimal]:
    """What agent and employer pay on a base of a year, in euros: each share to the cent."""
    not_negative(base=base)
    steps = Steps()
    agent, employer = value("rafp.agent_rate", on=on), value("rafp.employer_rate", on=on)
    return steps.close(
        steps.add(
            "Cotisations de l’agent et de l’employeur sur l’assiette.",
            to_cent(base * agent.rate) + to_cent(base * employer.rate),
            "",
            agent,
            employer,
            assiette=base,
        )
    )


def scale(name: str, age: Age, on: datetime.date) -> Result[Decimal]:
    """The coefficient of a scale (`increase`, `conversion`) at an age in whole months, in the version of a day.

    Between two ages it is interpolated by whole months and rounded to 2 decimals before it multiplies: the official
    simulator does so, the texts are silent. After the last age it does not change. Raises NotKnown before the first.
    """
    steps = Steps()
    held, _ = version(f"rafp.{name}", on=on)
    low = cell(f"rafp.{name}.coefficient", on=on, at=Decimal(age.years * 12))
    high = cell(f"rafp.{name}.coefficient", on=on, at=Decimal(age.years * 12 + 12))
    last = held.rows[-1].at
    between = age.months and Decimal(age.in_months) < last  # type: ignore[operator]  # ages are months, never days
    found = low.value
    if between:
        found = to_places(low.value + (high.value - low.value) * age.months / 12, 2)
    steps.add(
        "Coefficient du barème à l’âge révolu"
        + (", interpolé par mois entier et arrondi à deux décimales." if between else "."),
        found,
        SOURCE,
        *((low, high) if between else (low,)),
        age=age,
        bareme=held.valid_from,
    )
    return steps.close(found)


def benefit(claim: RafpClaim) -> Result[RafpBenefit]:
    """The benefit of a claim: whether it is open, in which form, and how much, in euros to the cent, half upward.

    It opens at the sedentary legal age (CSS L.161-17-2), read for the birth and the day of effect. From 5 125 points on
    it is an annuity: points × service value × increase / 12 a month. Below, a capital: the yearly annuity × conversion;
    within the range of the era it is paid in two parts, unless the base pension took effect too long before.
    Raises ValueError (neither birth nor age, nothing to pay), NotKnown (a year without value).
    """
    not_negative(points=claim.points)
    steps = Steps()
    if claim.birth is None and claim.age is None:
        raise ValueError("a birth or an age is needed")
    age = claim.age or age_on(claim.birth, claim.on)  # type: ignore[arg-type]  # one of both is given
    wanted: Age | None = None
    if claim.birth is not None:
        wanted = steps.extend(legal_age(Category.SEDENTARY, claim.birth, claim.on))
        is_open = wanted.reached_on(claim.birth) <= claim.on
    else:
        first = version("rafp.increase", on=claim.increase_on or claim.on)[0].rows[0].at
        is_open = Decimal(age.in_months) >= first  # type: ignore[operator]  # ages are months, never days
    if not is_open:
        steps.add(
            "La prestation s’ouvre à l’âge légal de la retraite : elle n’est pas encore ouverte.",
            Form.NOT_OPEN.value,
            "CSS L.161-17-2 ; décret 2004-569 art. 6",
            age=age,
            effet=claim.on,
        )
        return steps.close(RafpBenefit(Form.NOT_OPEN, wanted))
    service = value_or_given("rafp.point_service", claim.service_value, on=claim.on)
    _positive(service)
    increase = steps.extend(scale("increase", age, claim.increase_on or claim.on))
    exact = claim.points * service.value * increase
    annuity = steps.add(
        "Rente annuelle : points × valeur de service × coefficient de majoration.",
        to_cent(exact),
        SOURCE,
        service,
        points=claim.points,
        majoration=increase,
    )
    monthly = steps.add("Rente mensuelle : un douzième.", to_cent(exact / 12), SOURCE, rente_annuelle=annuity)
    threshold = value("rafp.annuity_from_points", on=claim.on)
    form, months, between = _form(claim, threshold, steps)
    if form is Form.ANNUITY:
        return steps.close(RafpBenefit(form, wanted, increase, None, annuity, monthly))
    conversion = steps.extend(scale("conversion", age, claim.conversion_on or claim.on))
    capital = steps.add(
        "Capital : rente annuelle × coefficient de conversion.",
        to_cent(exact * conversion),
        SOURCE,
        rente_annuelle=exact,
        conversion=conversion,
    )
    if months is None:
        return steps.close(RafpBenefit(form, wanted, increase, conversion, annuity, monthly, capital, between=between))
    first_part = steps.add(
        "Première fraction du capital : autant de mois de rente que la règle en compte.",
        to_cent(exact / 12 * months.value),
        "",
        months,
        rente_annuelle=exact,
    )
    balance = steps.add(
        f"Solde du capital, versé le {months.value + 1}e mois.", capital - first_part, "", capital=capital
    )
    return steps.close(RafpBenefit(form, wanted, increase, conversion, annuity, monthly, capital, first_part, balance))


def _form(claim: RafpClaim, threshold: Value, steps: Steps) -> tuple[Form, Value | None, bool]:
    """The form; the months of the first part where there are two; whether only the base pension's age forbids them."""
    if claim.points >= threshold.value:
        steps.add("La prestation est une rente mensuelle.", Form.ANNUITY.value, "", threshold, points=claim.points)
        return Form.ANNUITY, None, False
    try:
        lowest = value("rafp.two_part_from_points", on=claim.on)
    except NotKnown:
        lowest = None
    if lowest is None or claim.points < lowest.value:
        used = (threshold,) if lowest is None else (threshold, lowest)
        steps.add("La prestation est un capital versé en une fois.", Form.CAPITAL.value, "", *used, points=claim.points)
        return Form.CAPITAL, None, False
    if claim.base_pension_on is not None:
        try:
            within = value("rafp.two_part_within_months", on=claim.on)
        except NotKnown:
            within = None
        if within is not None and add_months(claim.base_pension_on, int(within.value)) < claim.on:
            steps.add(
                "La pension de base a pris effet il y a trop longtemps : le capital est versé en une fois.",
                Form.CAPITAL.value,
                "",
                lowest,
                within,
                pension_de_base=claim.base_pension_on,
            )
            return Form.CAPITAL, None, True
    else:
        steps.warn("La date d’effet de la pension de base n’est pas donnée : elle est supposée être la même.")
    months = value("rafp.two_part_months", on=claim.on)
    steps.add("Le capital est versé en deux fractions.", Form.TWO_PARTS.value, "", threshold, lowest, months)
    return Form.TWO_PARTS, months, False


def _positive(given: Value) -> None:
    if given.value <= 0:
        raise ValueError(f"{given.name}: {given.value} is no value of a point")
