"""Beside OpenFisca-France, without it: our side by hand, the table of differences and its page, and what is refused."""

import datetime
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cross_check import __main__ as command
from cross_check.explained import Difference, Table, table, unexplained
from cross_check.page import page
from cross_check.parvis_side import AMOUNTS, FIRST, LAST, Person, amounts, eras, people, rates, worked_out
from parvis.regulations.parameters import value

PAGE = Path(__file__).parents[2] / "docs" / "regulations" / "differences.md"
ERAS = {f"{era:%Y-%m}": era for era in eras()}
WHOM = {name: people(era) for name, era in ERAS.items()}
OURS = {"rates": rates(), "amounts": {name: amounts(era, WHOM[name]) for name, era in ERAS.items()}}
KNOWN = table()
NOBODY_ELSE = Table(release="1", compared_on=datetime.date(2026, 1, 1), differences=())


def as_they_would_answer(known: Table) -> dict[str, Any]:
    """Our own figures as OpenFisca would write them, but for what the table says of theirs."""
    theirs = json.loads(json.dumps(OURS, default=float))
    for one in known.differences:
        if one.theirs is not None:
            for month in theirs["rates"][one.what]:
                if one.holds(one.what, month):
                    theirs["rates"][one.what][month] = float(one.theirs)
    for era, by_name in theirs["amounts"].items():
        for name, column in by_name.items():
            figures = {rate: Decimal(str(theirs["rates"][rate][era])) for rate in AMOUNTS[name]}
            held = [one for one in known.differences if one.theirs is None and one.holds(name, era)]
            left_out = frozenset(one.left_out for one in held if one.left_out)
            share = min((Decimal(one.ceiling_days) / 30 for one in held if one.ceiling_days), default=Decimal(1))
            rounding = "ROUND_HALF_DOWN" if any(one.half_cent_down for one in held) else "ROUND_HALF_UP"
            for number, one_of_them in enumerate(WHOM[era]):
                column[number] = float(worked_out(name, one_of_them, figures, left_out, share, rounding))
    return theirs


def test_the_page_is_that_of_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(KNOWN), "python -m cross_check --page > docs/regulations/differences.md"


def test_every_difference_names_what_is_known_in_months_that_are_compared() -> None:
    assert KNOWN.differences and KNOWN.mended
    for one in KNOWN.differences:
        assert FIRST <= one.since < one.until <= datetime.date(LAST.year + 1, 1, 1), one.what
        if one.theirs is not None:
            months = [month for month in OURS["rates"][one.what] if one.holds(one.what, month)]
            # No month of it in which Parvis says the same.
            assert months and all(OURS["rates"][one.what][month] != one.theirs for month in months), one.what
        else:
            assert any(one.holds(one.what, era) for era in ERAS), one.what


def test_the_eras_begin_where_a_rate_changes() -> None:
    assert {"2016-07", "2017-02", "2022-07", "2023-07", "2025-01", "2026-01"} <= set(ERAS)
    for name in ("cnracl.employer_rate", "ircantec.a_agent_rate", "pay.pass_month", "pay.point_value"):
        seen = {value(name, on=day).value for day in ERAS.values()}
        assert set(OURS["rates"][name].values()) == seen


@pytest.mark.parametrize("era", ERAS)
def test_every_amount_that_is_compared_is_the_one_worked_out_by_hand(era: str) -> None:
    for name, column in OURS["amounts"][era].items():
        figures = {rate: OURS["rates"][rate][era] for rate in AMOUNTS[name]}
        for one, owed in zip(WHOM[era], column, strict=True):
            assert abs(worked_out(name, one, figures) - owed) <= Decimal("0.005")
        assert any(column)


def test_people_stand_on_both_sides_of_every_limit() -> None:
    for whom in WHOM.values():
        servants = [one for one in whom if one.kind != "contract"]
        assert {one.accessories > one.indexed_pay / 5 for one in servants} == {True, False}
        assert {one.kind for one in servants} == {"territorial", "hospital"} and any(one.nbi for one in servants)
        gross = [one.gross for one in whom if one.kind == "contract"]
        assert min(gross) < 3170 < 4005 < sorted(gross)[1] and max(gross) > 8 * 4005


def test_what_the_table_explains_is_explained_and_nothing_else() -> None:
    theirs = as_they_would_answer(KNOWN)
    assert list(unexplained(OURS, theirs, WHOM, KNOWN)) == []
    assert list(unexplained(OURS, as_they_would_answer(NOBODY_ELSE), WHOM, NOBODY_ELSE)) == []
    # Without the table each of them is said.
    bare = "\n".join(unexplained(OURS, theirs, WHOM, NOBODY_ELSE))
    assert all(one.what in bare for one in KNOWN.differences)


def test_an_explanation_of_another_figure_explains_nothing() -> None:
    theirs = as_they_would_answer(KNOWN)
    theirs["rates"]["cnracl.employer_rate"]["2026-05"] = 34.66
    theirs["amounts"]["2026-01"]["cnracl.employer"][2] += 0.02
    theirs["amounts"]["2018-01"]["rafp.agent"][6] -= 0.02
    theirs["rates"]["pay.pass_month"]["2015-03"] = None
    said = list(unexplained(OURS, theirs, WHOM, KNOWN))
    assert [sentence.split(" : ")[0] for sentence in said] == [
        "cnracl.employer_rate, 2026-05",
        "pay.pass_month, 2015-03",
        "rafp.agent, 2018-01, personne 6",
        "cnracl.employer, 2026-01, personne 2",
    ]


def test_an_explanation_that_nothing_needs_any_more_is_said() -> None:
    said = list(unexplained(OURS, as_they_would_answer(NOBODY_ELSE), WHOM, KNOWN))
    assert len(said) == len(KNOWN.differences) and all("n’existe plus" in sentence for sentence in said)


@pytest.mark.parametrize(
    "more",
    [
        {"theirs": None},
        {"theirs": "1", "left_out": "nbi"},
        {"what": "cnracl.nothing"},
        {"what": "rafp.agent", "theirs": None, "left_out": "salary"},
        {"what": "rafp.agent", "theirs": None, "ceiling_days": 28},
        {"what": "ircantec.agent", "theirs": None, "ceiling_days": 31},
        {"theirs": 34.65},
        {"until": "2026-01"},
        {"right": "moi"},
        {"source": ""},
        {"why": "parce que"},
    ],
)
def test_a_difference_that_is_not_sound_is_refused(more: dict[str, object]) -> None:
    written = {
        "what": "cnracl.employer_rate",
        "from": "2026-01",
        "until": "2027-01",
        "theirs": "34.65",
        "right": "Parvis",
        "why": "Un taux qui n’est plus celui de la période.",
        "source": "décret d’essai, art. 1",
    }
    assert Difference.model_validate(written).theirs == Decimal("34.65")
    with pytest.raises(ValidationError):
        Difference.model_validate(written | more)


def interpreter(folder: Path, answer: dict[str, Any] | None) -> str:
    """What stands for the other environment's Python: it answers from a file, or fails."""
    (folder / "answer.json").write_text(json.dumps(answer), "utf-8")
    script = folder / "python"
    script.write_text(
        f"#!/bin/sh\ncat > {folder}/asked.json\n" + ("exit 3\n" if answer is None else f"cat {folder}/answer.json\n")
    )
    script.chmod(0o755)
    return str(script)


@pytest.mark.parametrize(
    ("release", "spoilt", "code", "word"),
    [
        (KNOWN.release, False, 0, "0 inexpliquées"),
        (KNOWN.release, True, 1, "1 inexpliquées"),
        ("1.0", False, 1, "version"),
        (None, False, 2, "n’a pas répondu"),
    ],
)
def test_the_command_fails_on_what_is_not_explained(
    release: str | None,
    spoilt: bool,
    code: int,
    word: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = None if release is None else as_they_would_answer(KNOWN) | {"version": release}
    if spoilt and answer:
        answer["rates"]["rafp.agent_rate"]["2020-02"] = 4.0
    monkeypatch.setattr(sys, "argv", ["cross_check", "--openfisca", interpreter(tmp_path, answer)])
    assert command.main() == code
    said = capsys.readouterr()
    assert word in said.out + said.err
    asked = json.loads((tmp_path / "asked.json").read_text("utf-8"))
    assert asked["months"][0] == "2015-01" and asked["months"][-1] == "2026-12" and len(asked["months"]) == 144
    assert set(asked["eras"]["2026-01"][0]) == set(Person.__dataclass_fields__)
