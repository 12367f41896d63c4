"""The runner of cases: what passes, what fails and how it says so, and files that are none."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parvis.regulations import cases
from parvis.regulations.cases import __main__ as runner
from parvis.regulations.cases import same
from parvis.regulations.results import Step


@pytest.fixture
def doubling(monkeypatch: pytest.MonkeyPatch) -> None:
    def adapter(inputs: Any) -> cases.Found:
        return {"twice": inputs["n"] * 2}, (Step("On double", dict(inputs), inputs["n"] * 2, "essai"),)

    monkeypatch.setitem(cases._ADAPTERS, "essai", adapter)


def file(folder: Path, *found: dict[str, Any]) -> str:
    path = folder / "cases.json"
    path.write_text(json.dumps(found), "utf-8")
    return str(path)


def case(expected: Any, **more: Any) -> dict[str, Any]:
    return {"id": "E-1", "domain": "essai", "inputs": {"n": 1.1}, "expected": {"twice": expected}, **more}


def test_cases_that_pass_are_said_and_exit_0(
    doubling: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main([file(tmp_path, case(2.2), case(2.205, tolerance=0.005))]) == 0
    assert capsys.readouterr().out.splitlines() == ["PASS  E-1 (essai)", "PASS  E-1 (essai)", "2 passed, 0 failed"]


def test_a_failure_says_expected_found_and_steps(
    doubling: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main([file(tmp_path, case(3))]) == 1
    out = capsys.readouterr().out
    assert "FAIL  E-1" in out and "expected 3, found 2.2" in out and "On double [n = 1.1] = 2.2 (essai)" in out
    assert out.endswith("0 passed, 1 failed\n")


def test_a_case_without_acceptance_is_reported_and_fails_nothing(
    doubling: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main([file(tmp_path, case(3, acceptance=False))]) == 0
    assert "NOTED E-1" in capsys.readouterr().out


def test_an_unknown_domain_and_a_fault_fail(doubling: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strange = case(1) | {"domain": "rien"}
    empty = case(1) | {"inputs": {}}
    assert runner.main([file(tmp_path, strange, empty)]) == 1
    out = capsys.readouterr().out
    assert "domaine inconnu : rien" in out and "KeyError" in out


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", '[{"id": "x"}]'])
def test_a_file_that_holds_no_cases_is_said(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cases.json"
    path.write_text(text, "utf-8")
    assert runner.main([str(path)]) == 2
    assert capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    ("wanted", "found", "tolerance", "answer"),
    [
        (1, Decimal("1.004"), "0.005", True),
        (1, Decimal("1.006"), "0.005", False),
        (True, 1, "1", False),
        (None, None, "0", True),
        (None, 0, "0", False),
        ("2026-01-01", "2026-01-01", "0", True),
        (["a", 1], ("a", Decimal(1)), "0", True),
        (["a"], ["a", "b"], "0", False),
        ({"x": 1}, {"x": 1, "y": 2}, "0", True),
    ],
)
def test_what_counts_as_the_same(wanted: Any, found: Any, tolerance: str, answer: bool) -> None:
    assert same(wanted, found, Decimal(tolerance)) is answer
