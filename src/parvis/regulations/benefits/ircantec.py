"""Ircantec: points of a year, coefficients, surcote, children, the pension, and the survivor's."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.given import not_negative, value_or_given
from parvis.regulations.parameters import Value, value
from parvis.regulations.parameters.tables import value as cell
from parvis.regulations.parameters.tables import version
from parvis.regulations.periods import Age, add_months
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent, to_unit

NOTE_POINTS = "arrêté du 30 décembre 1970 art. 10 ; baseircantec.retraites.fr (node/376)"
NOTE_COEFFICIENT = "arrêté du 30 décembre 1970 art. 16 ; baseircantec.retraites.fr (node/1513)"
NOTE_SURCOTE = "baseircantec.retraites.fr (node/1694)"
NOTE_SURVIVOR = "arrêté du 30 décembre 1970 ; info-retraite.fr, réversion"


@dataclass(frozen=True, slots=True)
class IrcantecPoints:
    """The points of a year by slice, and what they rest on, in euros."""

    points_a: int
    points_b: int
    slice_a: Decimal
    slice_b: Decimal
    theoretical: Decimal
    called: Decimal

    @property
    def total(self) -> int:
        return self.points_a + self.points_b


@dataclass(frozen=True, slots=True)
class IrcantecPension:
    """The pension for a year, and a month, in euros. `as_capital`: the points are too few, a single payment takes its
    place, whose amount no source that was read tells; `points`: with the increase for children."""

    yearly: Decimal
    monthly: Decimal
    points: int
    as_capital: bool


@dataclass(frozen=True, slots=True)
class Survivor:
    """What a survivor receives a month, in euros, and from which day on: None where the age is not reached."""

    monthly: Decimal
    starts_on: datetime.date | None


def points(
    pay: Decimal,
    *,
    on: datetime.date,
    ceiling: Decimal | None = None,
    reference_salary: Decimal | None = None,
    rate_a: Decimal | None = None,
    rate_b: Decimal | None = None,
) -> Result[IrcantecPoints]:
    """The points of a calendar year's pay (euros), each slice to the nearest whole, a half upward.

    A slice × its theoretical rate (agent and employer) / the reference salary; slice A is what lies under the yearly
    ceiling, slice B from there to eight of it. `rate_a`, `rate_b` in percent. Raises ValueError, NotKnown.
    """
    not_negative(pay=pay)
    steps = Steps()
    limit = value_or_given("pay.pass_year", ceiling, on=on)
    multiple = value("ircantec.b_ceiling_multiple", on=on)
    price = value_or_given("ircantec.reference_salary", reference_salary, on=on)
    if limit.value <= 0 or price.value <= 0:
        raise ValueError("the ceiling and the reference salary are above zero")
    slice_a = min(pay, limit.value)
    slice_b = min(pay, limit.value * multiple.value) - slice_a
    steps.add("Tranche A : jusqu’au plafond ; tranche B : de là à huit plafonds.", (slice_a, slice_b), "", limit,
              multiple, remuneration=pay)  # fmt: skip
    due: list[Decimal] = []
    found: list[int] = []
    for part, amount, given in (("a", slice_a, rate_a), ("b", slice_b, rate_b)):
        rates = _rates(part, on, given)
        owed = amount * sum((rate.rate for rate in rates), Decimal(0))
        due.append(owed)
        found.append(
            steps.add(
                f"Points de la tranche {part.upper()} : tranche × taux théorique ÷ salaire de référence, arrondi à "
                "l’entier le plus proche.",
                to_unit(owed / price.value),
                NOTE_POINTS,
                price,
                *rates,
                tranche=amount,
            )
        )
    theoretical = sum(due, Decimal(0))
    call = value("ircantec.call_rate", on=on)
    called = steps.add("Cotisations appelées : théoriques × taux d’appel.", to_cent(theoretical * call.rate), "", call,
                       theoriques=theoretical)  # fmt: skip
    return steps.close(IrcantecPoints(found[0], found[1], slice_a, slice_b, to_cent(theoretical), called))


def _rates(part: str, on: datetime.date, given: Decimal | None) -> tuple[Value, ...]:
    if given is not None:
        not_negative(rate=given)
        return (value_or_given(f"ircantec.{part}_agent_theoretical_rate", given, on=on),)
    return tuple(value(f"ircantec.{part}_{who}_theoretical_rate", on=on) for who in ("agent", "employer"))


def age_coefficient(age: Age, *, on: datetime.date) -> Result[Decimal]:
    """The coefficient of an age alone, by whole quarters from 57 on (0.43) to 67 (1). Raises NotKnown before 57."""
    steps = Steps()
    at = Decimal(age.in_months)
    base = cell("ircantec.age.coefficient", on=on, at=at)
    more = cell("ircantec.age.quarter", on=on, at=at)
    start = max(row.at for row in version("ircantec.age", on=on)[0].rows if row.at <= at)  # type: ignore[operator]
    quarters = int(at - start) // 3  # type: ignore[operator]  # ages are months, never days
    return steps.close(
        steps.add(
            "Coefficient selon l’âge, par trimestre entier.",
            base.value + more.value * quarters,
            NOTE_COEFFICIENT,
            base,
            more,
            age=age,
            trimestres=quarters,
        )
    )


def coefficient(
    age: Age, *, on: datetime.date, missing_quarters: int | None = None, legal_age_reached: bool = True,
    full_base_rate: bool = False,
) -> Result[Decimal]:  # fmt: skip
    """The coefficient of a pension: 1 where the base pension is at its full rate or from 67 on; between the legal age
    and 67 the better of the age and the missing quarters (20 at most); before it the age alone.

    So many missing quarters are worth the age of so many quarters before 67. Raises ValueError, NotKnown before 57.
    """
    if missing_quarters is not None and missing_quarters < 0:
        raise ValueError(f"{missing_quarters} quarters cannot be missing")
    steps = Steps()
    if full_base_rate:
        return steps.close(
            steps.add("La retraite de base est à taux plein : aucune réduction.", Decimal(1), NOTE_COEFFICIENT)
        )
    found = steps.extend(age_coefficient(age, on=on))
    most = value("ircantec.missing_quarters_most", on=on)
    if missing_quarters is None or not legal_age_reached or missing_quarters > most.value:
        return steps.close(found)
    full = value("ircantec.full_rate_age", on=on)
    worth = Age(*divmod(int(full.value) * 12 - 3 * missing_quarters, 12))
    by_duration = steps.extend(age_coefficient(worth, on=on))
    return steps.close(
        steps.add(
            "Le plus favorable de l’âge et des trimestres manquants.",
            max(found, by_duration),
            NOTE_COEFFICIENT,
            most,
            full,
            selon_l_age=found,
            selon_la_duree=by_duration,
            trimestres_manquants=missing_quarters,
        )
    )


def surcote(*, on: datetime.date, after_full_rate_age: int = 0, contributed_before: int = 0) -> Result[Decimal]:
    """What a later departure adds, as a factor: 0.75 % for each whole quarter after 67, 0.625 % for each quarter with
    contributions between (legal age and full duration) and 67. Raises ValueError for less than none."""
    if after_full_rate_age < 0 or contributed_before < 0:
        raise ValueError("quarters are not below zero")
    steps = Steps()
    after = value("ircantec.surcote_after_full_rate_age", on=on)
    before = value("ircantec.surcote_before_full_rate_age", on=on)
    return steps.close(
        steps.add(
            "Surcote : les trimestres après l’âge du taux plein, et ceux cotisés avant lui une fois la durée atteinte.",
            after.rate * after_full_rate_age + before.rate * contributed_before,
            NOTE_SURCOTE,
            after,
            before,
            trimestres_apres=after_full_rate_age,
            trimestres_cotises_avant=contributed_before,
        )
    )


def children_points(own: int, children: int, *, on: datetime.date) -> Result[int]:
    """The points that children add to one's own: 10 % for three, 15, 20, 25, 30 % for seven and more; nearest whole.

    Raises ValueError for less than none.
    """
    if own < 0 or children < 0:
        raise ValueError("points and children are not below zero")
    steps = Steps()
    rate = cell("ircantec.children.increase", on=on, at=Decimal(children))
    return steps.close(
        steps.add(
            "Majoration du total des points pour enfants.",
            to_unit(own * rate.rate),
            "",
            rate,
            points=own,
            enfants=children,
        )  # fmt: skip
    )


def pension(
    own: int,
    *,
    on: datetime.date,
    factor: Decimal = Decimal(1),
    increase: Decimal = Decimal(0),
    children: int = 0,
    point_value: Decimal | None = None,
) -> Result[IrcantecPension]:
    """The pension: points (children's among them) × point value × coefficient × (1 + surcote), to the cent, half up.

    `factor`: see `coefficient`; `increase`: see `surcote`. Under 300 points of one's own a single payment takes its
    place. Raises ValueError, NotKnown.
    """
    not_negative(factor=factor, increase=increase)
    steps = Steps()
    price = value_or_given("ircantec.point_value", point_value, on=on)
    if price.value <= 0:
        raise ValueError("a point is worth more than nothing")
    whole = own + steps.extend(children_points(own, children, on=on))
    exact = whole * price.value * factor * (1 + increase)
    yearly = steps.add(
        "Pension annuelle : points × valeur du point × coefficient × (1 + surcote).",
        to_cent(exact),
        NOTE_COEFFICIENT,
        price,
        points=whole,
        coefficient=factor,
        surcote=increase,
    )
    least = value("ircantec.pension_from_points", on=on)
    as_capital = own < least.value
    if as_capital:
        steps.add("Trop peu de points : un capital unique remplace la pension.", True, "", least, points=own)
        steps.warn("Le montant du capital unique n’est pas calculé : sa règle n’a pas été établie.")
    return steps.close(IrcantecPension(yearly, to_cent(exact / 12), whole, as_capital))


def survivor(
    monthly: Decimal, *, died_on: datetime.date, age: Age | None = None, birth: datetime.date | None = None
) -> Result[Survivor]:
    """Half of the pension of who died (euros a month), from the first of the month after the death, from age 50 on.

    With the survivor's birth, who is younger is told the first of the month after the 50th birthday; with the age alone
    nothing is paid and no day is told. Conditions of marriage are not judged here. Raises ValueError.
    """
    not_negative(monthly=monthly)
    steps = Steps()
    rate = value("ircantec.survivor_rate", on=died_on)
    least = value("ircantec.survivor_age", on=died_on)
    starts = add_months(died_on.replace(day=1), 1)
    half = to_cent(monthly * rate.rate)
    old_enough = age is None or age.years >= least.value
    if birth is not None:
        reached = add_months(birth, 12 * int(least.value))
        old_enough = reached <= starts
        if not old_enough:
            starts = reached if reached.day == 1 else add_months(reached.replace(day=1), 1)
            steps.warn("L’âge n’est pas atteint au décès : la réversion commence plus tard.")
            old_enough = True
    steps.add(
        "Réversion : la moitié de la pension, à partir de l’âge requis, le premier jour du mois qui suit.",
        half if old_enough else Decimal(0),
        NOTE_SURVIVOR,
        rate,
        least,
        pension=monthly,
        deces=died_on,
    )
    return steps.close(Survivor(half, starts) if old_enough else Survivor(Decimal(0), None))
