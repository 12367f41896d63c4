"""What somebody says instead of what was declared of an individual: sealed as a draft, laid over it when applied."""

import datetime
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from parvis.dsn.shapes import Base, Individual
from parvis.ground.sealing import seal, unseal
from parvis.services.declarations.checks.case import FUND_OF_BASE

_PURPOSE = "declared-correction"


@dataclass(frozen=True, slots=True)
class Period:
    """The days of a base, by its place among the bases of the three funds."""

    place: int
    starts_on: datetime.date
    ends_on: datetime.date


@dataclass(frozen=True, slots=True)
class Values:
    """Empty, or None: as it was declared. `minutes`: a week."""

    nir: str = ""
    surname: str = ""
    first_names: str = ""
    born_on: datetime.date | None = None
    minutes: int | None = None
    periods: tuple[Period, ...] = field(default_factory=tuple)

    @property
    def fields(self) -> list[str]:
        """Which are said, by the names of `kinds.FIELDS`."""
        held = [name for name in ("nir", "surname", "first_names", "born_on") if getattr(self, name)]
        return held + (["hours"] if self.minutes else []) + (["periods"] if self.periods else [])

    def sealed(self) -> str:
        """As a draft keeps them."""
        return seal(json.dumps(asdict(self), default=datetime.date.isoformat), purpose=_PURPOSE)

    @classmethod
    def unsealed(cls, kept: str) -> "Values":
        """Those of a draft. Raises Unsealable."""
        told: dict[str, Any] = json.loads(unseal(kept, purpose=_PURPOSE))
        told["born_on"] = _day(told["born_on"])
        told["periods"] = tuple(
            Period(one["place"], _sure(one["starts_on"]), _sure(one["ends_on"])) for one in told["periods"]
        )
        return cls(**told)


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _sure(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def bases_in_order(one: Individual) -> list[Base]:
    """The bases of the three funds, in the order of the file: a correction names one by its place among them."""
    return [base for base in one.bases if base.code in FUND_OF_BASE]


def corrected(one: Individual, values: Values) -> Individual:
    """The individual as it should have been declared."""
    changes: dict[str, Any] = {}
    if values.nir:
        changes |= {"nir": values.nir, "ntt": None}
    if values.surname:
        changes["surname"] = values.surname
    if values.first_names:
        changes["first_names"] = values.first_names
    if values.born_on:
        changes["birth_date"] = f"{values.born_on:%d%m%Y}"
    if values.minutes and one.contracts:
        changes["contracts"] = _with_hours(one, values.minutes)
    if values.periods:
        changes["payments"] = _with_periods(one, values.periods)
    return replace(one, **changes) if changes else one


def _with_hours(one: Individual, minutes: int) -> tuple[Any, ...]:
    *before, last = one.contracts
    quota = round(minutes / 60 * 100 * 52 / 12)
    own = quota
    if last.reference_quota and last.quota is not None:
        own = round(last.quota * quota / last.reference_quota)
    return (*before, last._replace(unit="10", reference_quota=quota, quota=own))


def _with_periods(one: Individual, periods: tuple[Period, ...]) -> tuple[Any, ...]:
    wanted = {period.place: period for period in periods}
    place, payments = 0, []
    for payment in one.payments:
        bases = []
        for base in payment.bases:
            said = base
            if base.code in FUND_OF_BASE:
                if place in wanted:
                    said = base._replace(start=wanted[place].starts_on, end=wanted[place].ends_on)
                place += 1
            bases.append(said)
        payments.append(payment._replace(bases=tuple(bases)))
    return tuple(payments)
