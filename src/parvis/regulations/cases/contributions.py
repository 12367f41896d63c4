"""Cases on contributions: CNRACL and its surcotisation, ATIACL, FEH."""

from decimal import Decimal
from typing import Any

from parvis.regulations.cases import Found, domain
from parvis.regulations.cases.money_words import Inputs, fraction, given, maybe, number, on, percent, yes
from parvis.regulations.cases.pay import point
from parvis.regulations.contributions.cnracl import CnraclPay, contributions, regularisation
from parvis.regulations.contributions.employer_funds import EmployerFund, employer_contribution, injury_allowance
from parvis.regulations.contributions.surcotisation import longest_in_months, surcotisation
from parvis.regulations.parameters import NotKnown
from parvis.regulations.pay import indexed_pay, points_pay
from parvis.regulations.results import Step

HOSPITAL = ("hospitalier", "hospitaliere", "fph")


def _indexed(inputs: Inputs, steps: list[Step], found: dict[str, Any]) -> Decimal:
    pay = maybe(inputs, "tib", "traitement", "traitement_indiciaire", "traitement_mensuel", "assiette", "base")
    if pay is not None:
        return pay
    worth = indexed_pay(
        number(inputs, "indice_majore", "im", "indice"),
        on=on(inputs),
        point_per_year=point(inputs),
        paid=number(inputs, "quotite_remuneree", "fraction_payee", default=1),
    )
    steps.extend(worth.steps)
    found["traitement_mensuel"] = worth.value.month
    return worth.value.month


def _nbi(inputs: Inputs, steps: list[Step], found: dict[str, Any]) -> Decimal:
    points = maybe(inputs, "nbi_points", "points_nbi")
    if points is None:
        return number(inputs, "nbi", "nbi_montant", default=0)
    worth = points_pay(points, on=on(inputs), point_per_year=point(inputs))
    steps.extend(worth.steps)
    found["nbi_mensuelle"] = worth.value.month
    return worth.value.month


@domain("cnracl_contribution")
def cnracl(inputs: Inputs) -> Found:
    steps: list[Step] = []
    found: dict[str, Any] = {}
    period = on(inputs, "period", "periode", "mois_paie", "mois", "date", "year", "annee")
    pay = CnraclPay(
        _indexed(inputs, steps, found),
        _nbi(inputs, steps, found),
        number(inputs, "cti", "complement_traitement_indiciaire", default=0),
        number(inputs, "prime_aide_soignant", "prime_aide_soignante", "pss", default=0),
        number(inputs, "indemnite_feu", "indemnite_de_feu", default=0),
    )
    due = contributions(pay, period=period)
    steps.extend(due.steps)
    found |= {
        "assiette": due.value.base,
        "retenue_agent": due.value.agent,
        "contribution_employeur": due.value.employer,
        "total": due.value.total,
    }
    paid_as = given(inputs, "verse_au_taux_de", "taux_applique_de", "paye_au_taux_de")
    if paid_as is not None:
        left = regularisation(pay, period=period, paid_at_rates_of=on({"date": paid_as}))
        steps.extend(left.steps)
        found |= {"regularisation_agent": left.value.agent, "regularisation_employeur": left.value.employer}
        found["regularisation"] = left.value.total
    for fund in EmployerFund:
        if fund is EmployerFund.FEH and not yes(inputs, *HOSPITAL):
            continue
        if fund is EmployerFund.FCCPA and yes(inputs, *HOSPITAL):
            continue
        try:
            owed = employer_contribution(
                fund, pay.indexed_pay, pay.nbi, period=period, with_nbi=inputs.get("nbi_incluse") is not False
            )
        except NotKnown:
            continue
        steps.extend(owed.steps)
        found[fund.value] = owed.value
    return found, tuple(steps)


@domain("atiacl_contribution", "feh_contribution")
def employer_only(inputs: Inputs) -> Found:
    found: dict[str, Any] = {}
    steps: list[Step] = []
    pay, nbi = _indexed(inputs, steps, found), _nbi(inputs, steps, found)
    for fund in EmployerFund:
        for with_nbi, word in ((True, "avec_nbi"), (False, "sans_nbi")):
            try:
                owed = employer_contribution(fund, pay, nbi, period=on(inputs), with_nbi=with_nbi)
            except NotKnown:
                continue
            found[f"{fund.value}_{word}"] = owed.value
            # Unless it is said otherwise, the NBI counts, as in the only source that computes with one.
            if with_nbi is (inputs.get("nbi_incluse") is not False):
                found[fund.value] = owed.value
            steps.extend(owed.steps)
    return found, tuple(steps)


@domain("atiacl_allocation")
def allowance(inputs: Inputs) -> Found:
    by_hundred = maybe(inputs, "valeur_annuelle_indice_100")
    result = injury_allowance(
        fraction(inputs, "taux_invalidite", "taux_invalidite_pct", "taux"),
        on=on(inputs),
        index=maybe(inputs, "indice_reference", "indice"),
        point_per_year=point(inputs) if by_hundred is None else by_hundred / 100,
    )
    return {
        "base_mensuelle": result.value.base,
        "allocation_mensuelle": result.value.amount,
        "allocation_annuelle": result.value.amount * 12,
    }, result.steps


@domain("cnracl_surcotisation")
def surcotisation_rate(inputs: Inputs) -> Found:
    result = surcotisation(
        fraction(inputs, "quotite", "quotite_pct", "quotite_travaillee"),
        period=on(inputs, otherwise="cnracl.surcotisation_employer_rate"),
        full_time_pay=maybe(inputs, "traitement_temps_plein", "tib_temps_plein", "tib", "assiette"),
        agent_rate=percent(inputs, "taux_agent", "taux_retenue"),
        employer_rate=percent(inputs, "taux_representatif_employeur", "taux_employeur"),
        disabled=yes(inputs, "handicap", "handicap_80", "incapacite_80"),
    )
    amount = result.value.amount
    return {"taux": result.value.rate, "retenue": amount, "montant": amount, "cotisation": amount}, result.steps


@domain("cnracl_surcotisation_duree_max")
def surcotisation_duration(inputs: Inputs) -> Found:
    result = longest_in_months(
        fraction(inputs, "quotite_pct", "quotite", "quotite_travaillee"),
        on=on(inputs, otherwise="cnracl.surcotisation_quarters"),
        disabled=yes(inputs, "handicap", "handicap_80", "incapacite_80"),
    )
    return {"duree_max_mois": result.value, "duree_max_annees": result.value / 12}, result.steps
