"""Columns of contributions: the same cents as one agent at a time, and what is no column of cents refused."""

import datetime
import random
from decimal import Decimal

import pytest

from parvis.regulations.contributions.cnracl import CnraclPay, contributions
from parvis.regulations.contributions.rafp import RafpMonth, year_of_contributions
from parvis.regulations.parameters import NotKnown
from parvis.regulations.rounding import to_cent

np = pytest.importorskip("numpy", reason="the extra « batch » is not installed")

from parvis.regulations.batch.cents import BLOCK, LARGEST, percent_of  # noqa: E402
from parvis.regulations.batch.contributions import RafpColumns, cnracl, rafp_year  # noqa: E402

DAY = datetime.date
ERAS = [DAY(1990, 1, 1), DAY(2011, 6, 1), DAY(2012, 11, 1), DAY(2017, 1, 1), DAY(2024, 1, 1), DAY(2026, 3, 1)]


def euros(cents: int) -> Decimal:
    return Decimal(int(cents)) / 100


@pytest.mark.parametrize("period", ERAS)
def test_the_cnracl_in_a_column_is_the_cnracl_one_by_one(period: datetime.date) -> None:
    rows = random.Random(str(period)).sample(range(2_000_000), 400) + [0, 1, LARGEST]
    due = cnracl(rows, period=period)
    for cents, agent, employer in zip(rows, due.agent, due.employer, strict=True):
        one = contributions(CnraclPay(euros(cents)), period=period).value
        assert (one.agent, one.employer) == (euros(agent), euros(employer))


@pytest.mark.parametrize("percent", ["11.10", "37.65", "5", "3.4125", "0.1", "100", "0"])
def test_every_half_cent_is_rounded_as_decimal_rounds_it(percent: str) -> None:
    cents = np.arange(-20_000, 20_000, dtype=np.int64)
    out = np.empty_like(cents)
    percent_of(cents, Decimal(percent), out, negative=True)
    expected = [to_cent(euros(one) * Decimal(percent) / 100) for one in cents]
    assert [euros(one) for one in out] == expected


@pytest.mark.parametrize("lowest", [0, -50_000])
def test_the_rafp_in_columns_is_the_rafp_one_by_one(lowest: int) -> None:
    drawn = random.Random(lowest)
    rows, months = 150, 12
    pay = [[drawn.randint(0, 500_000) for _ in range(rows)] for _ in range(months)]
    bonuses = [[drawn.randint(lowest, 150_000) for _ in range(rows)] for _ in range(months)]
    outside = [[drawn.choice((0, 0, drawn.randint(0, 90_000))) for _ in range(rows)] for _ in range(months)]
    periods = [DAY(2026, number, 1) for number in range(1, months + 1)]
    found = rafp_year([RafpColumns(*month) for month in zip(periods, pay, bonuses, outside, strict=True)])
    for row in range(rows):
        one = year_of_contributions(
            [
                RafpMonth(period, euros(pay[n][row]), euros(bonuses[n][row]), gipa=euros(outside[n][row]))
                for n, period in enumerate(periods)
            ]
        ).value
        for due, columns in zip(one, found, strict=True):
            assert (due.capped_base, due.base, due.agent, due.employer) == tuple(
                euros(cells[row]) for cells in (columns.capped_base, columns.base, columns.agent, columns.employer)
            )


def test_rows_past_the_first_block_are_computed_too() -> None:
    rows = np.arange(2 * BLOCK + 7, dtype=np.int64)
    due = cnracl(rows, period=DAY(2026, 1, 1))
    assert due.employer[-1] == round(Decimal(int(rows[-1])) * Decimal("0.3765"))
    month = rafp_year([RafpColumns(DAY(2026, 1, 1), rows, rows)])[0]
    assert month.capped_base[-1] == rows[-1] // 5 and month.agent[BLOCK] == round(Decimal(BLOCK // 5) / 20)


def test_no_rows_and_no_months_owe_nothing() -> None:
    none = np.array([], dtype=np.int64)
    assert len(cnracl(none, period=DAY(2026, 1, 1)).agent) == 0
    assert rafp_year([]) == ()
    assert len(rafp_year([RafpColumns(DAY(2026, 1, 1), none, none)])[0].agent) == 0


@pytest.mark.parametrize("rows", [[1.5], [[1, 2]], [-1], [LARGEST + 1], ["1"]])
def test_what_is_no_column_of_cents_is_refused(rows: list[object]) -> None:
    with pytest.raises(ValueError, match="cents|bounds"):
        cnracl(rows, period=DAY(2026, 1, 1))  # type: ignore[arg-type]


def test_columns_are_of_one_length_and_months_of_one_year() -> None:
    with pytest.raises(ValueError, match="length"):
        rafp_year([RafpColumns(DAY(2026, 1, 1), [1, 2], [1])])
    with pytest.raises(ValueError, match="follow|year"):
        rafp_year([RafpColumns(DAY(2026, 2, 1), [1], [1]), RafpColumns(DAY(2026, 1, 1), [1], [1])])
    with pytest.raises(NotKnown):
        cnracl([1], period=DAY(1940, 1, 1))
