"""Cases on the obligations beside contributions: FIPHFP, the private sector's yardstick, FNC."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from parvis.regulations.cases import Found, domain
from parvis.regulations.cases.money_words import Inputs, fraction, given, maybe, number, on, percent, whole, yes
from parvis.regulations.obligations.disabled_workers import (
    Beneficiary,
    Contribution,
    Sector,
    contribution,
    is_liable,
    legal_number,
    units,
)
from parvis.regulations.obligations.family_fund import FamilyFund, balance
from parvis.regulations.results import Result

HEADCOUNT = ("effectif_total_remunere", "effectif_total", "effectif", "etr")
CEILINGS = ("sous_traitance_plafond_pct", "deduction_plafond_pct")
FTE = ("etp", "effectif_etp", "equivalent_temps_plein")


def _reference(inputs: Inputs) -> datetime.date:
    """The 31 December that a case is about, where it says a year; the last figures otherwise."""
    written = given(inputs, "date", "date_reference")
    if written is not None:
        return on({"date": written})
    year = given(inputs, "year", "annee", "exercice")
    return on({}, "date", otherwise="fiphfp.opens_month") if year is None else datetime.date(int(year), 12, 31)


@domain("fiphfp_obligation")
def obligation(inputs: Inputs) -> Found:
    day = _reference(inputs)
    result = legal_number(whole(inputs, *HEADCOUNT), on=day, mayotte=yes(inputs, "mayotte"))
    found: dict[str, Any] = {"boe_legal": result.value, "nombre_legal": result.value}
    full_time = maybe(inputs, *FTE)
    if full_time is None:
        return found, result.steps
    liable = is_liable(full_time, on=day)
    if not liable.value:
        found |= {"boe_legal": 0, "nombre_legal": 0}
    return {**found, "assujetti": liable.value}, liable.steps + result.steps


@domain("fiphfp_boe_unites")
def beneficiary_units(inputs: Inputs) -> Found:
    result = units([_beneficiary(one) for one in inputs["boe"]], on=_reference(inputs))
    return {"unites": result.value, "beneficiaires": len(inputs["boe"])}, result.steps


def _beneficiary(one: Mapping[str, Any]) -> Beneficiary:
    return Beneficiary(
        after_fiftieth_birthday=yes(one, "recrute_apres_50_ans", "reconnu_apres_50_ans", "apres_50_ans"),
        this_year=yes(one, "annee_recrutement", "annee_reconnaissance", "annee_du_recrutement", "cette_annee"),
    )


def _contribution(inputs: Inputs, sector: Sector) -> Result[Contribution]:
    headcount = whole(inputs, *HEADCOUNT)
    boe = given(inputs, "boe", "unites", "boe_unites")
    day = _reference(inputs)
    if isinstance(boe, list):
        counted = units([_beneficiary(one) for one in boe], on=day).value
    else:
        counted = Decimal(str(boe or 0))
    ceiling = given(inputs, *CEILINGS)
    spent = maybe(inputs, "deduction", "depenses", "depenses_deductibles", "sous_traitance")
    if spent is None:
        # A case that gives the ceiling alone means that it is reached.
        spent = Decimal(10**12) if ceiling is not None else Decimal(0)
    return contribution(
        headcount,
        counted,
        on=day,
        deductible_units=number(inputs, "unites_deductibles", default=0),
        deducted=spent,
        deducted_at_most=None if ceiling is None else fraction(inputs, *CEILINGS),
        hourly_smic=maybe(inputs, "smic_horaire", "smic"),
        multiplier=maybe(inputs, "coef", "coefficient", "multiplicateur"),
        mayotte=yes(inputs, "mayotte"),
        declared=inputs.get("declare") is not False and not yes(inputs, "defaut_declaration", "non_declare"),
        sector=sector,
    )


@domain("fiphfp_contribution")
def public(inputs: Inputs) -> Found:
    result = _contribution(inputs, Sector.PUBLIC)
    found = result.value
    return {
        "boe_legal": found.legal_number,
        "manquants": found.missing,
        "contribution_brute": found.gross,
        "deduction": found.deducted,
        "contribution_nette": found.net,
        "contribution": found.net,
    }, result.steps


@domain("oeth_contribution_privee")
def private(inputs: Inputs) -> Found:
    result = _contribution(inputs, Sector.PRIVATE)
    found = result.value
    return {
        "boe_legal": found.legal_number,
        "manquants": found.missing,
        "brut": found.gross,
        "deduction": found.deducted,
        "net": found.net,
    }, result.steps


@domain("fnc_compensation")
def fnc(inputs: Inputs) -> Found:
    full_time = str(given(inputs, "fonds") or "TC").upper() == "TC"
    result = balance(
        FamilyFund.FULL_TIME if full_time else FamilyFund.PART_HOURS,
        number(inputs, "remunerations_declarees", "remunerations"),
        number(inputs, "sft_verse", "sft", default=0),
        year=int(given(inputs, "annee_remunerations", "annee", "year")),
        coefficient=percent(inputs, "coefficient_pct", "coefficient"),
    )
    left = result.value.balance
    way = "dette de la collectivité" if left > 0 else "créance de la collectivité" if left < 0 else "équilibre"
    return {"part_contributive": result.value.share, "solde": left, "sens": way}, result.steps
