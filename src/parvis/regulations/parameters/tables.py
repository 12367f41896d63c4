"""Tables of the law that are read by a generation, an age or a date: `find("cnracl_pensions.sedentary.age", …)`.

A table holds versions, each in force from a day on (the day on which a pension takes effect, unless its note says
otherwise). A version holds rows by rising key, each valid from its key up to the next one. A file is
`data/<file>.yaml`, read when one of its tables is first asked for, and checked whole then.
"""

import bisect
import datetime
import functools
import re
from decimal import Decimal
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from parvis.regulations.parameters import FOLDER, NotKnown, UnknownParameter, Value
from parvis.regulations.parameters.model import Confidence, Unit
from parvis.regulations.periods import Age

Key = datetime.date | Decimal


def _exact(written: object) -> object:
    # YAML reads 62.5 as a binary float: numbers are written between quotes, ages as 62y9m (kept in months).
    if not isinstance(written, str):
        raise ValueError("write numbers and ages between quotes, so that no digit is lost")
    return Decimal(Age.parse(written).in_months) if re.fullmatch(r"\d+y(\d+m)?", written) else Decimal(written)


def _key(written: object) -> object:
    return written if isinstance(written, datetime.date) else _exact(written)


Cell = Annotated[Decimal, BeforeValidator(_exact)]


class Row(BaseModel):
    """One row: its key, and a cell for each column that says something there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: Annotated[Key, BeforeValidator(_key)]
    cells: dict[str, Cell]
    confidence: Confidence | None = None

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, written: Any) -> Any:
        if not isinstance(written, dict) or "cells" in written:
            return written
        own = {word: written[word] for word in ("at", "confidence") if word in written}
        return own | {"cells": {word: cell for word, cell in written.items() if word not in own}}


class Version(BaseModel):
    """The rows in force from a day on, by the law and the act that set them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    valid_from: datetime.date = Field(alias="from")
    law: str = Field(min_length=4)
    act: str = Field(min_length=4)
    confidence: Confidence = Confidence.OFFICIAL
    rows: tuple[Row, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising(self) -> "Version":
        for earlier, later in zip(self.rows, self.rows[1:], strict=False):
            if type(earlier.at) is not type(later.at) or not later.at > earlier.at:  # type: ignore[operator]
                raise ValueError(f"{later.at} does not follow {earlier.at}")
        return self


class Table(BaseModel):
    """A table: what it is called, by what it is read, the unit of each column, its versions, the oldest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = Field(min_length=4)
    key: str = Field(min_length=3)
    columns: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Unit] = Field(min_length=1)
    versions: tuple[Version, ...] = Field(min_length=1)
    note: str = ""

    @model_validator(mode="after")
    def _sound(self) -> "Table":
        for earlier, later in zip(self.versions, self.versions[1:], strict=False):
            if later.valid_from <= earlier.valid_from:
                raise ValueError(f"overlap: {later.valid_from} does not follow {earlier.valid_from}")
        for version in self.versions:
            for row in version.rows:
                if strange := set(row.cells) - set(self.columns):
                    raise ValueError(f"{row.at}: no column is called {', '.join(sorted(strange))}")
        return self


class TableFile(BaseModel):
    """One file of tables."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scheme: str = Field(min_length=2)
    tables: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Table]


def files() -> list[str]:
    """The files of tables."""
    return sorted(path.stem for path in (FOLDER / "data").glob("*.yaml"))


@functools.cache
def tables(code: str) -> dict[str, Table]:
    """The tables of a file. Raises UnknownParameter where there is none.

    What is wrong in a file is a fault of ours: pydantic's ValidationError says where.
    """
    path = FOLDER / "data" / f"{code}.yaml"
    if path.parent != FOLDER / "data" or not path.is_file():
        raise UnknownParameter(f"No file of tables is called {code!r}.")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return TableFile.model_validate(yaml.load(path.read_bytes(), Loader=loader)).tables  # noqa: S506  (safe)


def table(name: str) -> Table:
    """The table `file.table`. Raises UnknownParameter."""
    code, _, own = name.partition(".")
    found = tables(code).get(own)
    if found is None:
        raise UnknownParameter(f"No table is called {name!r}.")
    return found


def version(name: str, *, on: datetime.date) -> tuple[Version, datetime.date | None]:
    """The version in force on a day, and the day on which the next one begins. Raises NotKnown before the first."""
    held: Version | None = None
    for one in table(name).versions:
        if one.valid_from > on:
            if held is None:
                raise NotKnown(f"{name}: nothing is known before {one.valid_from:%Y-%m-%d}.")
            return held, one.valid_from
        held = one
    assert held is not None  # a table has at least one version  # noqa: S101
    return held, None


@functools.cache
def _keys(name: str, start: datetime.date) -> tuple[Key, ...]:
    return tuple(row.at for row in version(name, on=start)[0].rows)


@functools.lru_cache(maxsize=262_144)
def find(name: str, *, on: datetime.date, at: Key) -> Value | None:
    """The cell `file.table.column` of the row that holds for a key, in the version of a day; None where it is empty.

    Raises UnknownParameter, and NotKnown for a key before the first row.
    """
    path, _, column = name.rpartition(".")
    unit = table(path).columns.get(column)
    if unit is None:
        raise UnknownParameter(f"{path} has no column {column!r}.")
    held, before = version(path, on=on)
    place = bisect.bisect_right(_keys(path, held.valid_from), at) - 1
    if place < 0:
        raise NotKnown(f"{path}: nothing is known for {at} (version of {held.valid_from:%Y-%m-%d}).")
    row = held.rows[place]
    cell = row.cells.get(column)
    if cell is None:
        return None
    return Value(name, cell, unit, held.valid_from, before, held.act, row.confidence or held.confidence, False)


def value(name: str, *, on: datetime.date, at: Key) -> Value:
    """As `find`, and raises NotKnown where the cell is empty."""
    found = find(name, on=on, at=at)
    if found is None:
        raise NotKnown(f"{name}: nothing is said for {at} on {on:%Y-%m-%d}.")
    return found
