"""What holds of every contribution on a base: it never falls when the base rises, and a base that is split owes the
same within a cent a part, whatever the fund and the era.
"""

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.contributions import cnracl, ircantec, rafp, surcotisation, training
from parvis.regulations.contributions.employer_funds import EmployerFund, employer_contribution
from parvis.regulations.obligations.elected_members import training_contribution

DAY, D = datetime.date, Decimal
CENTS = st.integers(0, 1_000_000).map(lambda cents: D(cents) / 100)
# One day within each era of a rate, and the first of some.
DAYS = st.sampled_from(
    [
        DAY(2012, 6, 1),
        DAY(2013, 1, 1),
        DAY(2015, 12, 31),
        DAY(2017, 1, 1),
        DAY(2019, 5, 1),
        DAY(2024, 1, 1),
        DAY(2026, 1, 1),
    ]
)
Owed = Callable[[Decimal, datetime.date], Decimal]


def fund(which: EmployerFund) -> Owed:
    return lambda base, on: employer_contribution(which, base, D(0), period=on, with_nbi=True).value


def slices(base: Decimal, on: datetime.date) -> Decimal:
    return ircantec.contributions(base, period=on, ceiling=D(3000)).value.total


FUNDS: dict[str, Owed] = {
    "cnracl": lambda base, on: cnracl.contributions(cnracl.CnraclPay(base), period=on).value.total,
    "rafp": lambda base, on: rafp.contribution_on(base, period=on).value.agent,
    "atiacl": fund(EmployerFund.ATIACL),
    "feh": fund(EmployerFund.FEH),
    "fccpa": fund(EmployerFund.FCCPA),
    "cnfpt": lambda base, on: training.cnfpt_contribution(base, period=on, full_time_posts=1).value,
    "cdg": lambda base, on: training.cdg_ceiling(base, period=max(on, DAY(2016, 1, 1))).value,
    "dif": lambda base, on: training_contribution(base, period=max(on, DAY(2017, 1, 1))).value,
    "surcotisation": lambda base, on: (
        surcotisation.surcotisation(D("0.7"), period=on, full_time_pay=base, employer_rate=D("30.65")).value.amount
        or D(0)
    ),
}


@pytest.mark.parametrize("name", [*FUNDS, "ircantec"])
@settings(deadline=None, max_examples=30)
@given(base=CENTS, more=CENTS, on=DAYS)
def test_a_contribution_never_falls_when_its_base_rises(
    name: str, base: Decimal, more: Decimal, on: datetime.date
) -> None:
    owed = FUNDS.get(name, slices)
    assert 0 <= owed(base, on) <= owed(base + more, on)


@pytest.mark.parametrize("name", FUNDS)
@settings(deadline=None, max_examples=30)
@given(parts=st.lists(CENTS, min_size=2, max_size=6), on=DAYS)
def test_a_base_that_is_split_owes_the_same_within_a_cent_a_part(
    name: str, parts: list[Decimal], on: datetime.date
) -> None:
    owed = FUNDS[name]
    whole = owed(sum(parts, D(0)), on)
    assert abs(whole - sum(owed(part, on) for part in parts)) <= D("0.01") * len(parts)


@settings(deadline=None, max_examples=60)
@given(pays=st.lists(CENTS, min_size=1, max_size=12), year=st.sampled_from([2015, 2017, 2025, 2026]))
def test_months_of_the_ircantec_add_up_to_what_their_year_owes(pays: list[Decimal], year: int) -> None:
    months = [ircantec.IrcantecMonth(DAY(year, n, 1), pay) for n, pay in enumerate(pays, start=1)]
    found = ircantec.year_of_contributions(months).value
    ceiling = ircantec.contributions(D(1_000_000), period=DAY(year, 1, 1)).value.slice_a * len(pays)
    at_once = ircantec.contributions(sum(pays, D(0)), period=DAY(year, 1, 1), ceiling=ceiling).value
    for who in ("agent", "employer"):
        assert abs(sum(getattr(one, who) for one in found) - getattr(at_once, who)) <= D("0.01") * len(pays)


@settings(deadline=None, max_examples=60)
@given(months=st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=12))
def test_months_of_the_rafp_add_up_to_what_their_year_owes(months: list[tuple[Decimal, Decimal]]) -> None:
    found = rafp.year_of_contributions(
        [rafp.RafpMonth(DAY(2026, n, 1), pay, more) for n, (pay, more) in enumerate(months, start=1)]
    ).value
    base = min(sum(more for _, more in months), sum(pay for pay, _ in months) / 5)
    assert abs(sum(one.agent for one in found) - base * D("0.05")) <= D("0.01") * len(months)
