"""Cases: inputs and what is expected of them, in the form of a list of JSON objects, computed with the library.

`{"id", "domain", "inputs", "expected", "tolerance", "acceptance"}`: each domain is an adapter that turns the words of
the inputs into a call of the library, and its result into the words expected. An adapter holds no rule and no figure.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from parvis.regulations.results import Step

# What an adapter answers: the words found, and the steps by which they came about.
Found = tuple[Mapping[str, Any], tuple[Step, ...]]
Adapter = Callable[[Mapping[str, Any]], Found]
_ADAPTERS: dict[str, Adapter] = {}


class UnreadableCases(ValueError):
    """The file is no list of cases; the message says where."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case as written. `tolerance`: how far a number may be; `acceptance` false: reported, never a failure."""

    id: str
    domain: str
    inputs: Mapping[str, Any]
    expected: Mapping[str, Any]
    tolerance: Decimal = Decimal(0)
    acceptance: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case: `differences` by word (expected, found), or the fault that was raised."""

    case: Case
    found: Mapping[str, Any] = field(default_factory=dict)
    differences: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    fault: str = ""

    @property
    def passed(self) -> bool:
        return not self.differences and not self.fault


def domain(*names: str) -> Callable[[Adapter], Adapter]:
    """Declare the adapter of these domains."""

    def declared(adapter: Adapter) -> Adapter:
        for name in names:
            if name in _ADAPTERS:
                raise ValueError(f"Domain declared twice: {name}")
            _ADAPTERS[name] = adapter
        return adapter

    return declared


def domains() -> frozenset[str]:
    """The domains that have an adapter."""
    return frozenset(_ADAPTERS)


def read(path: Path) -> list[Case]:
    """The cases of a file; numbers are read exactly. Raises UnreadableCases, OSError."""
    try:
        written = json.loads(path.read_text("utf-8"), parse_float=Decimal)
    except ValueError as fault:
        raise UnreadableCases(f"{path.name} n’est pas du JSON : {fault}") from fault
    if not isinstance(written, list):
        raise UnreadableCases(f"{path.name} doit contenir une liste de cas.")
    return [_case(number, one) for number, one in enumerate(written, start=1)]


def _case(number: int, written: Any) -> Case:
    try:
        return Case(
            id=str(written["id"]),
            domain=str(written["domain"]),
            inputs=dict(written["inputs"]),
            expected=dict(written["expected"]),
            tolerance=Decimal(str(written.get("tolerance", 0))),
            acceptance=bool(written.get("acceptance", True)),
        )
    except (AttributeError, KeyError, TypeError, ValueError, InvalidOperation) as fault:
        raise UnreadableCases(f"Cas n° {number} : il manque « {fault} », ou sa forme n’est pas la bonne.") from fault


def compute(case: Case) -> Outcome:
    """Compute one case. A fault of the library, or a domain that nobody declares, is an outcome that did not pass."""
    adapter = _ADAPTERS.get(case.domain)
    if adapter is None:
        return Outcome(case, fault=f"domaine inconnu : {case.domain}")
    try:
        found, steps = adapter(case.inputs)
    except Exception as fault:
        return Outcome(case, fault=f"{type(fault).__name__}: {fault}")
    differing = {
        word: (wanted, found.get(word))
        for word, wanted in case.expected.items()
        if not same(wanted, found.get(word), case.tolerance)
    }
    return Outcome(case, found, differing, steps)


def same(wanted: Any, found: Any, tolerance: Decimal) -> bool:
    """Whether a word is what was expected: numbers within the tolerance, lists and objects word by word."""
    if isinstance(wanted, bool) or isinstance(found, bool) or wanted is None or found is None:
        return wanted is found
    if isinstance(wanted, (int, float, Decimal)) and isinstance(found, (int, float, Decimal)):
        return abs(Decimal(str(wanted)) - Decimal(str(found))) <= tolerance
    if isinstance(wanted, list):
        return (
            isinstance(found, (list, tuple))
            and len(wanted) == len(found)
            and all(same(one, other, tolerance) for one, other in zip(wanted, found, strict=True))
        )
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            same(value, found.get(word), tolerance) for word, value in wanted.items()
        )
    return str(wanted) == str(found)
