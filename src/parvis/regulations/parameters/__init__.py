"""Dated values, by scheme: `value("cnracl.employer_rate", on=date(2026, 3, 1))`.

A scheme's file is read when one of its values is first asked for, and checked whole then.
"""

import datetime
import functools
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml

from parvis.regulations.parameters.model import Confidence, Parameter, SchemeFile, Unit

FOLDER = Path(__file__).resolve().parent
# What a result that rests on it must say: it was derived, or sources disagree.
UNSURE = (Confidence.DERIVED, Confidence.UNCERTAIN)


class UnknownParameter(LookupError):
    """No parameter of that name."""


class NotKnown(LookupError):
    """No value on that day: before the first one, or after the last one that is known. The message says which."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value in force on a day. `planned`: an act announces it; `uncertain`: see `confidence`."""

    name: str
    value: Decimal
    unit: Unit
    valid_from: datetime.date
    valid_before: datetime.date | None
    act: str
    confidence: Confidence
    planned: bool

    @property
    def uncertain(self) -> bool:
        """Whether a result that rests on it must say so: it was derived, or sources disagree."""
        return self.confidence in UNSURE

    @property
    def rate(self) -> Decimal:
        """A percentage as a factor: 11.10 % → 0.111. Raises ValueError for another unit."""
        if self.unit is not Unit.PERCENT:
            raise ValueError(f"{self.name} is no percentage")
        return self.value / 100


def schemes() -> list[str]:
    """The schemes that have a file."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@functools.cache
def scheme(code: str) -> dict[str, Parameter]:
    """The parameters of a scheme by their own name. Raises UnknownParameter where it has no file.

    What is wrong in a file is a fault of ours: pydantic's ValidationError says where.
    """
    path = FOLDER / f"{code}.yaml"
    if path.parent != FOLDER or not path.is_file():
        raise UnknownParameter(f"No scheme is called {code!r}.")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return SchemeFile.model_validate(yaml.load(path.read_bytes(), Loader=loader)).parameters  # noqa: S506  (safe)


def parameter(name: str) -> Parameter:
    """The parameter `scheme.name`. Raises UnknownParameter."""
    code, _, own = name.partition(".")
    found = scheme(code).get(own)
    if found is None:
        raise UnknownParameter(f"The scheme {code!r} has no parameter {own!r}.")
    return found


@functools.lru_cache(maxsize=65_536)
def value(name: str, *, on: datetime.date) -> Value:
    """The value in force on a day. Raises UnknownParameter, and NotKnown before the first and after the last known.

    Nothing is extrapolated: after `known_before` there is no value, unless a planned one begins by then.
    """
    found = parameter(name)
    held = found.values[0]
    if on < held.valid_from:
        raise NotKnown(f"{name}: no value before {held.valid_from:%Y-%m-%d} (asked for {on:%Y-%m-%d}).")
    before: datetime.date | None = None
    for one in found.values[1:]:
        if one.valid_from > on:
            before = one.valid_from
            break
        held = one
    end = held.valid_before or (found.known_before if held is found.values[-1] else None)
    if end is not None and on >= end:
        raise NotKnown(f"{name}: no value is known from {end:%Y-%m-%d} on (asked for {on:%Y-%m-%d}).")
    return Value(name, held.value, found.unit, held.valid_from, before or end, held.act, held.confidence, held.planned)
