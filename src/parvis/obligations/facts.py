"""The facts on which the law is applied to an establishment: loaded in one statement, for one or for thousands."""

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from parvis.obligations.authorities import told_by
from parvis.obligations.known import source
from parvis.regulations.due_dates.calendar import LIKE_CNRACL, Fund
from parvis.regulations.due_dates.schedule import Contract
from parvis.regulations.obligations.elected_members import Authority

# What nothing else says of an establishment, the latest version of the latest year; in the order of `_read`.
SAID = ("authority", "headcount", "full_time_equivalent", "inhabitants", "seconded", "called_by_fiphfp",
        "paid_within_month", "pays_allowances")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """Facts, None where nobody knows. Hashable: the same facts are computed once. `said_for`: the year of the facts.

    `authority` by the legal category, else as somebody said. `civil_servants`: on 1 January of `counted_in`; `counts`:
    the same of every year that was said, the oldest first. `ircantec`: contributions in euros by the year that follows
    them.
    """

    authority: Authority | None
    contracts: tuple[Contract, ...] = ()
    civil_servants: int | None = None
    counted_in: int | None = None
    counts: tuple[tuple[int, int], ...] = ()
    ircantec: tuple[tuple[int, Decimal], ...] = ()
    said_for: int | None = None
    headcount: int | None = None
    full_time_equivalent: Decimal | None = None
    inhabitants: int | None = None
    seconded: int | None = None
    called_by_fiphfp: bool | None = None
    paid_within_month: bool | None = None
    pays_allowances: bool | None = None

    @property
    def digest(self) -> str:
        """The same for the same facts, in any process."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def holds(self, *funds: Fund) -> bool:
        """Whether there is or was a contract with one of these funds."""
        return any(contract.fund in funds for contract in self.contracts)


def _sql() -> str:
    known = source()
    said = ", ".join(SAID)
    return f"""
SELECT e.id, e.legal_category, e.population,
  (SELECT json_agg(json_build_array(c.fund, c.starts_on, c.ends_on) ORDER BY c.fund, c.starts_on)
    FROM establishments_contract c WHERE c.establishment_id = e.id),
  ({known.headcounts}), ({known.contributions}),
  (SELECT to_json(f) FROM (SELECT year, {said} FROM obligations_facts o WHERE o.establishment_id = e.id
    AND o.year <= %(year)s ORDER BY o.year DESC, o.version DESC LIMIT 1) f)
FROM establishments_establishment e WHERE e.id = ANY(%(establishments)s)"""


def held_by(establishments: Sequence[int], today: datetime.date) -> dict[int, Held]:
    """The facts of each, as they are known today; one statement. Under the establishment's scope, or as the owner."""
    with connection.cursor() as cursor:
        cursor.execute(_sql(), {"establishments": list(establishments), "year": today.year})
        return {row[0]: _read(today, *row[1:]) for row in cursor.fetchall()}


def _json(value: Any) -> Any:
    return json.loads(value, parse_float=Decimal) if isinstance(value, str) else value


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _read(
    today: datetime.date,
    category: str,
    population: int | None,
    contracts: Any,
    headcounts: Any,
    contributions: Any,
    said: Any,
) -> Held:
    bound = tuple(_contract(*one) for one in _json(contracts) or ())
    told = _json(said) or {}
    counts = {int(year): figures for year, figures in (_json(headcounts) or {}).items() if int(year) <= today.year}
    civil = _civil_servants(counts, bound)
    counted_in, civil_servants = civil[-1] if civil else (None, None)
    full_time, authority = told.get("full_time_equivalent"), told.get("authority")
    return Held(
        authority=told_by(category) or (Authority(authority) if authority else None),
        # Nobody contributes: nothing is due to these funds, which the law's own count of agents does not know.
        contracts=tuple(one for one in bound if civil_servants != 0 or one.fund not in (*LIKE_CNRACL, Fund.RAFP)),
        civil_servants=civil_servants,
        counted_in=counted_in,
        counts=civil,
        ircantec=tuple(
            sorted(
                (int(year) + 1, Decimal(str(figures["ircantec"])))
                for year, figures in (_json(contributions) or {}).items()
                if "ircantec" in figures
            )
        ),
        said_for=told.get("year"),
        headcount=told.get("headcount"),
        full_time_equivalent=None if full_time is None else Decimal(str(full_time)),
        inhabitants=told["inhabitants"] if told.get("inhabitants") is not None else population,
        seconded=told.get("seconded"),
        called_by_fiphfp=told.get("called_by_fiphfp"),
        paid_within_month=told.get("paid_within_month"),
        pays_allowances=told.get("pays_allowances"),
    )


def _contract(fund: str, starts_on: str, ends_on: str | None) -> Contract:
    """A contract ends on its last day; the law counts to the day before another."""
    first, last = datetime.date.fromisoformat(starts_on), _day(ends_on)
    return Contract(Fund(fund), first, last + datetime.timedelta(days=1) if last else None)


def _civil_servants(counts: dict[int, dict[str, int]], contracts: tuple[Contract, ...]) -> tuple[tuple[int, int], ...]:
    """By year, how many on its 1 January: those of the CNRACL, or of the RAFP where there is no other fund."""
    fund = Fund.CNRACL if any(one.fund is Fund.CNRACL for one in contracts) else Fund.RAFP
    return tuple((year, int(counts[year][fund.value])) for year in sorted(counts) if fund.value in counts[year])
