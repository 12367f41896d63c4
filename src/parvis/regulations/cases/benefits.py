"""Cases on the points and benefits of the RAFP and of the Ircantec."""

import datetime
from decimal import Decimal
from typing import Any

from parvis.regulations.benefits import ircantec, rafp
from parvis.regulations.benefits.rafp import Form, RafpBenefit, RafpClaim
from parvis.regulations.cases import Found, domain
from parvis.regulations.cases.money_words import Inputs, day, given, maybe, number, on, percent, whole, yes
from parvis.regulations.parameters import parameter
from parvis.regulations.pensions import survivors
from parvis.regulations.periods import Age
from parvis.regulations.results import Steps

EFFECT = ("date_effet", "effet", "date_liquidation", "date_depart", "depart", "annee", "year")
BASE_PENSION = ("depart_base", "date_pension_base", "date_effet_base", "date_effet_pension_base", "pension_base")
VALUES = ("valeur_service", "valeur_de_service", "valeur_point")


def _within(written: Any) -> datetime.date:
    """A day; of a year alone its middle: two years apart are then 24 months apart, and rules set in spring hold."""
    text = str(written).strip()
    return datetime.date(int(text), 7, 1) if text.isdigit() else day(text)


def _age(inputs: Inputs) -> Age | None:
    """An age in years (whole or not), quarters and months, under any of their words; None where none is given."""
    years = maybe(inputs, "age_ans", "age_annees", "age")
    if years is None:
        return None
    more = 3 * number(inputs, "age_trimestres", default=0) + number(inputs, "age_mois", default=0)
    return Age(*divmod(int(round(years * 12 + more)), 12))


def _effect(inputs: Inputs, birth: datetime.date | None, age: Age | None) -> datetime.date:
    """The day of effect; without one the day of the age, or a day of the last year of the service value given."""
    found = given(inputs, *EFFECT)
    if found is not None:
        return _within(found)
    if birth is not None and age is not None:
        return age.reached_on(birth)
    service = maybe(inputs, *VALUES)
    known = [one for one in parameter("rafp.point_service").values if service is None or one.value == service]
    return datetime.date((known or parameter("rafp.point_service").values)[-1].valid_from.year, 7, 1)


def _scale(inputs: Inputs, word: str) -> datetime.date | None:
    """The last day of the year by which a case calls a scale (« 2005 », « 2015 »)."""
    found = given(inputs, word)
    return None if found is None else datetime.date(int(str(found)[:4]), 12, 31)


@domain("rafp_points")
def rafp_points(inputs: Inputs) -> Found:
    period, steps = on(inputs, otherwise="rafp.point_acquisition"), Steps()
    paid = maybe(inputs, "cotisations_totales", "cotisations", "cotisation_totale", "total")
    if paid is None and given(inputs, "cotisation_agent", "cotisation_employeur") is not None:
        shares = [maybe(inputs, "cotisation_agent"), maybe(inputs, "cotisation_employeur")]
        # The two shares are equal: one of them says the other.
        paid = sum(
            (one if one is not None else other or Decimal(0) for one, other in (shares, shares[::-1])), Decimal(0)
        )
    if paid is None:
        paid = steps.extend(rafp.contributions_on(number(inputs, "base", "assiette"), on=period))
    price = maybe(inputs, "valeur_acquisition", "valeur_d_acquisition")
    found = steps.extend(rafp.points(paid, on=period, acquisition_value=price))
    return {"points": found, "cotisations_totales": paid}, tuple(steps.made)


@domain("rafp_prestation")
def rafp_benefit(inputs: Inputs) -> Found:
    born = given(inputs, "date_naissance", "naissance")
    birth = None if born is None else day(born)
    age = _age(inputs)
    base = given(inputs, *BASE_PENSION)
    result = rafp.benefit(
        RafpClaim(
            points=number(inputs, "points"),
            on=_effect(inputs, birth, age),
            birth=birth,
            age=age,
            base_pension_on=None if base is None else _within(base),
            service_value=maybe(inputs, *VALUES),
            increase_on=_scale(inputs, "bareme_majoration"),
            conversion_on=_scale(inputs, "bareme_conversion"),
        )
    )
    found = result.value
    return {
        "forme": _form(found),
        "age_legal": None if found.legal_age is None else Decimal(found.legal_age.in_months) / 12,
        "coefficient": found.increase,
        "majoration": found.increase,
        "conversion": found.conversion,
        "rente_annuelle": found.annuity,
        "rente_mensuelle": found.monthly,
        "capital": found.capital,
        "premiere_fraction": found.first_part,
        "seconde_fraction": found.balance,
        "deuxieme_fraction": found.balance,
        "solde": found.balance,
        "ouverte": found.form is not Form.NOT_OPEN,
    }, result.steps


def _form(found: RafpBenefit) -> str:
    return "capital_unique" if found.between else found.form.value


@domain("rafp_reversion")
def rafp_survivor(inputs: Inputs) -> Found:
    steps, died = Steps(), given(inputs, "deces", "date_deces", "date_effet")
    known = any("mariage" in word or "enfant" in word for word in inputs)
    months = maybe(inputs, "mariage_mois")
    if months is None:
        months = 12 * number(inputs, "mariage_annees", "mariage_annees_min", "duree_mariage", default=0)
    before = 12 * number(inputs, "mariage_annees_avant_cessation", default=0)
    marriage = survivors.Marriage(
        months=months,
        months_before_end=before,
        child=yes(inputs, "enfant_commun", "enfant_du_mariage"),
        new_union=yes(inputs, "remarie", "nouvelle_union"),
    )
    found: dict[str, Any] = {}
    day_of = datetime.date(2026, 1, 1) if died is None else day(died)
    for word, answer in (("mensuelle", "reversion_mensuelle"), ("annuelle", "reversion_annuelle")):
        benefit = maybe(inputs, f"prestation_defunt_{word}", f"rente_defunt_{word}")
        if benefit is not None:
            found[answer] = steps.extend(survivors.rafp_reversion(benefit, marriage, day_of, as_simulated=known))
    benefit = maybe(inputs, "capital_defunt", "prestation_defunt")
    if benefit is not None:
        found["reversion"] = steps.extend(survivors.rafp_reversion(benefit, marriage, day_of, as_simulated=known))
    found.setdefault("reversion", next(iter(found.values()), None))
    return found, tuple(steps.made)


@domain("ircantec_points")
def ircantec_points(inputs: Inputs) -> Found:
    result = ircantec.points(
        number(inputs, "salaire", "assiette", "remuneration", "salaire_annuel"),
        on=on(inputs, otherwise="ircantec.reference_salary"),
        ceiling=maybe(inputs, "pass_annuel", "pass", "plafond", "plafond_annuel"),
        reference_salary=maybe(inputs, "sr", "salaire_reference", "salaire_de_reference"),
        rate_a=percent(inputs, "taux_A", "taux_a"),
        rate_b=percent(inputs, "taux_B", "taux_b"),
    )
    found = result.value
    return {
        "points_A": found.points_a,
        "points_B": found.points_b,
        "points": found.total,
        "tranche_A": found.slice_a,
        "tranche_B": found.slice_b,
        "cotisation_theorique": found.theoretical,
        "cotisation_appelee": found.called,
    }, result.steps


def _day(inputs: Inputs) -> datetime.date:
    return on(inputs, *EFFECT, otherwise="ircantec.point_value")


def _coefficient(inputs: Inputs, steps: Steps) -> Decimal:
    age = _age(inputs)
    full = yes(inputs, "taux_plein", "taux_plein_base", "base_taux_plein", "pension_base_taux_plein")
    if age is None and not full:
        return Decimal(1)
    missing = given(inputs, "trimestres_manquants")
    found: Decimal = steps.extend(
        ircantec.coefficient(
            age or Age(67),
            on=_day(inputs),
            missing_quarters=None if missing is None else whole(inputs, "trimestres_manquants"),
            legal_age_reached=inputs.get("age_legal_atteint") is not False,
            full_base_rate=full,
        )
    )
    return found


@domain("ircantec_coefficient_age", "ircantec_coefficient_duree")
def ircantec_coefficient(inputs: Inputs) -> Found:
    steps = Steps()
    found = _coefficient(inputs, steps)
    return {"coefficient": found, "minoration": 1 - found}, tuple(steps.made)


AFTER = ("trimestres_apres_67", "trimestres_apres_age_taux_plein")
BEFORE = ("trimestres_cotises_apres_duree_requise", "trimestres_cotises_entre_age_legal_et_67", "trimestres_cotises")


@domain("ircantec_surcote")
def ircantec_surcote(inputs: Inputs) -> Found:
    result = ircantec.surcote(
        on=_day(inputs),
        after_full_rate_age=whole(inputs, *AFTER, default=0),
        contributed_before=whole(inputs, *BEFORE, default=0),
    )
    return {
        "majoration": result.value,
        "surcote": result.value,
        "taux": result.value,
        "coefficient": 1 + result.value,
    }, result.steps


@domain("ircantec_majoration_enfants")
def ircantec_children(inputs: Inputs) -> Found:
    own = whole(inputs, "points")
    result = ircantec.children_points(own, whole(inputs, "enfants", "nombre_enfants"), on=_day(inputs))
    return {"points_majoration": result.value, "points_totaux": own + result.value}, result.steps


@domain("ircantec_pension")
def ircantec_pension(inputs: Inputs) -> Found:
    steps = Steps()
    factor, more = maybe(inputs, "coefficient"), maybe(inputs, "surcote", "majoration_surcote")
    if factor is None:
        factor = _coefficient(inputs, steps)
    if more is None:
        more = steps.extend(
            ircantec.surcote(
                on=_day(inputs),
                after_full_rate_age=whole(inputs, *AFTER, default=0),
                contributed_before=whole(inputs, *BEFORE, default=0),
            )
        )
    found = steps.extend(
        ircantec.pension(
            whole(inputs, "points"),
            on=_day(inputs),
            factor=factor,
            increase=more,
            children=whole(inputs, "enfants", "nombre_enfants", default=0),
            point_value=maybe(inputs, "valeur_point", "valeur_du_point"),
        )
    )
    return {
        "pension_annuelle": found.yearly,
        "pension_mensuelle": found.monthly,
        "points_totaux": found.points,
        "coefficient": factor,
        "forme": "capital_unique" if found.as_capital else "pension",
        "capital_unique": found.as_capital,
    }, tuple(steps.made)


@domain("ircantec_reversion")
def ircantec_survivor(inputs: Inputs) -> Found:
    died = given(inputs, "deces", "date_deces")
    birth = given(inputs, "date_naissance_survivant", "naissance_survivant")
    years = maybe(inputs, "age_survivant")
    yearly = maybe(inputs, "pension_defunt_annuelle")
    monthly = maybe(inputs, "pension_defunt_mensuelle", "pension_defunt")
    result = ircantec.survivor(
        monthly if monthly is not None else number(inputs, "pension_defunt_annuelle"),
        died_on=datetime.date(2026, 1, 1) if died is None else day(died),
        age=None if years is None else Age(*divmod(int(years * 12), 12)),
        birth=None if birth is None else day(birth),
    )
    word = "reversion_mensuelle" if yearly is None or monthly is not None else "reversion_annuelle"
    return {
        word: result.value.monthly,
        "reversion": result.value.monthly,
        "date_effet": result.value.starts_on,
        "droit": result.value.starts_on is not None,
    }, result.steps
