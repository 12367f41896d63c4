"""Charts of figures over time in several kinds, drawn in the table of their figures: the two cannot disagree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

MOST = 8  # kinds that can still be told apart


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar: where it begins and how wide it is, in hundredths of the chart's width; of which kind (1…)."""

    x: float
    width: float
    kind: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: its label, a text for each kind, their total, and the bar."""

    label: str
    shown: tuple[str, ...]
    total: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What `components/stacked.html` draws. `kinds`: their names, the first is number 1."""

    caption: str
    label: str
    kinds: tuple[str, ...]
    total: str
    rows: tuple[Row, ...]


def stacked(
    caption: str,
    label: str,
    kinds: Sequence[str],
    rows: Sequence[tuple[str, Sequence[int]]],
    *,
    total: str = "Total",
    shown: Callable[[int], str] = str,
) -> Chart:
    """Bars of several kinds, one above the other's end; `rows`: a label and a whole number for each kind.

    What is below zero has no bar, and is in the figures. Raises ValueError for too many kinds, or a row of another
    length.
    """
    if len(kinds) > MOST or any(len(values) != len(kinds) for _, values in rows):
        raise ValueError("a chart has a few kinds, and each row a number for each")
    greatest = max([1, *(sum(max(0, one) for one in values) for _, values in rows)])
    return Chart(
        caption,
        label,
        tuple(kinds),
        total,
        tuple(
            Row(name, tuple(shown(one) for one in values), shown(sum(values)), _segments(values, greatest))
            for name, values in rows
        ),
    )


def _segments(values: Sequence[int], greatest: int) -> tuple[Segment, ...]:
    made, x = [], 0.0
    for kind, value in enumerate(values, start=1):
        if value > 0:
            width = 100 * value / greatest
            made.append(Segment(round(x, 2), round(width, 2), kind))
            x += width
    return tuple(made)
