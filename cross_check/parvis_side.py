"""Parvis's figures: the rates of every month, the contributions of a few people in one month of every era."""

import datetime
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from decimal import ROUND_HALF_UP, Decimal

from parvis.regulations.contributions import cnracl, ircantec, rafp
from parvis.regulations.contributions.employer_funds import EmployerFund, employer_contribution
from parvis.regulations.parameters import parameter, value
from parvis.regulations.pay.indexed import indexed_pay, points_pay
from parvis.regulations.rounding import CENT

FIRST, LAST = datetime.date(2015, 1, 1), datetime.date(2026, 12, 1)
ZERO = Decimal(0)
# The indemnité compensatrice de la hausse de la CSG: décret 2017-1889.
CSG_COMPENSATION = datetime.date(2018, 1, 1)
# What is compared month by month.
RATES = (
    "cnracl.agent_rate",
    "cnracl.employer_rate",
    "atiacl.employer_rate",
    "feh.employer_rate",
    "rafp.agent_rate",
    "rafp.employer_rate",
    "rafp.base_ceiling",
    "ircantec.call_rate",
    "ircantec.b_ceiling_multiple",
    "pay.pass_month",
    "pay.point_value",
    *(
        f"ircantec.{part}_{who}_{kind}rate"
        for part in "ab"
        for who in ("agent", "employer")
        for kind in ("", "theoretical_")
    ),
)
# What each contribution rests on.
AMOUNTS = {
    "cnracl.agent": ("cnracl.agent_rate",),
    "cnracl.employer": ("cnracl.employer_rate",),
    "rafp.agent": ("rafp.agent_rate", "rafp.base_ceiling"),
    "rafp.employer": ("rafp.employer_rate", "rafp.base_ceiling"),
    "ircantec.agent": (
        "ircantec.a_agent_rate",
        "ircantec.b_agent_rate",
        "ircantec.b_ceiling_multiple",
        "pay.pass_month",
    ),
    "ircantec.employer": (
        "ircantec.a_employer_rate",
        "ircantec.b_employer_rate",
        "ircantec.b_ceiling_multiple",
        "pay.pass_month",
    ),
    "atiacl.employer": ("atiacl.employer_rate",),
    "feh.employer": ("feh.employer_rate",),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's month, in euros. `gross`: the base of a contract agent's Ircantec; the rest is a civil servant's."""

    kind: str
    indexed_pay: Decimal = ZERO
    nbi: Decimal = ZERO
    bonuses: Decimal = ZERO
    sft: Decimal = ZERO
    residence: Decimal = ZERO
    csg_compensation: Decimal = ZERO
    in_kind: Decimal = ZERO
    gipa: Decimal = ZERO
    gross: Decimal = ZERO

    @property
    def accessories(self) -> Decimal:
        """What the RAFP counts within its ceiling."""
        return self.bonuses + self.sft + self.residence + self.csg_compensation + self.in_kind

    def as_json(self) -> dict[str, str]:
        return {name: str(amount) for name, amount in asdict(self).items()}


PARTS = tuple(one.name for one in fields(Person) if one.name != "kind")


def months() -> list[datetime.date]:
    """Every month that is compared."""
    return [datetime.date(year, month, 1) for year in range(FIRST.year, LAST.year + 1) for month in range(1, 13)]


def eras() -> list[datetime.date]:
    """The first month of every era: each January, and each month in which something changes that an amount rests on."""
    names = {*(name for rests in AMOUNTS.values() for name in rests), "pay.point_value"}
    changes = {one.valid_from.replace(day=1) for name in names for one in parameter(name).values}
    return sorted({day for day in months() if day.month == 1 or day in changes})


def people(era: datetime.date) -> list[Person]:
    """A few civil servants by index, bonuses and NBI, bonuses on both sides of the RAFP's ceiling; contract agents
    within slice A, in slice B and above it."""

    def indexed(index: int) -> Decimal:
        return indexed_pay(Decimal(index), on=era).value.month

    def euros(*amounts: str) -> list[Decimal]:
        return [Decimal(amount) for amount in amounts]

    small, large, home, csg, gipa = euros("150.00", "1234.56", "73.04", "12.34", "312.50")
    return [
        Person("territorial", indexed(366)),
        Person("territorial", indexed(390), points_pay(Decimal(15), on=era).value.month, small, home),
        Person("territorial", indexed(500), bonuses=large),
        Person("territorial", indexed(830), bonuses=small, residence=home, in_kind=home, gipa=gipa),
        Person("hospital", indexed(366), points_pay(Decimal(10), on=era).value.month, large, sft=home),
        Person("hospital", indexed(1329), bonuses=large),
        Person("hospital", indexed(450), bonuses=small, csg_compensation=csg if era >= CSG_COMPENSATION else ZERO),
        Person("contract", gross=Decimal("1834.56")),
        Person("contract", gross=Decimal("5000.00")),
        Person("contract", gross=Decimal("35000.00")),
    ]


def rates() -> dict[str, dict[str, Decimal]]:
    """Each rate by month (`2026-03`)."""
    return {name: {f"{day:%Y-%m}": value(name, on=day).value for day in months()} for name in RATES}


def amounts(era: datetime.date, whom: list[Person]) -> dict[str, list[Decimal]]:
    """What the library says each person owes in a month, in euros; nothing where the scheme is not theirs."""
    found: dict[str, list[Decimal]] = {name: [] for name in AMOUNTS}
    for one in whom:
        owed = dict(_of_one(era, one))
        for name, column in found.items():
            column.append(owed.get(name, Decimal(0)))
    return found


def _of_one(era: datetime.date, one: Person) -> Iterator[tuple[str, Decimal]]:
    if one.kind == "contract":
        due = ircantec.contributions(one.gross, period=era).value
        # By slices, each to the cent, as the DSN lists them and as OpenFisca computes.
        yield from (
            ("ircantec.agent", due.agent_a + due.agent_b),
            ("ircantec.employer", due.employer_a + due.employer_b),
        )
        return
    pension = cnracl.contributions(cnracl.CnraclPay(one.indexed_pay, one.nbi), period=era).value
    yield from (("cnracl.agent", pension.agent), ("cnracl.employer", pension.employer))
    month = rafp.RafpMonth(era, one.indexed_pay, one.accessories, gipa=one.gipa)
    more = rafp.year_of_contributions([month]).value[0]
    yield from (("rafp.agent", more.agent), ("rafp.employer", more.employer))
    # The NBI is counted, as OpenFisca does: docs/regulations/contributions.md says that sources disagree.
    for fund in (EmployerFund.ATIACL, EmployerFund.FEH):
        if fund is EmployerFund.FEH and one.kind != "hospital":
            continue
        due_by = employer_contribution(fund, one.indexed_pay, one.nbi, period=era, with_nbi=True)
        yield f"{fund.value}.employer", due_by.value


def worked_out(
    name: str,
    one: Person,
    figures: dict[str, Decimal],
    left_out: frozenset[str] = frozenset(),
    ceiling_share: Decimal = Decimal(1),
    half_cent: str = ROUND_HALF_UP,
) -> Decimal:
    """The same amount by hand, from given figures and without what a side leaves out: what an explanation must come to.

    `figures`: those that the amount rests on, by parameter. Only Ircantec's slices are rounded.
    """
    fund, _, who = name.partition(".")
    kept = {part: ZERO if part in left_out else getattr(one, part) for part in PARTS}
    rate = {parameter_name: figure / 100 for parameter_name, figure in figures.items()}
    if fund == "ircantec":
        ceiling = figures["pay.pass_month"] * ceiling_share
        in_a = min(kept["gross"], ceiling)
        in_b = min(kept["gross"], ceiling * figures["ircantec.b_ceiling_multiple"]) - in_a
        slices = (in_a * rate[f"ircantec.a_{who}_rate"], in_b * rate[f"ircantec.b_{who}_rate"])
        return sum((amount.quantize(CENT, half_cent) for amount in slices), ZERO)
    if one.kind == "contract" or (fund == "feh" and one.kind != "hospital"):
        return ZERO
    if fund == "rafp":
        accessories = sum(kept[part] for part in ("bonuses", "sft", "residence", "csg_compensation", "in_kind"))
        base = min(accessories, kept["indexed_pay"] * rate["rafp.base_ceiling"]) + kept["gipa"]
        return base * rate[f"rafp.{who}_rate"]
    return (kept["indexed_pay"] + kept["nbi"]) * rate[f"{fund}.{who}_rate"]
