"""The whole estimate: from a career to its dates, and to the amount on any of them, with every step."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from parvis.regulations.parameters import value
from parvis.regulations.parameters.tables import find, table, version
from parvis.regulations.parameters.tables import value as cell
from parvis.regulations.pensions import adjusting, afterwards, amount, children, minimum, rights
from parvis.regulations.pensions.adjusting import Adjustment
from parvis.regulations.pensions.career import Career, Counted, counted, index_held
from parvis.regulations.pensions.categories import Category
from parvis.regulations.pensions.early import DOORS, first_disability_age
from parvis.regulations.pensions.ways import Departure, Way, open_ways
from parvis.regulations.periods import add_months
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent

DECOTE = "cnracl_pensions.decote"


class NoPension(ValueError):
    """No pension on that day: no right to one at all, or no way out that is open yet. The message says which."""


@dataclass(frozen=True, slots=True)
class Pension:
    """A pension of a day of effect: the way out, what was counted, the amounts a year and a month, gross, in euros."""

    effect: datetime.date
    way: Way
    category: Category
    services: int
    bonifications: int
    insured: int
    required: int
    decote: Adjustment
    surcote: Adjustment
    pay: Decimal
    base: Decimal
    minimum: Decimal
    children: Decimal
    annual: Decimal
    monthly: Decimal


@dataclass(frozen=True, slots=True)
class Dates:
    """The first day of effect and its way, the first one without décote, and the day of the age limit."""

    earliest: datetime.date
    way: Way
    without_decote: datetime.date
    age_limit: datetime.date


@dataclass(frozen=True, slots=True)
class _Added:
    """Quarters beside services and insurance: all bonifications, and the insurance for all and for the surcote."""

    bonifications: int
    insured: int
    for_surcote: int
    for_children: int


def pension_on(career: Career, effect: datetime.date, *, euros_of: datetime.date | None = None) -> Result[Pension]:
    """The pension that takes effect on a day: of the ways open on it, the one that gives most.

    `euros_of`: the day whose values in euros are used (point, minimum garanti, revaluation) where those of the day of
    effect are not known yet; the result says so. Raises NoPension, and NotKnown past what is known.
    """
    steps = Steps()
    have = _counted(career, effect, steps)
    found = [_by(career, departure, have, effect, euros_of) for departure in open_ways(career, effect)]
    if not found:
        raise NoPension(f"Aucun départ n’est ouvert au {effect:%d/%m/%Y}.")
    best = max(found, key=lambda one: one.value.annual)
    steps.add(
        "Départ retenu, le plus favorable de ceux qui sont ouverts.",
        best.value.way.value,
        "",
        montants={one.value.way.value: one.value.annual for one in found},
    )
    return steps.close(steps.extend(best))


def _counted(career: Career, effect: datetime.date, steps: Steps) -> Counted:
    removed = career.removed_on(effect)
    # Up to the effect, not to the removal: other schemes go on counting in the insurance of a deferred pension.
    have = counted(career, effect)
    right = steps.extend(rights.has_right(have.effective_days, removed, invalid=career.invalidity is not None))
    if not right:
        raise NoPension("Les services ne suffisent pas pour une pension : rétablissement au régime général.")
    steps.add(
        "Services comptés dans la pension (temps partiel au prorata) et durée d’assurance, tous régimes.",
        f"{have.services} et {have.insured} trimestres",
        "décret 2003-1306, art. 13, 16 et 21",
        jours_de_services=have.effective_days,
        jours_liquides=have.liquidated_days,
        trimestres_cotises=have.contributed,
        radiation=removed,
    )
    return have


def _added(career: Career, have: Counted, effect: datetime.date, steps: Steps) -> _Added:
    of_children = steps.extend(children.child_quarters(career.children, effect))
    other = sum(one.quarters for one in career.bonifications if one.in_services)
    duration = sum(one.quarters for one in career.bonifications if not one.in_services)
    counting = sum(one.quarters for one in career.bonifications if one.for_surcote)
    if have.firefighter_days:
        other += steps.extend(children.firefighter_quarters(have.firefighter_days, effect))
    if career.volunteer_years:
        other += steps.extend(children.volunteer_quarters(career.volunteer_years, effect))
    if career.bonifications:
        steps.add(
            "Autres bonifications et majorations de durée d’assurance.",
            sum(one.quarters for one in career.bonifications),
            "décret 2003-1306, art. 15 et 21",
            trimestres={one.label: one.quarters for one in career.bonifications},
        )
    return _Added(
        bonifications=of_children.bonification + other,
        insured=have.insured + of_children.insured + other + duration,
        # Services beyond the required duration are asked for: what other schemes add after the removal is none.
        for_surcote=counted(career, career.removed_on(effect)).insured + of_children.insured + counting,
        for_children=of_children.insured,
    )


def reference_pay(career: Career, effect: datetime.date, *, euros_of: datetime.date | None = None) -> Result[Decimal]:
    """The pay of reference a year: the index held for 6 months, at the point of the day; revalued since the removal
    where the pension is deferred."""
    steps = Steps()
    removed, day = career.removed_on(effect), min(euros_of or effect, effect)
    held = index_held(career, removed)
    point = value("pay.point_value", on=min(removed, day))
    pay = to_cent(held.index * point.value)
    steps.add(
        "Traitement de référence : l’indice majoré détenu depuis six mois, à la valeur du point.",
        pay,
        "décret 2003-1306, art. 17",
        point,
        indice=held.index,
        detenu_depuis=held.since,
    )
    if day < effect:
        steps.warn(f"Montants en euros aux valeurs du {day:%d/%m/%Y}.")
    if removed < day:
        pay = to_cent(steps.extend(afterwards.revalued(pay, removed, day)))
    return steps.close(pay)


def _by(
    career: Career, departure: Departure, have: Counted, effect: datetime.date, euros_of: datetime.date | None
) -> Result[Pension]:
    """The pension by one way."""
    steps = Steps()
    birth, category = career.birth, departure.category
    added = _added(career, have, effect, steps)
    required = steps.extend(rights.required_quarters(category, birth, effect, opened_on=departure.early_opening))
    decote: Adjustment = steps.extend(
        adjusting.decote(
            category, birth, effect, insured=added.insured, required=required, exempt=_exempt(career, departure)
        )
    )
    surcote: Adjustment = steps.extend(
        adjusting.surcote(
            category,
            birth,
            effect,
            insured=added.for_surcote,
            required=required,
            ends_before=career.removed_on(effect),
            has_child_quarters=added.for_children > 0,
        )
    )
    pay = steps.extend(reference_pay(career, effect, euros_of=euros_of))
    base = to_cent(
        steps.extend(
            amount.base_pension(
                pay,
                Decimal(have.services),
                required,
                effect,
                bonifications=Decimal(added.bonifications),
                decote=decote.percent,
                surcote=surcote.percent,
            )
        )
    )
    if career.invalidity is not None and departure.way is Way.INVALIDITY:
        base = max(base, to_cent(pay * steps.extend(amount.invalidity_floor(career.invalidity, base / pay, effect))))
    least = steps.extend(
        minimum.minimum(
            min(euros_of or effect, effect),
            departure.opened_on,
            Decimal(have.services),
            full_rate=decote.quarters == 0,
            required=required,
            invalid=departure.way is Way.INVALIDITY,
        )
    ).amount
    pension = steps.add(
        "Le plus élevé de la pension calculée et du minimum garanti.",
        max(base, least),
        "décret 2003-1306, art. 22",
        pension=base,
        minimum_garanti=least,
    )
    raised = sum(child.raised for child in career.children)
    more = steps.extend(amount.children_increase(raised, pension, effect, pay=pay))
    annual = pension + more
    monthly = steps.add("Montant brut par mois.", to_cent(annual / 12), "", montant_annuel=annual)
    return steps.close(
        Pension(
            effect,
            departure.way,
            category,
            have.services,
            added.bonifications,
            added.insured,
            int(required),
            decote,
            surcote,
            pay,
            base,
            least,
            more,
            annual,
            monthly,
        )
    )


def _exempt(career: Career, departure: Departure) -> str:
    if departure.way is Way.INVALIDITY:
        return "retraite pour invalidité"
    if career.disabled_since is not None:
        return "incapacité d’au moins 50 %"
    return ""


def dates(career: Career) -> Result[Dates]:
    """The dates of a career. Ages are exact to the day, durations that are reached on the way to the month.
    An invalidity opens on any day: the dates are those without it.

    Raises NoPension where services do not open the right to a pension by the age limit.
    """
    steps = Steps()
    birth = career.birth
    career = replace(career, invalidity=None)
    last = career.last_category()
    limit = steps.extend(rights.age_limit(last, birth, _limit_law(birth, last))).reached_on(birth)
    earliest: tuple[datetime.date, Way] | None = None
    without: datetime.date | None = None
    for day in _candidates(career):
        ways = list(open_ways(career, day)) if _has_right(career, day) else []
        if not ways:
            continue
        earliest = earliest or (day, ways[0].way)
        if any(_decote_free(career, one, day) for one in ways):
            without = day
            break
    if earliest is None or without is None:
        raise NoPension("Les services ne suffisent pas pour une pension : rétablissement au régime général.")
    source = "décret 2003-1306, art. 7, 20, 25 et 26"
    steps.add(f"Première date de départ ({earliest[1].value}).", earliest[0], source, naissance=birth)
    steps.add("Première date sans décote.", without, source)
    steps.add("Date de la limite d’âge.", limit, source)
    return steps.close(Dates(earliest[0], earliest[1], without, limit))


def _has_right(career: Career, day: datetime.date) -> bool:
    removed = career.removed_on(day)
    have = counted(career, removed)
    return rights.has_right(have.effective_days, removed, invalid=career.invalidity is not None).value


def _decote_free(career: Career, departure: Departure, day: datetime.date) -> bool:
    have = counted(career, day)
    insured = _added(career, have, day, Steps()).insured
    required = rights.required_quarters(departure.category, career.birth, day, opened_on=departure.early_opening).value
    return (
        adjusting.decote(
            departure.category,
            career.birth,
            day,
            insured=insured,
            required=required,
            exempt=_exempt(career, departure),
        ).value.quarters
        == 0
    )


def _limit_law(birth: datetime.date, category: Category) -> datetime.date:
    return max(rights.legal_date(category, birth), table("cnracl_pensions.age_limit").versions[0].valid_from)


def candidate_starts() -> list[datetime.date]:
    """The first days of the laws, on which something may open."""
    starts = [one.valid_from for one in table("cnracl_pensions.sedentary").versions]
    return starts + [one.valid_from for one in table("cnracl_early.long_career").versions]


def candidate_ages(birth: datetime.date) -> set[int]:
    """The ages, in months, at which something may open for a birth, or a décote end: those of the tables."""
    starts = candidate_starts()
    ages = {first_disability_age() * 12 + 12 * years for years in range(10)}
    for category in Category:
        limit = int(cell(f"cnracl_pensions.age_limit.{category.value}", on=starts[0], at=birth).value)
        ages |= {limit - 3 * int(row.cells["before_limit"]) for row in version(DECOTE, on=starts[0])[0].rows}
        ages |= {int(cell(f"cnracl_pensions.{category.value}.age", on=day, at=birth).value) for day in starts}
    for column, _ in DOORS:
        for one in table("cnracl_early.long_career").versions:
            age = find(f"cnracl_early.long_career.{column}", on=one.valid_from, at=birth)
            ages |= set() if age is None else {int(age.value)}
    return ages


def _candidates(career: Career) -> Iterator[datetime.date]:
    """The days on which something may open, in order: ages of the tables, first days of months and of laws.

    From the youngest age by which this career may leave, to the last one without décote.
    """
    birth, ages = career.birth, candidate_ages(career.birth)
    first = add_months(birth, _youngest(career, ages))
    last = add_months(birth, max(ages))
    days = {add_months(birth, months) for months in ages} | set(candidate_starts())
    day = first.replace(day=1)
    while day < last:
        day = add_months(day, 1)
        days.add(day)
    yield from sorted(day for day in days if first <= day <= last)


def _youngest(career: Career, ages: set[int]) -> int:
    """In months: any age of the tables for classified services, else that of disability and of long careers."""
    classified = any(one.category is not Category.SEDENTARY for one in career.stretches)
    return min(ages) if classified else min(age for age in ages if age >= first_disability_age() * 12)
