"""The differences that are explained (`differences.yaml`), and what is left when they are taken away."""

import datetime
import enum
from collections.abc import Iterator
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from cross_check.parvis_side import AMOUNTS, PARTS, RATES, Person, worked_out

TABLE = Path(__file__).with_name("differences.yaml")
# OpenFisca computes in 32-bit floats and rounds nothing: half a cent, and what such a float loses of an amount.
CENT, FLOAT_LOSS = Decimal("0.0051"), Decimal("0.0000003")


class Right(enum.Enum):
    """Who is right."""

    PARVIS = "Parvis"
    OPENFISCA = "OpenFisca-France"
    OPEN = "non tranché"


def _month(written: object) -> object:
    return datetime.date.fromisoformat(f"{written}-01") if isinstance(written, str) else written


def _exact(written: object) -> object:
    if not isinstance(written, str):
        raise ValueError("write numbers between quotes, so that no digit is lost")
    return Decimal(written)


Month = Annotated[datetime.date, BeforeValidator(_month)]


class Difference(BaseModel):
    """A rate of OpenFisca's that is not ours, from a month up to another one; or an amount that they compute otherwise.

    `theirs`: their figure, in the parameter's unit. `left_out`: what their base of an amount leaves out.
    `ceiling_days`: the thirtieths of the ceiling that they count in a whole month. `half_cent_down`: a slice of
    Ircantec that falls on half a cent is rounded down.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: str
    since: Month = Field(alias="from")
    until: Month
    theirs: Annotated[Decimal, BeforeValidator(_exact)] | None = None
    left_out: str | None = None
    ceiling_days: int | None = Field(default=None, ge=28, le=29)
    half_cent_down: Literal[True] | None = None
    right: Right
    why: str = Field(min_length=20)
    source: str = Field(min_length=10)

    @model_validator(mode="after")
    def _sound(self) -> "Difference":
        if self.until <= self.since:
            raise ValueError("the end does not follow the start")
        otherwise = [
            one for one in (self.theirs, self.left_out, self.ceiling_days, self.half_cent_down) if one is not None
        ]
        rate = self.what in RATES and self.theirs is not None
        base = self.what in AMOUNTS and self.left_out in PARTS
        slices = self.what in AMOUNTS and bool(self.ceiling_days or self.half_cent_down)
        if len(otherwise) != 1 or not (rate or base or (slices and self.what.startswith("ircantec."))):
            raise ValueError(f"{self.what}: a rate with their figure, or an amount with what they compute otherwise")
        return self

    def holds(self, what: str, month: str) -> bool:
        return self.what == what and self.since <= datetime.date.fromisoformat(f"{month}-01") < self.until


class Mended(BaseModel):
    """What the comparison found wrong in Parvis, and was put right."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: str = Field(min_length=4)
    why: str = Field(min_length=20)
    source: str = Field(min_length=10)


class Table(BaseModel):
    """The whole file: which release was compared, when, the differences, and what was mended because of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    release: str
    compared_on: datetime.date
    differences: tuple[Difference, ...]
    mended: tuple[Mended, ...] = ()


def table() -> Table:
    """The table of the repository. What is wrong in it is a fault of ours: pydantic's ValidationError says where."""
    return Table.model_validate(yaml.safe_load(TABLE.read_text("utf-8")))


def unexplained(
    ours: dict[str, Any], theirs: dict[str, Any], whom: dict[str, list[Person]], known: Table
) -> Iterator[str]:
    """A sentence for each difference that the table does not explain, and for each explanation that nothing needed.

    `ours` and `theirs`: `rates` by name and month, `amounts` by era and name (a figure for each person of `whom`).
    """
    needed: set[int] = set()
    for name, by_month in ours["rates"].items():
        for month, own in by_month.items():
            said = theirs["rates"][name][month]
            other = None if said is None else Decimal(str(said))
            if other is not None and abs(own - other) < Decimal("0.000001"):
                continue
            places = [n for n, one in enumerate(known.differences) if one.holds(name, month)]
            needed.update(places)
            if not any(known.differences[place].theirs == other for place in places):
                yield f"{name}, {month} : Parvis {own}, OpenFisca-France {other}."
    for era, by_name in ours["amounts"].items():
        for name, column in by_name.items():
            places = [n for n, one in enumerate(known.differences) if one.theirs is None and one.holds(name, era)]
            held = [known.differences[place] for place in places]
            figures = {rate: _theirs(rate, era, ours, known) for rate in AMOUNTS[name]}
            left_out = frozenset(one.left_out for one in held if one.left_out)
            share = min((Decimal(one.ceiling_days) / 30 for one in held if one.ceiling_days), default=Decimal(1))
            rounding = ROUND_HALF_DOWN if any(one.half_cent_down for one in held) else ROUND_HALF_UP
            for number, own in enumerate(column):
                other = Decimal(str(theirs["amounts"][era][name][number]))
                if _same(own, other):
                    continue
                needed.update(places)
                expected = worked_out(name, whom[era][number], figures, left_out, share, rounding)
                if not _same(expected, other):
                    yield f"{name}, {era}, personne {number} : Parvis {own}, OpenFisca-France {other:.4f}."
    for place, one in enumerate(known.differences):
        if place not in needed:
            yield f"{one.what}, depuis {one.since:%Y-%m} : cette différence expliquée n’existe plus."


def _theirs(rate: str, era: str, ours: dict[str, Any], known: Table) -> Decimal:
    for one in known.differences:
        if one.theirs is not None and one.holds(rate, era):
            return one.theirs
    figure: Decimal = ours["rates"][rate][era]
    return figure


def _same(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= CENT + abs(other) * FLOAT_LOSS
