"""What a parameter file may hold, checked when it is read: known units, a source each, no gap and no overlap."""

import datetime
import enum
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class Unit(enum.Enum):
    """In what a value is counted."""

    PERCENT = "percent"
    EUROS = "euros"
    EUROS_PER_YEAR = "euros_per_year"
    EUROS_PER_MONTH = "euros_per_month"
    EUROS_PER_HOUR = "euros_per_hour"
    EUROS_PER_POINT = "euros_per_point"
    COEFFICIENT = "coefficient"
    HOURS = "hours"
    INDEX = "index"
    POINTS = "points"
    AGENTS = "agents"
    DAYS = "days"
    MONTHS = "months"
    QUARTERS = "quarters"
    YEARS = "years"
    INHABITANTS = "inhabitants"


class Confidence(enum.Enum):
    """How sure a value is: the official text, a transcription of it, derived from a rule, or sources that disagree."""

    OFFICIAL = "official"
    SECONDARY = "secondary"
    DERIVED = "derived"
    UNCERTAIN = "uncertain"


def _exact(written: object) -> Decimal:
    # YAML reads 11.10 as a binary float: values are written between quotes.
    if not isinstance(written, str):
        raise ValueError("write numbers between quotes, so that no digit is lost")
    return Decimal(written)


Exact = Annotated[Decimal, BeforeValidator(_exact)]


class DatedValue(BaseModel):
    """A value and the day from which it holds; `until`: the first day on which it does not, where nothing follows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    valid_from: datetime.date = Field(alias="from")
    value: Exact
    act: str = Field(min_length=4)
    confidence: Confidence = Confidence.OFFICIAL
    planned: bool = False
    valid_before: datetime.date | None = Field(default=None, alias="until")


class Parameter(BaseModel):
    """A parameter: what it is called, its unit, and its values, the oldest first.

    `known_before`: the first day for which the last value is not known to hold (what is set anew each year).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = Field(min_length=4)
    unit: Unit
    values: tuple[DatedValue, ...] = Field(min_length=1)
    known_before: datetime.date | None = None
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> "Parameter":
        for earlier, later in zip(self.values, self.values[1:], strict=False):
            if later.valid_from <= earlier.valid_from:
                raise ValueError(f"overlap: {later.valid_from} does not follow {earlier.valid_from}")
            if earlier.valid_before is not None and earlier.valid_before != later.valid_from:
                raise ValueError(f"gap or overlap between {earlier.valid_before} and {later.valid_from}")
            if earlier.planned and not later.planned:
                raise ValueError(f"{later.valid_from} is confirmed after a planned value")
        if self.known_before is not None and self.known_before <= self.values[-1].valid_from:
            raise ValueError("known_before is not after the last value")
        return self


class SchemeFile(BaseModel):
    """One file: the scheme's own name in words, and its parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scheme: str = Field(min_length=2)
    parameters: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Parameter]
