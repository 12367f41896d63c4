"""Cases on pensions: other words, other eras, optional inputs there or not, and inputs that are none."""

from decimal import Decimal
from typing import Any

import pytest

from parvis.regulations.cases import Case, compute, pensions, pensions_amounts

DECLARED = (pensions, pensions_amounts)


def found(domain: str, **inputs: Any) -> Any:
    outcome = compute(Case("E-1", domain, inputs, {}))
    assert not outcome.fault, outcome.fault
    assert outcome.steps
    return outcome.found


@pytest.mark.parametrize(
    ("domain", "inputs", "expected"),
    [
        ("age_legal_sedentaire", {"date_naissance": "1966-06-01", "regle": "loi 2023"}, {"age_legal": "63a6m"}),
        ("age_legal_sedentaire", {"date_naissance": "1966-06-01", "regle": "avant_suspension"}, {"age_legal": "63a6m"}),
        ("age_legal_sedentaire", {"date_naissance": "1966-06-01", "regle": "2014-40"}, {"age_legal": "62a0m"}),
        ("age_legal_sedentaire", {"date_naissance": "1966-06-01", "regle": "avant 2023"}, {"age_legal": "62a0m"}),
        ("age_legal_sedentaire", {"date_naissance": "1966-06-01"}, {"age_legal": "63a3m", "trimestres_requis": 172}),
        ("age_legal_sedentaire", {"date_naissance": "1953", "date_effet": "2015-01"}, {"age_legal": "61a2m"}),
        ("trimestres_requis_sedentaire", {"date_naissance": "1964", "loi": "2023-270"}, {"trimestres_requis": 171}),
        ("trimestres_requis_sedentaire", {"date_naissance": "1964", "loi": "suspension"}, {"trimestres_requis": 170}),
        (
            "trimestres_requis_actif",
            {"categorie": "actif", "date_naissance": "1969-06", "loi": "2023-270"},
            {"trimestres_requis": 170},
        ),
        (
            "trimestres_requis_actif",
            {"categorie": "actif", "date_naissance": "1969-06", "loi": "avant suspension"},
            {"trimestres_requis": 171},
        ),
        ("actif_duree_services", {"date_15_ans_actif": "2011-06-30", "annees_actif": 15}, {"actif": True}),
        ("actif_duree_services", {"date_15_ans_actif": "2011-07-01", "annees_actif": 15.33}, {"actif": True}),
        ("actif_duree_services", {"date_15_ans_actif": "2015-01-01", "annees_actif": 16.9}, {"actif": False}),
        (
            "actif_duree_services",
            {"categorie": "super-actif", "date_25_ans_super_actif": "2015-01-01", "annees_super_actif": 27},
            {"super_actif": True},
        ),
        (
            "carriere_longue",
            {"naissance": "1966-11", "borne_age_debut": 20, "trimestres_avant_fin_annee_borne": 4},
            {"age_depart": "60a9m"},
        ),
        (
            "carriere_longue",
            {"naissance": "1966-09", "borne_age_debut": 20, "trimestres_avant_fin_annee_borne": 4},
            {"age_depart": None},
        ),
        (
            "carriere_longue",
            {"naissance": "1964-06", "borne_age_debut": 20, "date_effet": "2025-01"},
            {"age_depart": "60a6m", "trimestres_cotises": 171},
        ),
        (
            "carriere_longue_duree_cnracl",
            {"annee_naissance": 1965, "ouverture_age": 58, "annee_ouverture": 2023},
            {"trimestres_requis": 169},
        ),
        (
            "carriere_longue_duree_cnracl",
            {"annee_naissance": 1970, "ouverture_age": 58, "annee_ouverture": 2028},
            {"trimestres_requis": 172},
        ),
        (
            "carriere_longue_duree_cnracl",
            {"annee_naissance": 1963, "ouverture_age": 60, "annee_ouverture": 2025},
            {"trimestres_requis": 170},
        ),
        ("arrondi_trimestres", {"jours": "28a4m15j"}, {"duree_retenue": "28a6m", "trimestres": 114}),
        ("arrondi_trimestres", {"jours": 45}, {"trimestres": 1}),
        (
            "services_temps_partiel",
            {"quotite_pct": 50, "annees": 3},
            {"trimestres_liquidation": 6, "jours_reste": 0, "trimestres_duree_assurance": 12},
        ),
        ("services_temps_partiel", {"quotite": 0.8, "annees": 1, "surcotisation": True}, {"trimestres_liquidation": 4}),
        ("prorata_services", {"trimestres_services": 200, "trimestres_requis": 172}, {"coefficient": 1}),
        (
            "prorata_services",
            {"date_naissance": "1964-01-01", "trimestres_services": 170, "loi": "suspension"},
            {"coefficient": 1},
        ),
        ("bonification_enfants", {"enfants_nes_avant_2004": 2, "sexe": "H"}, {"bonification_trimestres": 0}),
        (
            "bonification_enfants",
            {"enfants_nes_avant_2004": 2, "sexe": "H", "interruption": True},
            {"bonification_trimestres": 8},
        ),
        (
            "majoration_duree_assurance",
            {"enfants_nes_depuis_2004": 3, "sexe": "F", "date_effet": "2026-09-01"},
            {"majoration_trimestres": 3, "bonification_trimestres": 3},
        ),
        (
            "decote",
            {"date_naissance": "1964-07-01", "date_effet": "2027-07-01", "invalidite": True},
            {"trimestres_decote": 0},
        ),
        (
            "decote",
            {
                "date_naissance": "1975-06-30",
                "date_effet": "2031-07-01",
                "categorie": "super-actif",
                "duree_assurance": 100,
            },
            {"trimestres_decote": 4},
        ),
        (
            "decote_transitoire_sedentaire",
            {"date_naissance": "1945-06-01", "date_effet": "2005-06-01", "duree_assurance": 0},
            {"decote": 0},
        ),
        (
            "surcote",
            {"date_naissance": "1966-01-01", "date_effet": "2029-04-01", "majoration_enfant": True},
            {"trimestres_surcote": 4},
        ),
        (
            "minimum_garanti",
            {"annee": 2026, "annees_services": 15, "condition_taux_plein": True},
            {"pourcentage": Decimal("0.575"), "montant_annuel": Decimal("9427.81")},
        ),
        ("minimum_garanti", {"annee": 2025, "trimestres_services": 112}, {"montant_annuel": Decimal("14624.93")}),
        (
            "minimum_garanti",
            {"annee": 2026, "annees_services": 20, "condition_taux_plein": False},
            {"montant_annuel": 0},
        ),
        (
            "minimum_garanti_moins_15_ans",
            {"trimestres": 43, "trimestres_requis": 172},
            {"pourcentage": Decimal("0.25")},
        ),
        ("minimum_garanti_transitoire", {"annee_ouverture": 2006, "trimestres": 60}, {"pourcentage": Decimal("0.591")}),
        (
            "pension_base",
            {"traitement_reference_annuel": 20000, "prorata": 1, "decote": 0.1, "surcote": 0},
            {"pension_annuelle": 13500},
        ),
        (
            "pension_base",
            {
                "traitement_reference_annuel": 20000,
                "trimestres_services": 172,
                "trimestres_requis": 172,
                "trimestres_bonifications": 20,
                "decote": 0,
            },
            {"pension_annuelle": 16000},
        ),
        ("majoration_enfants", {"enfants": 3, "pension": 950, "traitement_reference": 1000}, {"majoration": 50}),
        (
            "etat_reversion",
            {"pension_defunt_mensuelle": 2000, "mariage_annees": 3, "mariage_avant_cessation_annees": 2},
            {"reversion": 1000},
        ),
        (
            "cnracl_reversion",
            {"pension_defunt_mensuelle": 2000, "mariage_mois": 47, "rafp_mensuelle": 60},
            {"reversion_cnracl": 0, "reversion_rafp": 0},
        ),
        (
            "cumul_emploi_retraite",
            {"annee": 2026, "pension_annuelle": 18000, "revenu": 15000},
            {"plafond_revenu": Decimal("14198.10"), "deduction": Decimal("801.90")},
        ),
        (
            "depart_anticipe_handicap",
            {"annee_naissance": "1965", "age_depart": 57},
            {"trimestres_cotises_requis": 89, "trimestres_valides_requis": None},
        ),
    ],
)
def test_cases(domain: str, inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    outcome = found(domain, **inputs)
    for word, value in expected.items():
        assert outcome[word] == value and (value is None) is (outcome[word] is None), word


@pytest.mark.parametrize(
    ("domain", "inputs", "fault"),
    [
        ("age_legal_sedentaire", {}, "date_naissance"),
        ("age_legal_sedentaire", {"date_naissance": "1964-13-01"}, "ValueError"),
        ("age_legal_sedentaire", {"date_naissance": "1964", "regle": "Solon"}, "Solon"),
        ("trimestres_requis_actif", {"date_naissance": "1964", "categorie": "bleue"}, "bleue"),
        ("minimum_garanti", {"annee": 2027, "annees_services": 20}, "NotKnown"),
        ("depart_anticipe_handicap", {"annee_naissance": 1970, "age_depart": 50}, "NotKnown"),
        ("arrondi_trimestres", {"jours": "un an"}, "ValueError"),
    ],
)
def test_what_is_no_case_says_why(domain: str, inputs: dict[str, Any], fault: str) -> None:
    assert fault in compute(Case("E-1", domain, inputs, {})).fault
