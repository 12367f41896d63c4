"""The figures of a run, what they are judged by, and how they are said."""

import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from bench.load import Measure

# (name of the page, its French name, whether it is judged)
PAGES = (
    ("home", "Accueil", True),
    ("accounts", "Liste des comptes", True),
    ("step1", "Étape 1, coordonnées", False),
    ("step2", "Étape 2, droits", False),
    ("check", "Étape 2, vérification", False),
)
# A round is quiet where others took less than this share of the machine.
QUIET = 0.10
OF_EMPTY, OF_TWIN, TAIL, GROWTH = 0.40, 0.70, 2.0, 1.2


@dataclass(frozen=True, slots=True)
class Round:
    """A page measured in turn with what it is compared with, within the same few seconds."""

    empty: Measure
    page: Measure
    twin: Measure
    small: Measure

    @property
    def quiet(self) -> bool:
        """Whether the machine did little else meanwhile."""
        return max(one.others for one in (self.empty, self.page, self.twin, self.small)) < QUIET


@dataclass(frozen=True, slots=True)
class Line:
    """A page over all rounds: medians, and ratios that are each the median of the rounds' own ratios."""

    name: str
    label: str
    judged: bool
    rate: float
    p50: float
    p99: float
    empty_rate: float
    twin_rate: float
    small_p50: float
    of_empty: float
    of_twin: float
    tail: float
    growth: float
    cpu: float
    cpu_of_empty: float
    cpu_of_twin: float
    statements: int
    quiet: int
    rounds: int

    def verdicts(self) -> list[tuple[str, bool]]:
        """Each target with whether it is reached."""
        return [
            (f"{self.of_empty:.0%} de la page vide (au moins {OF_EMPTY:.0%})", self.of_empty >= OF_EMPTY),
            (f"{self.of_twin:.0%} de sa jumelle (au moins {OF_TWIN:.0%})", self.of_twin >= OF_TWIN),
            (f"p99 = {self.tail:.2f} × p50 (au plus {TAIL:.0f})", self.tail <= TAIL),
            (f"{self.growth:.2f} × le temps sur 100 établissements (au plus {GROWTH})", self.growth <= GROWTH),
        ]


def line(name: str, label: str, judged: bool, rounds: list[Round], statements: int) -> Line:
    """Sum up the quiet rounds of a page, all of them where none is."""
    counted = [one for one in rounds if one.quiet]
    quiet, run = len(counted), len(rounds)
    rounds = counted or rounds

    def middle(values: Iterable[float]) -> float:
        return statistics.median(values)

    return Line(
        name=name,
        label=label,
        judged=judged,
        rate=middle(r.page.rate for r in rounds),
        p50=middle(r.page.p50 for r in rounds),
        p99=middle(r.page.p99 for r in rounds),
        empty_rate=middle(r.empty.rate for r in rounds),
        twin_rate=middle(r.twin.rate for r in rounds),
        small_p50=middle(r.small.p50 for r in rounds),
        of_empty=middle(r.page.rate / r.empty.rate for r in rounds),
        of_twin=middle(r.page.rate / r.twin.rate for r in rounds),
        tail=middle(r.page.p99 / r.page.p50 for r in rounds),
        growth=middle(r.page.p50 / r.small.p50 for r in rounds),
        cpu=middle(r.page.cpu for r in rounds),
        cpu_of_empty=middle(r.empty.cpu / r.page.cpu if r.page.cpu else 0.0 for r in rounds),
        cpu_of_twin=middle(r.twin.cpu / r.page.cpu if r.page.cpu else 0.0 for r in rounds),
        statements=statements,
        quiet=quiet,
        rounds=run,
    )


def table(lines: list[Line]) -> str:
    """The figures, one page per line."""
    head = (
        f"{'':24}{'req/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'vide':>8}{'jumelle':>9}"
        f"{'/vide':>8}{'/jum.':>8}{'p99/p50':>9}{'/petite':>9}{'SQL':>5}"
        f"{'CPU ms':>8}{'vide/':>7}{'jum./':>7}{'tours':>8}"
    )
    return "\n".join(
        [
            head,
            *(
                f"{one.label:24}{one.rate:8.0f}{one.p50:8.2f}{one.p99:8.2f}{one.empty_rate:8.0f}{one.twin_rate:9.0f}"
                f"{one.of_empty:8.0%}{one.of_twin:8.0%}{one.tail:9.2f}{one.growth:9.2f}{one.statements:5d}"
                f"{one.cpu:8.2f}{one.cpu_of_empty:7.0%}{one.cpu_of_twin:7.0%}{f'{one.quiet}/{one.rounds}':>8}"
                for one in lines
            ),
        ]
    )


def verdicts(lines: list[Line]) -> tuple[str, bool]:
    """Each target of the judged pages, and whether all are reached."""
    said, all_reached = [], True
    for one in lines:
        if one.judged:
            for sentence, reached in one.verdicts():
                all_reached = all_reached and reached
                said.append(f"{'atteint ' if reached else 'MANQUÉ  '} {one.label} : {sentence}")
    return "\n".join(said), all_reached


def as_json(lines: list[Line], **more: Any) -> dict[str, Any]:
    """What is kept of a run."""
    return {**more, "pages": {one.name: asdict(one) for one in lines}}
