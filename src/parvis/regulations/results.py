"""How a result came about: steps that a page can show, and whether it rests on what is not sure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

from parvis.regulations.parameters import UNSURE, Value

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the rule in a French sentence, the figures it used by name, what came out, and its source."""

    rule: str
    figures: dict[str, Any]
    result: Any
    source: str
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """A value and its steps, the first one first."""

    value: T
    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def uncertain(self) -> bool:
        """Whether a step rests on a value or a rule that is not sure."""
        return any(step.uncertain for step in self.steps)


@dataclass(slots=True)
class Steps:
    """The steps of a computation while it is made."""

    made: list[Step] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, rule: str, result: Any, source: str, *values: Value, uncertain: bool = False, **figures: Any) -> Any:
        """Note a step and return its result. `values`: the parameters it used, which name themselves and their acts."""
        used: dict[str, Any] = {}
        # A dict keeps each act once, in order; this runs for every step of every agent.
        acts = {source: None} if source else {}
        for value in values:
            used[value.name] = value.value
            acts[value.act] = None
            if value.planned:
                self.warn(f"{value.name} : valeur prévue à partir du {value.valid_from:%d/%m/%Y}, non confirmée.")
            if value.confidence in UNSURE:
                uncertain = True
        used.update(figures)
        self.made.append(Step(rule, used, result, "; ".join(acts), uncertain))
        return result

    def warn(self, text: str) -> None:
        """A sentence for who reads the result, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def extend(self, result: "Result[Any]") -> Any:
        """Take over the steps of a part, and return its value."""
        self.made.extend(result.steps)
        for text in result.warnings:
            self.warn(text)
        return result.value

    def close(self, value: T) -> Result[T]:
        """The result, with everything noted."""
        return Result(value, tuple(self.made), tuple(self.warnings))


def total(amounts: Iterable[Decimal]) -> Decimal:
    """A sum that is a Decimal where there is nothing to add, too."""
    return sum(amounts, Decimal(0))
