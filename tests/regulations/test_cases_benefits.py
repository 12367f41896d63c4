"""The words of cases on benefits, identifiers and the DSN: other words, absent inputs, other values."""

from decimal import Decimal
from typing import Any

import pytest

from parvis.regulations.cases import Case, compute
from parvis.regulations.cases.__main__ import declare

declare()
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("rafp_prestation", {"points": 3000, "date_naissance": "1963-01-10", "date_effet": "2025-11-01"},
     {"forme": "capital", "age_legal": 62.75, "coefficient": 1.03, "conversion": 26.53}),
    ("rafp_prestation", {"points": 4950, "valeur_service": 0.05378, "age": 63, "depart_base": "2024-03",
      "effet": "2024-09"}, {"forme": "capital_unique"}),
    ("rafp_prestation", {"points": 5000, "age": 64, "age_mois": 6, "annee": 2023}, {"forme": "capital_fractionne"}),
    ("rafp_prestation", {"points": 5000, "age": 60, "valeur_service": 0.05671},
     {"forme": "non_ouverte", "ouverte": False}),
    ("rafp_prestation", {"points": 6000, "valeur_service": 0.04283, "age": 60}, {"forme": "rente", "coefficient": 1}),
    ("rafp_points", {"year": 2024, "base": 4500}, {"points": 319, "cotisations_totales": 450}),
    ("rafp_points", {"year": 2024, "cotisation_agent": 225, "cotisation_employeur": 225}, {"points": 319}),
    ("rafp_points", {"year": 2024, "cotisation_agent": 225}, {"points": 319}),
    ("rafp_reversion", {"prestation_defunt_mensuelle": 100, "mariage_annees": 3}, {"reversion_mensuelle": 0}),
    ("rafp_reversion", {"prestation_defunt_mensuelle": 100, "mariage_mois": 12, "enfant_commun": True},
     {"reversion_mensuelle": 50}),
    ("rafp_reversion", {"prestation_defunt_mensuelle": 100}, {"reversion_mensuelle": 50}),
    ("ircantec_points", {"year": 2024, "salaire": 50000}, {"points_A": 463, "points_B": 101, "points": 564}),
    ("ircantec_coefficient_age", {"age": 62.5}, {"coefficient": 0.805}),
    ("ircantec_coefficient_duree", {"age_ans": 63, "trimestres_manquants": 8, "age_legal_atteint": False},
     {"coefficient": 0.83}),
    ("ircantec_pension", {"year": 2026, "points": 1000, "age_ans": 67, "age_trimestres": 4, "trimestres_apres_67": 4},
     {"pension_annuelle": 577.35, "forme": "pension"}),
    ("ircantec_pension", {"year": 2026, "points": 200, "enfants": 3},
     {"forme": "capital_unique", "points_totaux": 220}),
    ("ircantec_reversion", {"pension_defunt_mensuelle": 300, "age_survivant": 48, "deces": "2026-08-15"},
     {"reversion_mensuelle": 0, "date_effet": None}),
    ("identifiant_siret", {"valeur": "732829320"}, {"valide": False}),
    ("identifiant_siren", {"valeur": "217500016"}, {"valide": True, "organisme_public": True}),
    ("identifiant_nir", {"nir13": "2550814168025", "cle": "38"}, {"valide": True}),
    ("identifiant_nir", {"valeur": "255081416802539"}, {"valide": False, "cle": "38"}),
    ("identifiant_nir", {"nir13": "abc"}, {"valide": False, "cle": None}),
    ("dsn_codes_fp", {"regime": "RAFP"}, {"base": "49", "cotisations_autorisees": ["311", "312"]}),
    ("dsn_codes_fp", {"regime": "CNRACL", "code": "311"}, {"accepte": False}),
    ("dsn_nir", {"valeur": "175042A123456", "date_naissance": "1975-04-01"}, {"accepte": False}),
    ("dsn_nir", {"valeur": "176042A123456", "date_naissance": "01041976"}, {"accepte": True}),
    ("dsn_nir", {"valeurs": ["1840475123456", "1840475123456"]}, {"accepte": False, "controle": "CCH-14"}),
    ("dsn_nombre", {"type": "quantite", "valeur": "12"}, {"accepte": True}),
    ("dsn_nombre", {"type": "quantite_entiere", "valeur": "12.00"}, {"accepte": False}),
    ("dsn_coherence", {"S21.G00.40.007": "50", "S21.G00.40.066": "15"}, {"accepte": False}),
    ("dsn_ligne", {"ligne": "S21.G00.30.002,'DURAND'"}, {"accepte": True, "valeur": "DURAND"}),
    ("dsn_email", {"valeur": "a@mairie.fr"}, {"accepte": True}),
]  # fmt: skip


@pytest.mark.parametrize(("domain", "inputs", "expected"), CASES)
def test_a_case_in_other_words(domain: str, inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    outcome = compute(Case("T", domain, inputs, expected, Decimal("0.005")))
    assert not outcome.fault and not outcome.differences, outcome
