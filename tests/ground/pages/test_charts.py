"""Charts of several kinds: the bars are those of the figures, and end where the greatest does."""

import pytest

from parvis.ground.pages.charts import stacked


def test_bars_follow_the_figures():
    chart = stacked(
        "Par mois", "Mois", ("a", "b"), [("octobre", (30, 10)), ("novembre", (-5, 20))], shown=lambda n: f"{n} €"
    )
    october, november = chart.rows
    assert [(one.x, one.width, one.kind) for one in october.segments] == [(0, 75, 1), (75, 25, 2)]
    assert [(one.x, one.width, one.kind) for one in november.segments] == [(0, 50, 2)]
    assert (november.shown, november.total) == (("-5 €", "20 €"), "15 €")
    assert stacked("Rien", "Mois", ("a",), [("octobre", (0,))]).rows[0].segments == ()


@pytest.mark.parametrize(("kinds", "values"), [("ab", (1,)), ("abcdefghi", (1,) * 9)])
def test_rows_that_no_chart_can_hold_are_refused(kinds, values):
    with pytest.raises(ValueError, match="kinds"):
        stacked("Trop", "Mois", list(kinds), [("octobre", values)])
