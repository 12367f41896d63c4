"""The norm's rules, with its own examples (CT2025.1) and the other side of each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from parvis.regulations.dsn import contacts, controls, people, values
from parvis.regulations.dsn.controls import Control, coherence
from parvis.regulations.dsn.lines import Line, UnreadableLine, read
from parvis.regulations.dsn.values import Number


@pytest.mark.parametrize(
    ("written", "rubric", "value"),
    [
        ("S10.G00.00.001,'Paie'", "S10.G00.00.001", "Paie"),
        ("S21.G00.30.002,'D'ARTAGNAN'", "S21.G00.30.002", "D'ARTAGNAN"),
        ("S21.G00.30.002,'É'\r\n", "S21.G00.30.002", "É"),
        ("S21.G00.30.002,'a,'b','\n", "S21.G00.30.002", "a,'b',"),
        ("S21.G00.30.002,'" + "x" * 239 + "'", "S21.G00.30.002", "x" * 239),
    ],
)
def test_a_line(written: str, rubric: str, value: str) -> None:
    assert read(written) == Line(rubric, value)
    assert read(written).block == rubric[:10]


@pytest.mark.parametrize(
    "written",
    [
        "", "S10.G00.00.001", "S10.G00.00.001,''", "S10.G00.00.001,'  '", "S10.G00.00.001,'\u00a0'",
        "S10.G00.00.001,x'", "S10.G00.00.001,'x", "S10.G00.00.001 ,'x'", " S10.G00.00.001,'x'",
        "S10.G00.00.01,'x'", "s10.G00.00.001,'x'", "S21.G00.30.002,'" + "x" * 240 + "'", "S21.G00.30.002,'Œ'",
        "S21.G00.30.002,'a\tb'", "S21.G00.30.002,'a\n'\nb'", "S21.G00.30.002,'a' ",
    ],
)  # fmt: skip
def test_a_line_that_is_refused(written: str) -> None:
    with pytest.raises(UnreadableLine, match=r"\.$"):
        read(written)


@given(st.text(st.characters(codec="iso-8859-1", categories=["L", "N", "P"]), min_size=1, max_size=200))
def test_what_is_between_the_outer_apostrophes_comes_back(value: str) -> None:
    assert read(f"S21.G00.30.002,'{value}'").value == value


AMOUNT, NOT_ZERO, RATE = Number.AMOUNT, Number.AMOUNT_NOT_ZERO, Number.RATE
WHOLE, QUANTITY = Number.WHOLE_QUANTITY, Number.QUANTITY


@pytest.mark.parametrize(
    ("kind", "accepted", "refused"),
    [
        (NOT_ZERO, "1.10 0.01 -1.11 0000.54 01.11", "1,1 0.00 -0.00 1 .54 +1.11 1.111 - 1."),
        (AMOUNT, "1.10 0.01 0.00 000.00 -01.11", "1,10 1.1 0 .00 1 +1.00 1.000"),
        (Number.POSITIVE_AMOUNT, "1.10 0.00", "-1.10 1"),
        (RATE, "1.10 0023.45 0.00 0.54 0.99", "1.1 123456.8 0 1.114 -0.99"),
        (WHOLE, "123 0010 500 -123", "1.1 1,11 - 1.00"),
        (QUANTITY, "1.23 0001.00 0.23 1.20 111.99 -111.99", "1.2345 1,00 .23 1.2"),
    ],
)
def test_numbers_as_the_norm_lists_them(kind: Number, accepted: str, refused: str) -> None:
    for written in accepted.split():
        assert values.number(written, kind).accepted, written
    for written in [*refused.split(), "", " 1.10", "1.10 ", "1 000.00", "1.10\n", "١.١٠"]:
        assert not values.number(written, kind).accepted, written


def test_the_longest_amount() -> None:
    assert values.number("999999999.99", AMOUNT, longest=values.LONGEST_AMOUNT).accepted
    assert not values.number("9999999999.99", AMOUNT, longest=values.LONGEST_AMOUNT).accepted


@pytest.mark.parametrize(
    ("written", "plain", "birth"),
    [
        ("29022024", True, True), ("29022023", False, False), ("31122099", True, True), ("01011899", False, True),
        ("99051970", False, True), ("15991970", False, True), ("99991970", False, True), ("32991970", False, False),
        ("31042026", False, False), ("00012026", False, False), ("2026-01-01", False, False), ("", False, False),
    ],
)  # fmt: skip
def test_dates(written: str, plain: bool, birth: bool) -> None:
    assert values.date(written).accepted is plain
    assert values.date(written, unknown_parts=True).accepted is birth


def test_texts() -> None:
    assert values.text("Évreux", longest=6).accepted
    for written in ("Évreux ", " x", "x\u00a0", "Œuvre", "", "1234567"):
        assert not values.text(written, longest=6).accepted, written


@pytest.mark.parametrize(
    ("written", "year", "control"),
    [
        ("1840475123456", None, ""),
        ("1842075123456", None, ""),
        ("1844275123456", None, ""),
        ("1844375123456", None, "CSL 00"),
        ("1841375123456", None, "CSL 00"),
        ("1840475123000", None, "CSL 00"),
        ("1840475000123", None, "CSL 00"),
        ("1840400123456", None, "CSL 00"),
        ("7840475123456", None, "CSL 00"),
        ("184047512345697", None, "longueur"),
        ("1999999999999", None, "CCH-13"),
        ("2999999999999", None, "CCH-13"),
        ("1840475199999", None, ""),
        ("1840475999999", None, "CCH-16"),
        ("175042A123456", 1975, "CCH-11"),
        ("176042A123456", 1976, ""),
        ("184042B123456", None, ""),
        ("1750420123456", 1975, ""),
        ("1760420123456", 1976, "CCH-11"),
        ("1670496123456", 1967, ""),
        ("1680496123456", 1968, "CCH-11"),
    ],
)
def test_nir(written: str, year: int | None, control: str) -> None:
    found = people.nir(written, birth_year=year)
    assert found.accepted is not bool(control)
    assert [fault.control for fault in found.faults] == ([control] if control else [])


def test_the_birth_date_beside_the_nir_and_each_number_once() -> None:
    assert people.birth_matches("1840475123456", 1984).accepted
    assert not people.birth_matches("1840475123456", 1985).accepted
    assert people.unique(["1", "2"]).accepted
    assert len(people.unique(["1", "2", "1", "2", "3"]).faults) == 2


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ("1217500016A0042", True),
        ("2217500016" + "x" * 30, True),
        ("12175000161", True),
        ("1217500016", False),
        ("2217500016" + "x" * 31, False),
        ("3217500016A0042", False),
        ("1217500017A0042", False),
        ("1217500016A 42", False),
    ],
)
def test_ntt(written: str, accepted: bool) -> None:
    assert people.ntt(written, "217500016").accepted is accepted


@pytest.mark.parametrize(
    ("written", "contact", "person"),
    [
        ("a.b-c_d@mairie-x.fr", True, True), ("a--b@mairie.fr", False, True), ("a..b@mairie.fr", False, False),
        ("a@mairie", False, False), ("a@b@c.fr", False, False), ("@mairie.fr", False, False), ("abcdef@", False, False),
        (".a@mairie.fr", False, False), ("a-@mairie.fr", False, False), ("a@-mairie.fr", False, False),
        ("a@mairie.fr.", False, False), ("a@ma_irie.fr", False, False), ("a+b@mairie.fr", False, False),
        ("é@mairie.fr", False, False), ("a@b.f", False, False), ("a@bc.f", True, True),
        ("a" * 91 + "@mairie.fr", False, False),
    ],
)  # fmt: skip
def test_email(written: str, contact: bool, person: bool) -> None:
    assert contacts.email(written, rubric="S10.G00.02.004").accepted is contact
    assert contacts.email(written, rubric="S21.G00.30.018").accepted is person


def test_phone() -> None:
    for written in ("0123456789", "+33123456789", "+262262123456", "0033123456789", "+687123456"):
        assert contacts.phone(written).accepted, written
    for written in ("0023456789", "012345678", "01 23 45 67 89", "+44123456789", "01234567890", "+" + "3" * 20):
        assert not contacts.phone(written).accepted, written


def test_code_lists_by_scheme() -> None:
    assert controls.scheme("rafp").bases == ("49",)
    assert controls.scheme("FSPOEIE").contributions == ("114", "300", "301")
    assert controls.contribution("302", "CNRACL").accepted and not controls.contribution("302", "SRE").accepted
    assert controls.base("03", "CNRACL").accepted and not controls.base("46", "CNRACL").accepted
    with pytest.raises(LookupError):
        controls.scheme("AGIRC")


def c40(**rubrics: str | None) -> dict[str, str | None]:
    return {f"S21.G00.40.{word[1:]}": value for word, value in rubrics.items()}


@pytest.mark.parametrize(
    ("declared", "control"),
    [
        (c40(_007="20", _066=None), "CCH-11"),
        (c40(_007="21", _066="15"), ""),
        (c40(_007="50", _066="15"), "CCH-11"),
        (c40(_007="50"), ""),
        (c40(_066="15"), "CCH-11"),
        (c40(_053="02", _054=None), "CCH-11"),
        (c40(_053="02", _054="35.00"), ""),
        (c40(_053="01", _054="35.00"), "CCH-11"),
        (c40(_053="01", _054=None), ""),
        (c40(_020="120", _007="10"), "S21.G00.40.020/CCH-12"),
        (c40(_020="120", _007="50"), ""),
        (c40(_020="120", _007="20", _066="15"), ""),
        (c40(_020="200", _007="10"), ""),
        (c40(_026="99", _058="400"), "CCH-11"),
        (c40(_026="01", _058="400"), ""),
        (c40(_026="99", _020="200", _053="01"), "CCH-11"),
        (c40(_026="99", _020="134", _053="03"), ""),
        (c40(_062="01", _063=None), "CCH-11"),
        (c40(_062="01", _063="0500"), ""),
        (c40(_062=None, _063="0500"), "CCH-11"),
        (c40(_057="ZZ9"), "CCH-12"),
        (c40(_080="999"), "CCH-12"),
        (c40(_081="999999999"), "valeur réservée"),
        ({"S21.G00.30.001": None, "S21.G00.30.020": None}, "CCH-12"),
        ({"S21.G00.30.001": None, "S21.G00.30.020": "1217500016A0042"}, ""),
        ({"S21.G00.81.001": "060", "S21.G00.81.003": "1000.00", "S21.G00.81.004": None}, "CCH-13"),
        ({"S21.G00.81.001": "061", "S21.G00.81.003": "0.00", "S21.G00.81.004": "0.00"}, ""),
        ({"S21.G00.81.001": "300", "S21.G00.81.003": None, "S21.G00.81.004": "1.00"}, ""),
        ({}, ""),
    ],
)
def test_controls_between_rubrics(declared: dict[str, str | None], control: str) -> None:
    found = coherence(declared)
    assert [fault.control for fault in found.faults] == ([control] if control else [])


def test_a_base_of_the_ircantec_goes_with_its_contributions() -> None:
    base = {"S21.G00.78.001": "28"}
    assert coherence(base | {"S21.G00.81.001": ["060", "061"]}).accepted
    assert [one.control for one in coherence(base | {"S21.G00.81.001": ["300"]}).faults] == ["CCH-11"]
    assert [one.control for one in coherence(base | {"S21.G00.81.001": None}).faults] == ["CCH-11"]
    assert coherence({"S21.G00.78.001": "48", "S21.G00.81.001": ["300"]}).accepted


@pytest.mark.parametrize(
    "more", [{"effect": "not_in"}, {"effect": "forbidden"}, {"effect": "maybe"}, {"rubric": "S21"}]
)
def test_a_control_that_says_nothing_is_refused(more: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Control.model_validate({"rubric": "S21.G00.40.007", "control": "CCH-11", "says": "Une phrase."} | more)
