"""The words of the cases on pay, contributions, dates and obligations, in the several ways that they are said."""

from pathlib import Path
from typing import Any

import pytest

from parvis.regulations.cases import Case, compute, read
from parvis.regulations.cases.__main__ import declare


@pytest.fixture(scope="module", autouse=True)
def _adapters() -> None:
    declare()


CASES = read(Path(__file__).with_name("cases_money.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.id} {case.domain}")
def test_a_case_said_in_other_words(case: Case) -> None:
    outcome = compute(case)
    assert outcome.passed, (outcome.differences, outcome.fault)
    assert outcome.steps


@pytest.mark.parametrize(
    ("domain", "inputs", "fault"),
    [
        ("echeance", {"regime": "CNRACL", "agents": 25, "annee": 2026}, "a month"),
        ("echeance", {"regime": "CNRACL", "agents": 0, "mois_paie": "2026-01"}, "nothing is due"),
        ("echeance", {"regime": "Ircantec", "mois_paie": "2026-01"}, "periodicity"),
        ("cnracl_contribution", {"period": "2026-01"}, "indice_majore"),
        ("ircantec_contribution", {"period": "2027-01", "assiette": 1000}, "no value is known"),
        ("rafp_contribution", {"tib_mensuel": [1, 2], "accessoires_mensuels": [1]}, "2 months"),
        ("fnc_compensation", {"annee_remunerations": 2024, "remunerations_declarees": 1, "sft_verse": 0}, "no value"),
    ],
)
def test_a_case_that_cannot_be_computed_says_why(domain: str, inputs: dict[str, Any], fault: str) -> None:
    outcome = compute(Case("essai", domain, inputs, {"x": 1}))
    assert fault in outcome.fault and not outcome.passed
