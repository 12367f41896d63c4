"""The generator: what it writes is right for a reader that shares nothing with it, and wrong only where it says so."""

import datetime
import io
from decimal import Decimal

import pytest

from parvis.dsn.generation.anomalies import OF_THE_FILE, Anomaly
from parvis.dsn.generation.posts import CNRACL, ELECTED, IRCANTEC, headcount, staff
from parvis.dsn.generation.sending import Part, generate
from parvis.dsn.shapes import Individual
from parvis.regulations.dsn.controls import coherence, controls
from tests.dsn.files import JUNE, OTHER, TOWN, events, made, problems
from tests.dsn.second_reader import Node, Wrong, check, wrong_amounts

MONTHS = [datetime.date(2025, 12, 1), *(datetime.date(2026, month, 1) for month in range(1, 8))]


def _people(root: Node) -> dict[str, Node]:
    return {one.rubrics["001"]: one for one in root.under("S21.G00.30")}


def test_every_kind_of_file_passes_both_readers() -> None:
    """P25 and P26, Windows ends, test sending, several declarations, fractions, « néant », « annule et remplace »."""
    cases = [
        made(Part(TOWN, datetime.date(2025, 3, 1), agents=40)),
        made(Part(TOWN, JUNE, agents=40), crlf=True, test=True),
        made(Part(TOWN, JUNE, agents=9), Part(OTHER, JUNE), Part(OTHER, JUNE, kind="03", order=2, regularised=3)),
        made(*(Part(TOWN, JUNE, agents=20, fraction=one, fractions=3) for one in (1, 2, 3))),
        made(Part(OTHER, JUNE, kind="02"), Part(OTHER, JUNE, kind="05", order=3, replaces="00000000000000000000123")),
    ]
    for content, planted in cases:
        assert planted == ()
        root = check(content)
        assert problems(content) == []
        ours = [one for one in events(content) if isinstance(one, Individual)]
        theirs = root.under("S21.G00.30")
        assert [(one.line, one.nir, one.surname) for one in ours] == [
            (one.line, one.rubrics["001"], one.rubrics["002"]) for one in theirs
        ]
    fractions = check(cases[3][0])
    numbers = [set(_people(one)) for one in fractions.children if one.name == "S20.G00.05"]
    assert len(numbers) == 3 and not numbers[0] & numbers[1] | numbers[0] & numbers[2] | numbers[1] & numbers[2]
    assert cases[1][0].count(b"\r\n") == cases[1][0].count(b"\n")


def test_months_follow_one_another_with_amounts_that_are_due() -> None:
    """The same agents come back; amounts are base by rate of the period; the RAFP stays under 20 % since January."""
    before: dict[str, Node] = {}
    paid: dict[str, Decimal] = {}
    used: dict[str, Decimal] = {}
    for month in MONTHS:
        content, _ = made(Part(TOWN, month, agents=60, regularised=4))
        assert problems(content) == []
        people = _people(check(content))
        if before:
            gone, new = before.keys() - people.keys(), people.keys() - before.keys()
            assert len(gone) + len(new) <= 6
            assert all(before[nir].under("S21.G00.62") for nir in gone)
            started = [one.rubrics["001"] for nir in new for one in people[nir].under("S21.G00.40")]
            assert all(day.endswith(f"{month:%m%Y}") for day in started)
        before = people
        if month.month == 1:
            paid, used = {}, {}
        for nir, one in people.items():
            assert wrong_amounts(one, month.year) == []
            basic = [Decimal(pay.rubrics["013"]) for pay in one.under("S21.G00.51") if pay.rubrics["011"] == "010"]
            paid[nir] = paid.get(nir, Decimal(0)) + sum(basic)
            for base in one.under("S21.G00.78"):
                if base.rubrics["001"] == "49":
                    used[nir] = used.get(nir, Decimal(0)) + Decimal(base.rubrics["004"])
        assert used and all(amount <= paid[nir] / 5 for nir, amount in used.items())


def test_what_is_written_meets_the_controls_between_rubrics() -> None:
    """Each contract and contribution, by the regulations' own data."""
    root = check(made(Part(TOWN, JUNE, agents=150))[0])
    kinds = {"S21.G00.30": ("001", "020"), "S21.G00.40": (), "S21.G00.81": ("003", "004")}
    for name, also in kinds.items():
        for block in root.under(name):
            declared = {f"{name}.{short}": block.rubrics.get(short) for short in {*block.rubrics, *also}}
            if name == "S21.G00.40":
                every = {rubric for one in controls().controls for rubric in (one.rubric, *one.when)}
                declared |= {rubric: block.rubrics.get(rubric[-3:]) for rubric in every if rubric.startswith(name)}
            assert coherence(declared).accepted, (block, coherence(declared))


def test_same_seed_same_bytes() -> None:
    """Another seed gives other people."""
    first, again, other = (made(Part(TOWN, JUNE), seed=seed)[0] for seed in (7, 7, 8))
    assert first == again
    assert not _people(check(first)).keys() & _people(check(other)).keys()


def test_a_town_has_the_agents_of_its_size() -> None:
    """All regimes, part hours, part time, absences and departures are there."""
    assert [headcount(population) for population in (0, 500, 5000, 50_000)] == [1, 7, 89, 1069]
    people = staff(TOWN, seed=1, agents=400)
    assert {one.regime for one in people} == {CNRACL, IRCANTEC, ELECTED}
    assert any(one.hours < 28 for one in people) and any(one.part_time < 100 for one in people)
    assert any(one.absence for one in people) and any(one.left for one in people) and any(one.nbi for one in people)
    assert len({one.identity.nir for one in people}) == len(people)
    with pytest.raises(ValueError, match="nothing"):
        generate(io.BytesIO(), [])


@pytest.mark.parametrize("anomaly", Anomaly)
def test_an_anomaly_is_where_it_is_said_to_be(anomaly: Anomaly) -> None:
    """One fault in one agent, at the line that is given; those of the file itself are refused by both readers."""
    right, _ = made(Part(TOWN, JUNE, agents=60))
    content, planted = made(Part(TOWN, JUNE, agents=60, anomalies={anomaly: 1}))
    assert [one.anomaly for one in planted] == [anomaly]
    wrong, original = planted[0], _people(check(right))
    found = problems(content)
    if anomaly in OF_THE_FILE:
        with pytest.raises(Wrong):
            check(content)
        assert len(found) == 1 and found[0].blocking
        assert wrong.line <= found[0].line < wrong.line + 250
        return
    assert found == []
    people = _people(check(content))
    changed = [nir for nir in original if nir not in people or _written(people[nir]) != _written(original[nir])]
    assert changed == [wrong.nir]
    if wrong.nir not in people:
        assert anomaly in {Anomaly.AGENT_MISSING, Anomaly.UNKNOWN_AGENT, Anomaly.WRONG_NIR, Anomaly.IMPOSSIBLE_AGE}
        return
    assert people[wrong.nir].line == wrong.line
    amounts = wrong_amounts(people[wrong.nir], 2026)
    expected = {
        Anomaly.WRONG_RATE: {"301", "305", "310"},
        Anomaly.WRONG_AMOUNT: {"300"},
    }.get(anomaly, set())
    assert set(amounts) <= expected and bool(amounts) == bool(expected)


def _written(node: Node) -> object:
    return node.rubrics, [(child.name, _written(child)) for child in node.children]
