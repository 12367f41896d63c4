"""The arithmetic over columns (NumPy, whole numbers) gives what it gives one at a time, and what Decimals give."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.regulations.pensions import formulas
from parvis.regulations.rounding import to_cent

numpy = pytest.importorskip("numpy")
LOW, HIGH = numpy.minimum, numpy.maximum
SMALL = st.integers(0, 400)


def columns(rows: Sequence[tuple[int, ...]]) -> list[Any]:
    return [numpy.array(column, dtype=numpy.int64) for column in zip(*rows, strict=True)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(SMALL, SMALL, SMALL), min_size=1, max_size=50))
def test_durations_and_adjustments(rows: list[tuple[int, int, int]]) -> None:
    a, b, c = columns(rows)
    for own, over in (
        ([formulas.rounded_quarters(x, 90, 45) for x, _, _ in rows], formulas.rounded_quarters(a, 90, 45)),
        ([formulas.begun_quarters(x - 50) for x, _, _ in rows], formulas.begun_quarters(a - 50, LOW, HIGH)),
        ([formulas.whole_quarters(x - 50) for x, _, _ in rows], formulas.whole_quarters(a - 50, LOW, HIGH)),
        ([formulas.decote_quarters(*row) for row in rows], formulas.decote_quarters(a, b, c, LOW, HIGH)),
        ([formulas.surcote_quarters(*row) for row in rows], formulas.surcote_quarters(a, b, c, LOW, HIGH)),
        (
            [formulas.counted_quarters(x, y, z, 75, 80) for x, y, z in rows],
            formulas.counted_quarters(a, b, c, 75, 80, LOW, HIGH),
        ),
        (
            # In ten-thousandths of a percent.
            [formulas.minimum_share(x + 60, 575_000, 6250, 1250, 120, 60, 160) for x, _, _ in rows],
            formulas.minimum_share(a + 60, 575_000, 6250, 1250, 120, 60, 160, LOW, HIGH),
        ),
        (
            [formulas.children_share(x, 10, 5) for x, _, _ in rows],
            formulas.children_share(a, 10, 5, LOW, HIGH),
        ),
    ):
        assert own == over.tolist()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 20_000_000),  # cents a year
            st.integers(0, 200),
            st.integers(0, 40),
            st.integers(150, 172),
            st.integers(0, 200),  # eighths of a percent: 20 quarters of 1.25 %
            st.integers(0, 300),
        ),
        min_size=1,
        max_size=50,
    )
)
def test_the_pension_in_cents_is_the_same_over_columns_and_in_decimals(
    rows: list[tuple[int, int, int, int, int, int]],
) -> None:
    pay, services, bonifications, required, decote, surcote = columns(rows)
    counted = formulas.counted_quarters(services, bonifications, required, 75, 80, LOW, HIGH)
    over = formulas.half_up(*formulas.pension(pay, counted, required, decote, surcote, hundred=800))
    for row, cents in zip(rows, over.tolist(), strict=True):
        each = formulas.counted_quarters(row[1], row[2], row[3], 75, 80)
        above, below = formulas.pension(
            Decimal(row[0]) / 100, each, Decimal(row[3]), Decimal(row[4]) / 8, Decimal(row[5]) / 8
        )
        assert to_cent(above / below) == Decimal(cents) / 100
