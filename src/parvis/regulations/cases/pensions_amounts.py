"""Cases on the amount of a CNRACL pension: décote, surcote, minimum garanti, increases, invalidity, survivors, work."""

import datetime
from decimal import Decimal

from parvis.regulations.cases import Found, domain
from parvis.regulations.cases.pensions_words import Inputs, age, birth, category, day, effect, first, number
from parvis.regulations.pensions import adjusting, afterwards, amount, minimum, rights, survivors
from parvis.regulations.pensions.adjusting import Adjustment
from parvis.regulations.pensions.categories import Category
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent

# For rules that have not changed, where a case gives no day.
ON = datetime.date(2026, 1, 1)
WHOLE = Decimal(75)


def _durations(inputs: Inputs, steps: Steps, on: datetime.date, kind: Category) -> tuple[int | None, Decimal | None]:
    insured = first(inputs, "trimestres_duree_assurance", "duree_assurance", default=None)
    if insured is None:
        return None, None
    wanted = first(inputs, "trimestres_requis", "duree_assurance_requise", default=None)
    if wanted is None:
        wanted = steps.extend(rights.required_quarters(kind, birth(inputs), on))
    return int(insured), Decimal(str(wanted))


def _pension(inputs: Inputs, steps: Steps, on: datetime.date, found: dict[str, object], **adjusted: Decimal) -> None:
    """Add the pension where a case gives a pay of reference: unrounded, the tables compare it so."""
    pay = first(inputs, "traitement_reference", "traitement_reference_annuel", default=None)
    if pay is not None:
        share = number(inputs, "prorata", "coefficient_proratisation", default=1)
        found["pension"] = steps.extend(amount.base_pension(Decimal(str(pay)), share, Decimal(1), on, **adjusted))


@domain("decote", "decote_transitoire_sedentaire", "decote_transitoire_actif")
def decote(inputs: Inputs) -> Found:
    steps = Steps()
    on, kind = effect(inputs) or ON, category(inputs)
    insured, wanted = _durations(inputs, steps, on, kind)
    annulment = first(inputs, "age_annulation", default=None)
    adjusted: Adjustment = steps.extend(
        adjusting.decote(
            kind,
            birth(inputs),
            on,
            insured=insured or 0,
            required=wanted or Decimal(adjusting.NO_CEILING),
            annulment=age(annulment) if annulment is not None else None,
            exempt=_exempt(inputs),
        )
    )
    found: dict[str, object] = {
        "trimestres_decote": adjusted.quarters,
        "taux_par_trimestre": adjusted.rate / 100,
        "decote": adjusted.percent / 100,
        "taux_apres_decote_si_75": WHOLE * (100 - adjusted.percent) / 10_000,
    }
    _pension(inputs, steps, on, found, decote=adjusted.percent)
    return found, tuple(steps.made)


def _exempt(inputs: Inputs) -> str:
    if inputs.get("invalidite"):
        return "retraite pour invalidité"
    if number(inputs, "taux_handicap", "taux_incapacite", default=0) >= 50:
        return "incapacité d’au moins 50 %"
    return "décès en activité" if inputs.get("deces_en_activite") else ""


@domain("surcote", "surcote_transitoire", "surcote_plafond_ancien")
def surcote(inputs: Inputs) -> Found:
    steps = Steps()
    kind = category(inputs)
    removed = first(inputs, "date_radiation", default=None)
    # Somebody removed on a day still works that day.
    ends = day(removed) + datetime.timedelta(days=1) if removed is not None else None
    on = effect(inputs) or ends or ON
    insured, wanted = _durations(inputs, steps, on, kind)
    adjusted: Adjustment = steps.extend(
        adjusting.surcote(
            kind,
            birth(inputs),
            on,
            insured=insured,
            required=wanted,
            ends_before=ends,
            has_child_quarters=bool(first(inputs, "majoration_enfant", "surcote_parentale", default=False)),
        )
    )
    found: dict[str, object] = {
        "trimestres_surcote": adjusted.quarters,
        "taux_par_trimestre": adjusted.rate / 100,
        "surcote": adjusted.percent / 100,
        "taux": WHOLE * (100 + adjusted.percent) / 10_000,
    }
    _pension(inputs, steps, on, found, surcote=adjusted.percent)
    return found, tuple(steps.made)


@domain("minimum_garanti", "minimum_garanti_invalidite", "minimum_garanti_moins_15_ans", "minimum_garanti_transitoire")
def minimum_garanti(inputs: Inputs) -> Found:
    written = first(inputs, "annee_ouverture", "date_ouverture", "annee", "date_effet", default=ON.isoformat())
    opened, on = day(written), effect(inputs)
    quarters = number(inputs, "annees_services", default=0) * 4
    if not quarters:
        quarters = number(inputs, "trimestres", "trimestres_services")
    wanted = first(inputs, "trimestres_requis", default=None)
    required = Decimal(str(wanted)) if wanted is not None else None
    invalid = "invalid" in str(inputs.get("motif", "")).lower().replace("é", "e") or bool(inputs.get("invalidite"))
    if on is None:
        part = minimum.share(opened, quarters, required=required, invalid=invalid)
        return {"pourcentage": part.value / 100}, part.steps
    full_rate = bool(first(inputs, "condition_taux_plein", "taux_plein", default=True))
    result = minimum.minimum(on, opened, quarters, full_rate=full_rate, required=required, invalid=invalid)
    return {
        "pourcentage": result.value.percent / 100,
        "montant_annuel": result.value.amount,
        "montant_mensuel": to_cent(result.value.amount / 12),
    }, result.steps


@domain("pension_base")
def base(inputs: Inputs) -> Found:
    share = first(inputs, "prorata", default=None)
    services = number(inputs, "prorata") if share is not None else number(inputs, "trimestres_services")
    wanted = Decimal(1) if share is not None else number(inputs, "trimestres_requis")
    result = amount.base_pension(
        number(inputs, "traitement_reference_annuel", "traitement_reference"),
        services,
        wanted,
        effect(inputs) or ON,
        bonifications=number(inputs, "trimestres_bonifications", "bonifications", default=0),
        decote=number(inputs, "decote", default=0) * 100,
        surcote=number(inputs, "surcote", default=0) * 100,
    )
    found = max(to_cent(result.value), number(inputs, "minimum_garanti", default=0))
    return {"pension_annuelle": found, "pension_mensuelle": to_cent(found / 12)}, result.steps


@domain("majoration_enfants")
def children_increase(inputs: Inputs) -> Found:
    pay = first(inputs, "traitement_reference", "traitement_reference_annuel", "traitement", default=None)
    result = amount.children_increase(
        int(number(inputs, "enfants", "nombre_enfants")),
        number(inputs, "pension", "pension_annuelle"),
        effect(inputs) or ON,
        pay=Decimal(str(pay)) if pay is not None else None,
    )
    return {"majoration": result.value}, result.steps


@domain("pension_invalidite_plancher")
def invalidity_floor(inputs: Inputs) -> Found:
    result = amount.invalidity_floor(
        number(inputs, "taux_invalidite"), number(inputs, "taux_pension"), effect(inputs) or ON
    )
    return {"pension_sur_traitement": result.value}, result.steps


@domain("rente_invalidite_plafond")
def annuity(inputs: Inputs) -> Found:
    result = amount.with_annuity(
        number(inputs, "traitement"),
        number(inputs, "taux_invalidite"),
        number(inputs, "taux_pension"),
        effect(inputs) or ON,
    )
    return {"total": result.value}, result.steps


@domain("cnracl_reversion", "etat_reversion")
def reversion(inputs: Inputs) -> Found:
    steps = Steps()
    on = effect(inputs) or ON
    marriage = survivors.Marriage(
        months=_months(inputs, "mariage"),
        months_before_end=_before_end(inputs),
        child=bool(first(inputs, "enfant_commun", "enfant_du_mariage", default=False)),
        invalid_after=bool(inputs.get("invalidite_apres_mariage", False)),
        new_union=bool(first(inputs, "remarie", "nouvelle_union", default=False)),
    )
    pension = number(inputs, "pension_defunt_mensuelle", "pension_defunt_annuelle", "pension_defunt")
    part = number(inputs, "part", default=1)
    found = {"reversion": steps.extend(survivors.reversion(pension, marriage, on, part=part))}
    found["reversion_cnracl"] = found["reversion_etat"] = found["reversion"]
    if "rafp_mensuelle" in inputs or "rafp" in inputs:
        benefit = number(inputs, "rafp_mensuelle", "rafp")
        found["reversion_rafp"] = steps.extend(survivors.rafp_reversion(benefit, marriage, on))
    return found, tuple(steps.made)


def _before_end(inputs: Inputs) -> Decimal:
    """Months of marriage before the end of work, whatever the word that speaks of it."""
    for word in inputs:
        if "cessation" in word:
            months = number(inputs, word, default=0)
            return months if "mois" in word else months * 12
    return Decimal(0)


def _months(inputs: Inputs, word: str) -> Decimal:
    return number(inputs, f"{word}_mois", default=number(inputs, f"{word}_annees", default=0) * 12)


@domain("cumul_emploi_retraite")
def work(inputs: Inputs) -> Found:
    steps = Steps()
    ceiling = first(inputs, "plafond_revenu", "plafond", default=None)
    if ceiling is None:
        pension = number(inputs, "pension_annuelle", "pension_brute_annuelle", "pension_brute", "pension", default=0)
        pension = pension or number(inputs, "pension_mensuelle") * 12
        ceiling = steps.extend(afterwards.work_ceiling(pension, effect(inputs) or ON))
    found = {"plafond_revenu": ceiling, "plafond": ceiling}
    income = first(inputs, "revenu", "revenus", "revenu_annuel", default=None)
    if income is not None:
        result: Result[Decimal] = afterwards.deduction(Decimal(str(income)), Decimal(str(ceiling)))
        found["deduction"] = steps.extend(result)
    return found, tuple(steps.made)
