"""RAFP: the ceiling cumulated since January, what stands outside it, several employers."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.contributions.rafp import (
    RafpMonth,
    YearAtEmployer,
    contribution_on,
    several_employers,
    year_of_contributions,
)
from parvis.regulations.parameters import NotKnown

DAY = datetime.date
D = Decimal
CENTS = st.integers(0, 600_000).map(lambda cents: D(cents) / 100)


def month(number: int, pay: str, accessories: str, **more: Decimal) -> RafpMonth:
    return RafpMonth(DAY(2026, number, 1), D(pay), D(accessories), **more)


def bases(*months: RafpMonth) -> list[Decimal]:
    return [one.base for one in year_of_contributions(months).value]


def test_the_ceiling_is_that_of_the_year_so_far() -> None:
    assert bases(month(1, "2000", "100"), month(2, "2000", "600"), month(3, "2000", "500")) == [100, 600, 500]


def test_what_january_could_not_count_counts_in_february() -> None:
    assert bases(month(1, "2000", "500"), month(2, "2000", "100")) == [400, 200]


def test_each_share_is_five_percent_of_a_capped_base() -> None:
    due = year_of_contributions([month(1, "3311", "678.75")]).value[0]
    assert (due.base, due.agent, due.employer) == (D("662.20"), D("33.11"), D("33.11"))


def test_gipa_and_cet_stand_outside_and_the_cet_is_in_doubt() -> None:
    found = year_of_contributions([month(1, "2000", "800", gipa=D(150))])
    assert (found.value[0].capped_base, found.value[0].base) == (400, 550) and not found.uncertain
    days = year_of_contributions([month(1, "2000", "800", cet=D(1000))])
    assert days.value[0].base == 1400 and days.uncertain and days.warnings


def test_what_was_paid_too_much_is_taken_back() -> None:
    assert bases(month(1, "2000", "300"), month(2, "2000", "-100")) == [300, -100]


@pytest.mark.parametrize(
    "periods",
    [(DAY(2026, 2, 1), DAY(2026, 1, 1)), (DAY(2025, 12, 1), DAY(2026, 1, 1)), (DAY(2026, 1, 1), DAY(2026, 1, 31))],
)
def test_months_are_of_one_year_each_after_the_one_before(periods: tuple[datetime.date, datetime.date]) -> None:
    with pytest.raises(ValueError, match="month|year"):
        year_of_contributions([RafpMonth(period, D(1), D(1)) for period in periods])


def test_the_scheme_begins_in_2005() -> None:
    assert contribution_on(D(100), period=DAY(2005, 1, 1)).value.agent == D("5.00")
    with pytest.raises(NotKnown):
        contribution_on(D(100), period=DAY(2004, 12, 31))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(CENTS, CENTS, CENTS), min_size=1, max_size=12))
def test_the_cumulated_base_never_exceeds_a_fifth_of_the_pay_outside_gipa(
    amounts: list[tuple[Decimal, Decimal, Decimal]],
) -> None:
    months = [
        RafpMonth(DAY(2026, place, 1), pay, accessories, gipa=gipa)
        for place, (pay, accessories, gipa) in enumerate(amounts, start=1)
    ]
    paid = accessories = used = D(0)
    for given_month, due in zip(months, year_of_contributions(months).value, strict=True):
        paid, accessories = paid + given_month.indexed_pay, accessories + given_month.accessories
        used += due.capped_base
        assert due.capped_base >= 0 and used <= paid / 5 and used <= accessories
        assert due.base == due.capped_base + given_month.gipa
        # No more than a cent is lost to the ceiling: it is cut, never raised.
        assert used > min(accessories, paid / 5) - D("0.01")


@settings(deadline=None, max_examples=60)
@given(CENTS, CENTS, CENTS)
def test_contributions_never_fall_with_accessories_or_pay(pay: Decimal, accessories: Decimal, more: Decimal) -> None:
    def agent(one: Decimal, other: Decimal) -> Decimal:
        return year_of_contributions([RafpMonth(DAY(2026, 1, 1), one, other)]).value[0].agent

    assert agent(pay, accessories) <= min(agent(pay + more, accessories), agent(pay, accessories + more))


@settings(deadline=None, max_examples=60)
@given(st.lists(CENTS, min_size=2, max_size=6))
def test_a_base_that_is_split_owes_the_same_within_a_cent_a_part(parts: list[Decimal]) -> None:
    whole = contribution_on(sum(parts, D(0)), period=DAY(2026, 1, 1)).value.agent
    split = sum(contribution_on(part, period=DAY(2026, 1, 1)).value.agent for part in parts)
    assert abs(whole - split) <= D("0.01") * len(parts)


def at(name: str, pay: str, accessories: str) -> YearAtEmployer:
    return YearAtEmployer(name, D(pay), D(accessories))


def test_who_serves_no_indexed_pay_pays_by_the_regularisation_alone() -> None:
    found = several_employers(
        2026, [at("mairie", "24000", "3000"), at("syndicat", "0", "1500"), at("CCAS", "0", "4500")]
    )
    assert found.value.central == "mairie" and found.value.ceiling == 4800
    assert [(one.own_base, one.added_base) for one in found.value.shares] == [(3000, 0), (0, 450), (0, 1350)]


def test_where_the_ceiling_is_reached_nobody_else_pays() -> None:
    found = several_employers(2026, [at("mairie", "24000", "6000"), at("syndicat", "0", "1500")])
    assert [one.base for one in found.value.shares] == [4800, 0]


def test_one_employers_room_serves_anothers_accessories() -> None:
    found = several_employers(2026, [at("a", "20000", "1000"), at("b", "10000", "4000")])
    assert [(one.own_base, one.added_base) for one in found.value.shares] == [(1000, 0), (2000, 2000)]


def test_several_employers_want_an_indexed_pay() -> None:
    with pytest.raises(ValueError, match="indexed pay"):
        several_employers(2026, [at("a", "0", "10")])
    with pytest.raises(ValueError, match="no amount"):
        several_employers(2026, [at("a", "10", "-1")])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=5).filter(lambda rows: any(pay for pay, _ in rows)))
def test_a_year_of_several_employers_owes_as_one_would(rows: list[tuple[Decimal, Decimal]]) -> None:
    found = several_employers(2026, [YearAtEmployer(str(n), pay, more) for n, (pay, more) in enumerate(rows)]).value
    whole = sum(one.base for one in found.shares)
    pay, accessories = (sum(column) for column in zip(*rows, strict=True))
    assert whole <= pay / 5 and whole <= accessories
    assert whole > min(pay / 5, accessories) - D("0.01")
    for one, (_, own) in zip(found.shares, rows, strict=True):
        assert 0 <= one.base <= own + D("0.01") * len(rows)
