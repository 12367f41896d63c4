"""What the reader of a file hands over, in the order of the file; nothing of it knows a database or a page.

Amounts are whole cents, and every other number with two decimals (hours, rates, points) is in whole hundredths. A
month is its first day. None: the rubric is absent, or what it holds was refused (a Problem was handed over before).
What an individual has several of is a tuple with names, because a night makes millions of them.
"""

import datetime
from dataclasses import dataclass
from typing import NamedTuple

NORMAL, NOTHING, REPLACES, CANCELS, REPLACES_BY_NOTHING = "01", "02", "03", "04", "05"


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of the file. `line` is counted from 1; `rubric` is empty where the line has none that can be read.

    `code` is one of `problems.CODES`. `blocking`: the declaration is to be rejected. `fatal`: nothing was read after
    it. `declaration`: its number in the file from 1, 0 for the whole file. The message never holds what was declared.
    """

    line: int
    rubric: str
    code: str
    message: str
    blocking: bool = True
    fatal: bool = False
    declaration: int = 0


@dataclass(frozen=True, slots=True)
class Sending:
    """S10: who sent the file, by which software, under which norm. `kind` 01 normal, 02 « néant »."""

    line: int
    norm: str
    test: bool
    kind: str
    software: str | None
    editor: str | None
    software_version: str | None
    sender_siren: str | None
    sender_nic: str | None
    sender_name: str | None
    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None


@dataclass(frozen=True, slots=True)
class Transfer:
    """S21.G00.20: what the employer says it pays to a body (`body`: its SIRET, or a code)."""

    line: int
    body: str | None
    amount: int | None
    start: datetime.date | None
    end: datetime.date | None
    mode: str | None
    paid_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class Declaration:
    """S20 with its employer (S21.G00.06) and its establishment (S21.G00.11), handed over before its individuals.

    `nature` 01 monthly, 09 of substitution; other natures (events) are read too. `kind` is one of NORMAL, NOTHING,
    REPLACES, CANCELS, REPLACES_BY_NOTHING; `replaces` the identifier that it names. `fraction` of `fractions`.
    """

    line: int
    number: int
    nature: str | None
    kind: str | None
    fraction: int | None
    fractions: int | None
    order: int | None
    month: datetime.date | None
    replaces: str | None
    made_on: datetime.date | None
    field: str | None
    identifier: str | None
    currency: str | None
    test: bool
    siren: str | None
    head_nic: str | None
    nic: str | None
    transfers: tuple[Transfer, ...]

    @property
    def siret(self) -> str | None:
        """Of the establishment that the declaration is for."""
        return self.siren + self.nic if self.siren and self.nic else None

    @property
    def replacing(self) -> bool:
        """« Annule et remplace », with or without individuals."""
        return self.kind in {REPLACES, REPLACES_BY_NOTHING}


class Absence(NamedTuple):
    """S21.G00.60: sick leave, maternity…; `until` the expected end, `back_on` the day of return."""

    line: int
    motif: str | None
    last_day: datetime.date | None
    until: datetime.date | None
    back_on: datetime.date | None


class Suspension(NamedTuple):
    """S21.G00.65: disponibilité, detachment, unpaid leave…"""

    line: int
    motif: str | None
    start: datetime.date | None
    end: datetime.date | None
    position: str | None


class Ending(NamedTuple):
    """S21.G00.62: the end of a contract."""

    line: int
    day: datetime.date | None
    motif: str | None


class Contract(NamedTuple):
    """S21.G00.40 and what hangs on it. Codes as in the norm; `scheme` is that of old age (120 CNRACL, 200 general).

    `supplementary` holds the codes of S21.G00.71 (IRCANTEC). `post` 01 full, 02 part hours, where `full_time_hours` is
    what a full post of its kind would have in a week. `reference_quota` is that of the post, `quota` that of the agent
    on it, in units of `unit` (10: hours a month). `changes` holds the days of S21.G00.41.
    """

    line: int
    number: str | None
    start: datetime.date | None
    planned_end: datetime.date | None
    conventional_status: str | None
    nature: str | None
    label: str | None
    job: str | None
    job_complement: str | None
    scheme: str | None
    status: str | None
    unit: str | None
    reference_quota: int | None
    quota: int | None
    modality: str | None
    post: str | None
    full_time_hours: int | None
    part_time_rate: int | None
    category: str | None
    gross_index: str | None
    major_index: int | None
    nbi: int | None
    detachment: str | None
    grade: str | None
    cti: int | None
    fund_number: str | None
    workplace: str | None
    supplementary: tuple[str, ...]
    changes: tuple[datetime.date, ...]
    absences: tuple[Absence, ...]
    suspensions: tuple[Suspension, ...]
    endings: tuple[Ending, ...]

    @property
    def weekly_hours(self) -> int | None:
        """Hours a week of the post, in hundredths: its monthly quota × 12 / 52; None where it is not in hours."""
        if self.unit != "10" or self.reference_quota is None:
            return None
        return round(self.reference_quota * 12 / 52)


class Pay(NamedTuple):
    """S21.G00.51: an element of pay (`kind` 001 unrestricted gross, 010 base salary, 021 rate of the situation…)."""

    line: int
    start: datetime.date | None
    end: datetime.date | None
    contract: str | None
    kind: str | None
    hours: int | None
    amount: int | None
    situation_rate: int | None


class Premium(NamedTuple):
    """S21.G00.52: a bonus or an allowance (`kind` 047 GIPA, 048 residence, 049 SFT, 050 IFSE…)."""

    line: int
    kind: str | None
    amount: int | None
    start: datetime.date | None
    end: datetime.date | None
    contract: str | None


class Contribution(NamedTuple):
    """S21.G00.81: a contribution of the base it stands under (300 agent and 301 employer of the CNRACL, 311 and 312
    RAFP, 060 and 061 Ircantec). `rate` in hundredths of a per cent."""

    line: int
    code: str | None
    body: str | None
    base: int | None
    amount: int | None
    rate: int | None


class Base(NamedTuple):
    """S21.G00.78: a base (48 CNRACL, 49 RAFP, 28 Ircantec, 02 and 03 general) of the period that it is attached to."""

    line: int
    code: str | None
    start: datetime.date | None
    end: datetime.date | None
    amount: int | None
    contract: str | None
    report: str | None
    contributions: tuple[Contribution, ...]


class Payment(NamedTuple):
    """S21.G00.50: one payment to the individual, with its elements."""

    line: int
    day: datetime.date | None
    number: int | None
    net: int | None
    pay: tuple[Pay, ...]
    premiums: tuple[Premium, ...]
    bases: tuple[Base, ...]


@dataclass(frozen=True, slots=True)
class Individual:
    """S21.G00.30 with contracts and payments. One of `nir` (13 characters) and `ntt`, or neither (a Problem says so).

    `birth_date` as declared, JJMMAAAA, where 99 stands for an unknown day or month; `born_on` where it is a date.
    """

    line: int
    nir: str | None
    ntt: str | None
    surname: str | None
    used_name: str | None
    first_names: str | None
    sex: str | None
    birth_date: str | None
    birth_place: str | None
    birth_department: str | None
    birth_country: str | None
    payroll_number: str | None
    contracts: tuple[Contract, ...]
    payments: tuple[Payment, ...]

    @property
    def born_on(self) -> datetime.date | None:
        """The birth date, where day and month are known."""
        written = self.birth_date
        if written is None or "99" in {written[:2], written[2:4]}:
            return None
        return datetime.date(int(written[4:]), int(written[2:4]), int(written[:2]))

    @property
    def bases(self) -> tuple[Base, ...]:
        """All bases, of all payments."""
        return tuple(base for payment in self.payments for base in payment.bases)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """All contributions, of all bases."""
        return tuple(one for base in self.bases for one in base.contributions)

    @property
    def pay(self) -> tuple[Pay, ...]:
        """All elements of pay, of all payments."""
        return tuple(one for payment in self.payments for one in payment.pay)

    @property
    def premiums(self) -> tuple[Premium, ...]:
        """All premiums, of all payments."""
        return tuple(one for payment in self.payments for one in payment.premiums)

    @property
    def suspensions(self) -> tuple[Suspension, ...]:
        """All suspensions, of all contracts."""
        return tuple(one for contract in self.contracts for one in contract.suspensions)

    @property
    def endings(self) -> tuple[Ending, ...]:
        """All ends of contracts."""
        return tuple(one for contract in self.contracts for one in contract.endings)


@dataclass(frozen=True, slots=True)
class DeclarationEnd:
    """A declaration is read whole: how many individuals it had, and how many blocking problems."""

    line: int
    number: int
    individuals: int
    blocking: int


@dataclass(frozen=True, slots=True)
class Totals:
    """S90, the end of the file: what it says and what was counted. Where they differ a Problem was handed over."""

    line: int
    rubrics_declared: int | None
    rubrics: int
    declarations_declared: int | None
    declarations: int


Read = Sending | Declaration | Individual | DeclarationEnd | Totals | Problem
