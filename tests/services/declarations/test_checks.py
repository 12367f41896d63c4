"""Every check: a right individual raises none, and each is raised by what it is about. No database."""

import datetime
import io
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parvis.agents.queries import Held, HeldPost, Known
from parvis.dsn.reading import read
from parvis.dsn.shapes import Individual
from parvis.regulations.contributions import cnracl, ircantec, rafp
from parvis.services.declarations.checks import CHECKS, OF_INDIVIDUAL, Case, Mend, found
from parvis.services.declarations.checks.case import Twin, Year, share
from parvis.services.declarations.checks.contribution import due_on
from parvis.services.declarations.packing import packed, unpacked
from parvis.services.declarations.values import Period, Values, corrected
from tests.services.declarations.papers import MONTH, dsn

WHOLE_MONTHS = frozenset({"MoisPer01", "AbsPer01"})
REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "declarations-checks.md"


def people() -> list[Individual]:
    return [one for one in read(io.BytesIO(dsn())) if isinstance(one, Individual)]


PEOPLE = people()
SERVANT = next(
    one for one in PEOPLE if one.contracts[0].scheme == "120" and any(base.code == "49" for base in one.bases)
)
OTHER = next(one for one in PEOPLE if one.contracts[0].scheme != "120" and one.contracts[0].nature != "81")


def known(one: Individual, *, scheme: str = "", minutes: int | None = None, **held: Any) -> Known:
    """The agent just as the declaration has them."""
    contract = one.contracts[-1]
    start = contract.start or MONTH
    schemes = [scheme] if scheme else (["cnracl", "rafp"] if contract.scheme == "120" else ["ircantec"])
    affiliation = {"number": "1", "state": "active", "status": "tenured", "entered_on": start, "left_on": None, **held}
    week = contract.weekly_hours or 3500
    post = HeldPost(1, start, None, minutes or round(week * 60 / 100), 2100, Decimal(100), "", "", None)
    return Known(
        id=1, ref=None, key="k", surname=one.surname or "", used_name=one.used_name or "",  # type: ignore[arg-type]
        first_names=one.first_names or "", born_on=one.born_on,
        affiliations=tuple(Held(id=n, scheme=name, **affiliation) for n, name in enumerate(schemes)), posts=(post,),
    )  # fmt: skip


def contract(one: Individual, **changes: Any) -> Individual:
    return replace(one, contracts=(one.contracts[0]._replace(**changes), *one.contracts[1:]))


def bases(one: Individual, change: Callable[[Any], Any]) -> Individual:
    """The individual with each base changed; None takes it away."""
    payments = tuple(
        payment._replace(bases=tuple(made for base in payment.bases for made in _made(change(base))))
        for payment in one.payments
    )
    return replace(one, payments=payments)


def _made(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def of(code: str, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda base: change(base) if base.code == code else base


def dues(change: Callable[[Any], Any], *codes: str) -> Callable[[Any], Any]:
    return lambda base: base._replace(
        contributions=tuple(
            made for one in base.contributions for made in _made(change(one) if one.code in codes else one)
        )
    )


def more(one: Any) -> Any:
    return one._replace(amount=one.amount + 1000)


def late(base: Any) -> Any:
    return base._replace(end=base.end + datetime.timedelta(days=40))


SEX = {"01": "02", "02": "01"}
TEN_YEARS = f"0101{MONTH.year - 10}"
# The one that is wrong, and what is known of them.
RAISING: dict[str, Callable[[], Case]] = {
    "IdenAgent001": lambda: Case(replace(SERVANT, nir=None, ntt="12000634020ABC"), MONTH, known=known(SERVANT)),
    "IdenAgent002": lambda: Case(SERVANT, MONTH),
    "IdenAgent003": lambda: Case(SERVANT, MONTH, twin=Twin(1, "Awa Bonnefoy", "2 85 •••")),
    "IdenAgent004": lambda: Case(
        replace(SERVANT, surname=SERVANT.first_names, first_names=SERVANT.surname), MONTH, known=known(SERVANT)
    ),
    "IdenAgent005": lambda: Case(replace(SERVANT, surname="AUTRE"), MONTH, known=known(SERVANT)),
    "IdenAgent006": lambda: Case(
        replace(SERVANT, birth_date="02" + (SERVANT.birth_date or "")[2:]), MONTH,
        known=known(SERVANT)._replace(born_on=datetime.date(1950, 1, 1)),
    ),
    "IdenAgent007": lambda: Case(replace(SERVANT, sex=SEX[SERVANT.sex or "01"]), MONTH, known=known(SERVANT)),
    "AgeAgent001": lambda: Case(replace(SERVANT, birth_date=TEN_YEARS), MONTH, known=known(SERVANT)),
    "StatAgent001": lambda: Case(contract(SERVANT, status="02"), MONTH, known=known(SERVANT)),
    "AffilAgent001": lambda: Case(SERVANT, MONTH, known=known(SERVANT, state="incomplete", number="")),
    "DurHebdoPo05": lambda: Case(contract(SERVANT, unit="10", reference_quota=10400), MONTH, known=known(SERVANT)),
    "DurHebdoPo06": lambda: Case(SERVANT, MONTH, known=known(SERVANT, minutes=1740)),
    "QuotPo01": lambda: Case(contract(SERVANT, post="02", full_time_hours=None), MONTH, known=known(SERVANT)),
    "IndicPo01": lambda: Case(contract(SERVANT, major_index=None), MONTH, known=known(SERVANT)),
    "PlafPer01": lambda: Case(
        bases(SERVANT, of("48", lambda one: one._replace(amount=one.amount * 3))), MONTH, known=known(SERVANT)
    ),
    "ChevPer01": lambda: Case(bases(SERVANT, of("48", lambda one: [one, one])), MONTH, known=known(SERVANT)),
    "HorsPer01": lambda: Case(contract(SERVANT, start=MONTH.replace(day=15)), MONTH, known=known(SERVANT)),
    "FutPer01": lambda: Case(bases(SERVANT, of("48", late)), MONTH, known=known(SERVANT)),
    "AssCot01": lambda: Case(bases(SERVANT, of("48", lambda one: None)), MONTH, known=known(SERVANT)),
    "CotCnr01": lambda: Case(bases(SERVANT, dues(more, "300")), MONTH, known=known(SERVANT)),
    "CotCnr02": lambda: Case(bases(SERVANT, dues(more, "301")), MONTH, known=known(SERVANT)),
    "CotCnr03": lambda: Case(bases(SERVANT, dues(lambda one: None, "301", "305")), MONTH, known=known(SERVANT)),
    "CotCnr04": lambda: Case(
        bases(SERVANT, of("48", lambda one: one._replace(amount=one.amount - 5000))), MONTH, known=known(SERVANT)
    ),
    "CotRafp01": lambda: Case(
        bases(SERVANT, of("49", lambda one: one._replace(amount=one.amount + 200_000))), MONTH, known=known(SERVANT)
    ),
    "CotRafp02": lambda: Case(bases(SERVANT, dues(more, "311")), MONTH, known=known(SERVANT)),
    "CotRafp03": lambda: Case(
        bases(contract(OTHER, status="02"), of("28", lambda one: [one, one._replace(code="49", contributions=())])),
        MONTH, known=known(OTHER),
    ),
    "CotIrc01": lambda: Case(
        bases(OTHER, dues(lambda one: [one._replace(base=one.base - 50_000),
                                       one._replace(code="061", base=50_000)], "060")),
        MONTH, known=known(OTHER),
    ),
    "CotIrc02": lambda: Case(bases(OTHER, dues(more, "060")), MONTH, known=known(OTHER)),
    "CotIrc03": lambda: Case(bases(OTHER, dues(lambda one: None, "060", "061")), MONTH, known=known(OTHER)),
    "CotCod01": lambda: Case(
        bases(SERVANT, dues(lambda one: [one, one._replace(code="060")], "300")), MONTH, known=known(SERVANT)
    ),
}  # fmt: skip
# Not raised where something looks like it, and is right.
SILENT: dict[str, Callable[[], Case]] = {
    # Somebody of the Ircantec is affiliated by being declared.
    "IdenAgent002": lambda: Case(OTHER, MONTH),
    "IdenAgent005": lambda: Case(
        replace(SERVANT, surname="DURAND"), MONTH, known=known(SERVANT)._replace(used_name="Durand")
    ),
    "IdenAgent006": lambda: Case(
        replace(SERVANT, birth_date="99" + (SERVANT.birth_date or "")[2:]), MONTH, known=known(SERVANT)
    ),
    "AgeAgent001": lambda: Case(
        contract(replace(OTHER, birth_date="01011930"), nature="81"), MONTH, known=known(OTHER)
    ),
    "AffilAgent001": lambda: Case(SERVANT, MONTH, known=known(SERVANT)),
    # The GIPA stands outside of the ceiling: what it made an earlier month exceed is not counted twice.
    "CotRafp01": lambda: Case(SERVANT, MONTH, known=known(SERVANT), year=Year(cnracl=400_000, rafp=120_000)),
    # Half a month's break between two periods is no overlap.
    "ChevPer01": lambda: Case(
        bases(SERVANT, of("48", lambda one: [one._replace(end=one.start + datetime.timedelta(9)),
                                             one._replace(start=one.start + datetime.timedelta(10))])),
        MONTH, known=known(SERVANT),
    ),
}  # fmt: skip


def codes(case: Case) -> set[str]:
    return {check.code for check, _ in found(case)}


def test_every_check_has_a_case_and_says_all_that_a_page_needs():
    assert set(RAISING) | WHOLE_MONTHS == set(CHECKS)
    assert len(OF_INDIVIDUAL) == len(RAISING)
    for code, check in CHECKS.items():
        assert code == check.code
        assert all(len(text) > 15 and text.endswith(".") for text in (check.means, check.here, check.payroll))
        assert "  " not in check.means
        assert re.fullmatch(r"[A-Z][A-Za-z]+\d{2,3}", code)
        assert isinstance(check.mend, Mend)
    assert {"IdenAgent002", "DurHebdoPo05"} <= set(CHECKS)


def test_who_is_right_raises_nothing():
    for one in PEOPLE:
        assert codes(Case(one, MONTH, known=known(one))) == set(), one.surname


@pytest.mark.parametrize("code", RAISING)
def test_each_is_raised_by_what_it_is_about(code):
    case = RAISING[code]()
    assert code in codes(case)
    [what] = [what for check, what in found(case) if check.code == code]
    assert case.one.nir is None or case.one.nir not in f"{what.found} {what.expected}"


@pytest.mark.parametrize("code", SILENT)
def test_each_keeps_silent_where_it_only_looks_like_it(code):
    assert code not in codes(SILENT[code]())


def test_amounts_are_those_of_the_regulations_at_the_rates_of_the_period():
    for month in (datetime.date(2024, 12, 1), datetime.date(2025, 1, 1), MONTH):
        for cents in (1, 150_001, 234_567, 999_999):
            euros = Decimal(cents) / 100
            due = cnracl.contributions(cnracl.CnraclPay(euros), period=month).value
            assert (due_on("300", cents, month), due_on("301", cents, month)) == (due.agent * 100, due.employer * 100)
            both = rafp.contribution_on(euros, period=month).value
            assert (due_on("311", cents, month), due_on("312", cents, month)) == (both.agent * 100, both.employer * 100)
            one = ircantec.contributions(euros, period=month).value
            if not one.slice_b:
                assert due_on("060", cents, month) == (one.agent_a + one.employer_a) * 100
    assert (share(-101, 50_000), share(101, 50_000)) == (-51, 51)


def test_an_individual_is_sealed_whole_and_corrections_are_laid_over_it():
    for one in PEOPLE:
        sealed = packed(one)
        assert one.nir not in sealed
        back = unpacked(sealed)
        assert one == back
    said = Values(nir="2850474010123", born_on=datetime.date(1985, 4, 3), minutes=1050,
                  periods=(Period(0, MONTH, MONTH.replace(day=9)),))  # fmt: skip
    assert Values.unsealed(said.sealed()) == said
    made = corrected(SERVANT, said)
    assert (made.nir, made.born_on, made.bases[-1]) == ("2850474010123", said.born_on, SERVANT.bases[-1])
    assert abs((made.contracts[-1].weekly_hours or 0) - 1750) <= 1
    first = next(base for base in made.bases if base.code in {"48", "49", "28"})
    assert (first.start, first.end) == (MONTH, MONTH.replace(day=9))


def reference() -> str:
    """The page of the documentation that lists every code, as it must be."""
    lines = [
        "# Checks of a declaration",
        "",
        "Generated from `src/parvis/services/declarations/checks/`; `test_checks.py` holds that it is the same.",
        "",
        "| code | family | blocking | what is wrong | what it means | here | in payroll |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in CHECKS.values():
        cells = (
            one.code,
            one.family.value,
            "yes" if one.blocking else "no",
            one.label,
            one.means,
            one.here,
            one.payroll,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def test_the_documentation_lists_every_check():
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "write `reference()` into docs/declarations-checks.md"
