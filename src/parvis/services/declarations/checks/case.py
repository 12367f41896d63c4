"""What a check looks at: an individual of a declaration, beside what is known of them. And what a check is."""

import datetime
import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from parvis.agents.queries import Held, Known
from parvis.dsn.shapes import Base, Contract, Individual
from parvis.regulations.parameters import NotKnown, value

CNRACL, RAFP, IRCANTEC = "cnracl", "rafp", "ircantec"
FUND_OF_BASE = {"48": CNRACL, "49": RAFP, "28": IRCANTEC}
BASE_OF_FUND = {fund: code for code, fund in FUND_OF_BASE.items()}
OFFICIAL_STATUSES = frozenset({"01", "08"})
ELECTED_NATURES = frozenset({"80", "81"})
# What the nature of a contract says of a detached or elected person is not a post like others.
FULL_WEEK = 3500


class Family(enum.Enum):
    """What an anomaly is about, as the platform groups them."""

    AGENT = "agent"
    PERIOD = "période"
    CONTRIBUTION = "cotisation"


class Mend(enum.Enum):
    """What can be corrected here: which part of the form opens; NOTHING: in payroll alone."""

    NIR = "nir"
    IDENTITY = "identity"
    BIRTH = "birth"
    HOURS = "hours"
    PERIODS = "periods"
    AFFILIATE = "affiliate"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong: what was declared and what was expected, ready to show (no NIR in clear), and the line."""

    found: str = ""
    expected: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Twin:
    """Somebody of the establishment with the same names and birth date, under another NIR (shown masked)."""

    id: int
    name: str
    masked: str


@dataclass(frozen=True, slots=True)
class Year:
    """Cents declared of an agent since January in the months before, by fund; `months`: those with a base of the
    Ircantec."""

    cnracl: int = 0
    rafp: int = 0
    ircantec: int = 0
    months: int = 0


NO_YEAR = Year()


class Case:
    """An individual beside what is known. What several checks ask for is worked out once."""

    __slots__ = (
        "affiliation", "by_code", "contract", "elected", "known", "last", "month", "official", "one", "scheme", "twin",
        "year"
    )  # fmt: skip

    def __init__(
        self,
        one: Individual,
        month: datetime.date,
        *,
        known: Known | None = None,
        twin: Twin | None = None,
        year: Year = NO_YEAR,
    ) -> None:
        """`month`: the first day of the month declared; `year`: what the months before it declared."""
        self.one, self.month, self.known, self.twin, self.year = one, month, known, twin, year
        self.last = last_day(month)
        self.contract: Contract | None = one.contracts[-1] if one.contracts else None
        self.by_code: dict[str, list[Base]] = {}
        for payment in one.payments:
            for base in payment.bases:
                if base.code is not None:
                    self.by_code.setdefault(base.code, []).append(base)
        self.scheme = scheme_of(one.contracts)
        contract = self.contract
        self.official = contract is not None and contract.status in OFFICIAL_STATUSES
        self.elected = contract is not None and contract.nature in ELECTED_NATURES
        # To the scheme of the contract, in force on a day that is declared.
        self.affiliation = self._affiliation()

    @property
    def comes_back(self) -> bool:
        """Whether somebody known is affiliated to the Ircantec again by being declared."""
        if self.known is None or self.scheme != IRCANTEC or self.affiliation is not None or self.contract is None:
            return False
        return may_come_back(self.known, IRCANTEC, self.contract.start)

    def now(self, code: str) -> bool:
        """Whether a base of that code is of the month declared; one of an earlier period may be of another scheme."""
        return any(one.start is None or one.start >= self.month for one in self.by_code.get(code, ()))

    def _affiliation(self) -> Held | None:
        if self.known is None or not self.scheme:
            return None
        days = [base.start for base in self.by_code.get(BASE_OF_FUND[self.scheme], ()) if base.start]
        for one in self.known.affiliations:
            if one.scheme == self.scheme and any(map(one.covers, days or (self.month, self.last))):
                return one
        return None


# Nobody is of both of these at once for the same employer.
_BESIDE = {IRCANTEC: (IRCANTEC, CNRACL), CNRACL: (CNRACL,)}


def may_come_back(known: Known, scheme: str, start: datetime.date | None) -> bool:
    """Whether a contract that starts on a day opens an affiliation of somebody known: what they had ended before it."""
    held = [one for one in known.affiliations if one.scheme in _BESIDE[scheme]]
    return start is not None and all(one.left_on is not None and one.left_on < start for one in held)


def scheme_of(contracts: Iterable[Contract]) -> str:
    """The scheme of the contracts: CNRACL, else Ircantec, else "" (a scheme that is not followed here)."""
    found = ""
    for one in contracts:
        if one.scheme == "120":
            return CNRACL
        if "IRCANTEC" in one.supplementary:
            found = IRCANTEC
    return found


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its code, what it means, how it is mended here and in payroll, and the function that finds it.

    `blocking`: the individual's bases wait until it is corrected.
    """

    code: str
    family: Family
    blocking: bool
    label: str
    means: str
    here: str
    payroll: str
    mend: Mend
    look: Callable[[Case], Found | None] | None = None


@lru_cache(maxsize=256)
def last_day(month: datetime.date) -> datetime.date:
    """The last day of a month."""
    return (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)


@lru_cache(maxsize=4096)
def rate(name: str, month: datetime.date) -> int | None:
    """A rate in force in a month, in thousandths of a per cent; None where none is known."""
    try:
        return int(value(name, on=month).value * 1000)
    except NotKnown:
        return None


def share(cents: int, thousandths: int) -> int:
    """A part of an amount in cents, half a cent away from zero; `thousandths` of a per cent."""
    product = cents * thousandths
    whole = (abs(product) + 50_000) // 100_000
    return -whole if product < 0 else whole


def euros(cents: int) -> str:
    """« 1 234,50 € »."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'−' if cents < 0 else ''}{whole:,}".replace(",", "\u202f") + f",{rest:02d}\u00a0€"


def hours(hundredths: int) -> str:
    """« 28 h », « 17 h 30 »: hundredths of an hour."""
    minutes = round(hundredths * 60 / 100)
    whole, rest = divmod(minutes, 60)
    return f"{whole}\u00a0h" + (f"\u00a0{rest:02d}" if rest else "")


def day(one: datetime.date | None) -> str:
    """« 05/03/2026 »; "" for none."""
    return f"{one:%d/%m/%Y}" if one else ""


def decimal_hours(name: str, month: datetime.date) -> int | None:
    """A number of hours in force in a month, in hundredths."""
    try:
        return int(Decimal(value(name, on=month).value) * 100)
    except NotKnown:
        return None
