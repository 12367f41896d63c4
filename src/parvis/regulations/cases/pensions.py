"""Cases on the right to a CNRACL pension: ages, required quarters, early departures, durations."""

import datetime
from decimal import Decimal

from parvis.regulations.cases import Found, domain
from parvis.regulations.cases.pensions_words import (
    Inputs,
    birth,
    category,
    day,
    effect,
    first,
    is_woman,
    law,
    number,
)
from parvis.regulations.pensions import amount, children, durations, early, rights
from parvis.regulations.pensions.categories import Category, keeps_category, laws
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_unit


def _effect(inputs: Inputs, born: datetime.date, kind: Category) -> datetime.date:
    """The day given; else the first day on which one may leave, under the law named or in general.

    The law of 2023 is read in its present text, the suspension included, except where a case says « avant suspension ».
    """
    given, named = effect(inputs), law(inputs)
    if given is not None:
        return given
    if named is None:
        return rights.legal_date(kind, born)
    start = laws()[named]
    plain = "suspen" not in str(first(inputs, "regle", "loi", "droit", "reforme", "legislation")).lower()
    if named == "2023-270" and kind is not Category.SEDENTARY and plain:
        return max(start, rights.legal_date(kind, born))
    return start


@domain("age_legal_sedentaire", "age_legal_actif", "age_legal")
def legal_age(inputs: Inputs) -> Found:
    steps = Steps()
    born, kind = birth(inputs), category(inputs)
    on = _effect(inputs, born, kind)
    age = steps.extend(rights.legal_age(kind, born, on))
    quarters = steps.extend(rights.required_quarters(kind, born, on))
    full = steps.extend(rights.annulment_age(kind, born, on))
    found = {"age_legal": str(age), "trimestres_requis": quarters, "age_annulation": str(full)}
    return found, tuple(steps.made)


@domain("trimestres_requis_sedentaire", "trimestres_requis_actif", "trimestres_requis_super_actif")
def required(inputs: Inputs) -> Found:
    born = birth(inputs)
    kind = category(inputs)
    result = rights.required_quarters(kind, born, _effect(inputs, born, kind))
    return {"trimestres_requis": result.value}, result.steps


@domain("actif_duree_services")
def active_services(inputs: Inputs) -> Found:
    kind = category(inputs, Category.ACTIVE)
    if "date_25_ans_super_actif" in inputs:
        kind = Category.SUPER_ACTIVE
    reached = day(first(inputs, "date_15_ans_actif", "date_25_ans_super_actif", "date_25_ans_actif"))
    # Years written with decimals stand for whole months: 15.33 is 15 years and 4 months.
    months = Decimal(to_unit(number(inputs, "annees_actif", "annees_super_actif") * 12))
    result = keeps_category(kind, months, reached)
    return {"actif": result.value, "super_actif": result.value}, result.steps


@domain("carriere_longue")
def long_career(inputs: Inputs) -> Found:
    born = birth(inputs)
    named = law(inputs)
    on = effect(inputs) or (laws()[named] if named else early.latest_law(born))
    civil_service = str(inputs.get("regime", "")).lower() in ("cnracl", "fonction publique", "fp")
    result = early.doors(born, on, generation_only=not civil_service)
    door = early.door_for(result.value, int(number(inputs, "borne_age_debut")))
    quarters = number(inputs, "trimestres_avant_fin_annee_borne", default=early.start_quarters(born, on))
    if door is None or quarters < early.start_quarters(born, on):
        return {"age_depart": None, "trimestres_cotises": None}, result.steps
    return {"age_depart": str(door.age), "trimestres_cotises": door.contributed}, result.steps


@domain("carriere_longue_duree_cnracl")
def long_career_duration(inputs: Inputs) -> Found:
    born = birth(inputs)
    written = first(inputs, "date_ouverture", default=None)
    # Known to the year alone, a right is taken to open on its last day.
    opened = day(written) if written else datetime.date(int(number(inputs, "annee_ouverture")), 12, 31)
    years = number(inputs, "ouverture_age", default=opened.year - born.year)
    own = opened if years < rights.SIXTY.years else None
    result = rights.required_quarters(Category.SEDENTARY, born, effect(inputs) or opened, opened_on=own)
    return {"trimestres_requis": result.value}, result.steps


@domain("depart_anticipe_handicap")
def disability(inputs: Inputs) -> Found:
    born = birth(inputs)
    # Without a day of effect the law is that of the end of the early departure: the day before the legal age.
    on = effect(inputs) or rights.legal_date(Category.SEDENTARY, born) - datetime.timedelta(days=1)
    result = early.disability(born, int(number(inputs, "age_depart")), on)
    return {
        "trimestres_cotises_requis": result.value.contributed,
        "trimestres_valides_requis": result.value.validated,
    }, result.steps


@domain("arrondi_trimestres")
def rounding(inputs: Inputs) -> Found:
    written = first(inputs, "jours", "duree", default=0)
    days = durations.days_of(written) if isinstance(written, str) and not written.isdigit() else int(written)
    days += int(number(inputs, "trimestres", default=0)) * 90
    result = durations.rounded(days)
    return {
        "trimestres": result.value,
        "duree_retenue": durations.Quarters(result.value).in_words,
    }, result.steps


@domain("services_temps_partiel")
def part_time(inputs: Inputs) -> Found:
    days = (
        number(inputs, "annees", default=0) * 360
        + number(inputs, "mois", default=0) * 30
        + number(inputs, "trimestres", default=0) * 90
        + number(inputs, "jours", default=0)
    )
    share = number(inputs, "quotite_pct", default=Decimal(100) * number(inputs, "quotite", default=1)) / 100
    whole = bool(first(inputs, "surcotisation", "temps_partiel_de_droit_enfant", default=False))
    result = durations.part_time(int(days), share, kept_whole=whole)
    counted, insured = result.value
    return {
        "trimestres_liquidation": counted.quarters,
        "jours_reste": counted.days,
        "trimestres_duree_assurance": insured,
    }, result.steps


@domain("prorata_services")
def prorata(inputs: Inputs) -> Found:
    steps = Steps()
    wanted = first(inputs, "trimestres_requis", default=None)
    if wanted is None:
        born, kind = birth(inputs), category(inputs)
        wanted = steps.extend(rights.required_quarters(kind, born, _effect(inputs, born, kind)))
    found = steps.extend(amount.prorata(number(inputs, "trimestres_services", "trimestres"), Decimal(str(wanted))))
    return {"coefficient": found, "trimestres_requis": wanted}, tuple(steps.made)


@domain("bonification_enfants", "majoration_duree_assurance")
def child_quarters(inputs: Inputs) -> Found:
    woman = is_woman(inputs)
    # A mother is taken to have stopped work, a father not, where a case says nothing of it.
    stopped = bool(first(inputs, "interruption", "interruption_activite", default=woman))
    bore = woman and bool(first(inputs, "accouchement_apres_recrutement", default=True))
    before = int(number(inputs, "enfants_nes_avant_2004", default=0))
    since = int(number(inputs, "enfants_nes_depuis_2004", default=0))
    family = [children.Child(datetime.date(2003, 1, 1), interrupted=stopped)] * before
    family += [children.Child(datetime.date(2004, 1, 1), borne_in_service=bore)] * since
    result: Result[children.ChildQuarters] = children.child_quarters(
        family, effect(inputs) or datetime.date(2026, 1, 1)
    )
    return {
        "bonification_trimestres": result.value.bonification,
        "majoration_trimestres": result.value.duration,
    }, result.steps
