"""What agents are paid and what is due on it, month by month: computed by the regulations, at the month's rates."""

import datetime
import functools
from dataclasses import dataclass
from decimal import Decimal

from parvis.dsn.generation.posts import CNRACL, ELECTED, FULL, Agent
from parvis.dsn.writing import Cents
from parvis.regulations.contributions import cnracl, ircantec, rafp
from parvis.regulations.parameters import NotKnown, value
from parvis.regulations.pay import family_supplement, indexed_pay, points_pay

# What part time is paid (décret 82-722): 80 % of the time 6/7, 90 % of it 32/35.
PART_TIME = {80: Decimal(6) / 7, 90: Decimal(32) / 35}
# Absences on half pay (long illness); the others keep their pay.
HALF_PAID = frozenset({"12", "13"})
MAYOR_INDEX = Decimal(835)


@dataclass(frozen=True, slots=True)
class Terms:
    """All that decides of a year's pay, so that those who share it are computed once. `paid`: by month, None where
    there is no post."""

    regime: str
    index: int
    hours: Decimal
    part_time: int
    nbi: int
    cti: int
    bonus: int
    children: int
    share: Decimal
    paid: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A contribution as S21.G00.81 lists it."""

    code: str
    base: Cents
    amount: Cents


@dataclass(frozen=True, slots=True)
class MonthPay:
    """A month of an agent. `rate`: of the administrative situation, in hundredths of a per cent."""

    rate: Cents
    basic: Cents
    nbi: Cents
    cti: Cents
    bonus: Cents
    supplement: Cents
    gross: Cents
    pension_base: Cents
    pension: tuple[Due, ...]
    rafp_base: Cents
    rafp: tuple[Due, ...]


def month_pay(agent: Agent, month: datetime.date) -> MonthPay:
    """What a month holds for an agent who is present in it."""
    found = year_pay(_terms(agent, month.year), month.year)[month.month - 1]
    if found is None:
        raise ValueError(f"agent {agent.rank} is not there in {month:%Y-%m}")
    return found


def _terms(agent: Agent, year: int) -> Terms:
    paid: list[Decimal | None] = []
    for number in range(1, 13):
        month = datetime.date(year, number, 1)
        if not agent.present(month):
            paid.append(None)
        elif agent.absence in HALF_PAID and _absent(agent, month):
            paid.append(Decimal("0.5"))
        else:
            paid.append(Decimal(1))
    return Terms(
        agent.regime,
        agent.step_in(year)[1],
        agent.hours,
        agent.part_time,
        agent.nbi,
        agent.cti,
        agent.bonus,
        agent.children,
        agent.share,
        tuple(paid),
    )


def _absent(agent: Agent, month: datetime.date) -> bool:
    # The whole month: what begins or ends in it keeps its pay, for simplicity.
    first, until = agent.absent_from, agent.absent_until
    return first is not None and until is not None and first <= month and until >= month + datetime.timedelta(days=27)


@functools.lru_cache(maxsize=20_000)
def year_pay(terms: Terms, year: int) -> tuple[MonthPay | None, ...]:
    """The twelve months of a year on the same terms; None where there is no post."""
    months = [datetime.date(year, number, 1) for number in range(1, 13)]
    there = [(month, paid) for month, paid in zip(months, terms.paid, strict=True) if paid is not None]
    pays = [_elements(terms, month, paid) for month, paid in there]
    made = _civil_servant(there, pays) if terms.regime == CNRACL else _general(terms, there, pays)
    by_month = dict(zip((month for month, _ in there), made, strict=True))
    return tuple(by_month.get(month) for month in months)


@dataclass(frozen=True, slots=True)
class _Elements:
    basic: Decimal
    nbi: Decimal
    cti: Decimal
    bonus: Decimal
    supplement: Decimal

    @property
    def gross(self) -> Decimal:
        return self.basic + self.nbi + self.cti + self.bonus + self.supplement


def _elements(terms: Terms, month: datetime.date, paid: Decimal) -> _Elements:
    zero = Decimal("0.00")
    if terms.regime == ELECTED:
        return _Elements(_indexed(MAYOR_INDEX, month, terms.share), zero, zero, zero, zero)
    share = terms.hours / FULL * PART_TIME.get(terms.part_time, Decimal(terms.part_time) / 100) * paid
    return _Elements(
        _indexed(Decimal(terms.index), month, share),
        _points(Decimal(terms.nbi), month, share) if terms.nbi else zero,
        _points(Decimal(terms.cti), month, share) if terms.cti else zero,
        (Decimal(terms.bonus) * share).quantize(zero),
        _supplement(terms.children, Decimal(terms.index), month),
    )


def _civil_servant(there: list[tuple[datetime.date, Decimal]], pays: list[_Elements]) -> list[MonthPay]:
    accessories = [
        rafp.RafpMonth(month, one.basic, one.bonus + one.supplement)
        for (month, _), one in zip(there, pays, strict=True)
    ]
    additional = rafp.year_of_contributions(accessories).value
    made: list[MonthPay] = []
    for (month, paid), one, rafp_due in zip(there, pays, additional, strict=True):
        pay = cnracl.CnraclPay(one.basic, one.nbi, one.cti)
        pension: list[Due] = []
        for part in _by_code(pay, month):
            pension += [
                Due(part.agent_code, cents(part.base), cents(part.agent)),
                Due(part.employer_code, cents(part.base), cents(part.employer)),
            ]
        base = cents(rafp_due.base)
        dues = (Due("311", base, cents(rafp_due.agent)), Due("312", base, cents(rafp_due.employer)))
        made.append(_month(one, paid, cents(pay.base), tuple(pension), base, dues if base else ()))
    return made


def _general(terms: Terms, there: list[tuple[datetime.date, Decimal]], pays: list[_Elements]) -> list[MonthPay]:
    share = Decimal(1) if terms.regime == ELECTED else terms.hours / FULL * terms.part_time / 100
    months = [
        ircantec.IrcantecMonth(month, one.gross, _ceiling(month), share)
        for (month, _), one in zip(there, pays, strict=True)
    ]
    made: list[MonthPay] = []
    for (_, paid), one, due in zip(there, pays, ircantec.year_of_contributions(months).value, strict=True):
        owed = [Due("060", cents(due.slice_a), cents(due.agent_a + due.employer_a))]
        if due.slice_b:
            owed.append(Due("061", cents(due.slice_b), cents(due.agent_b + due.employer_b)))
        made.append(_month(one, paid, cents(one.gross), tuple(owed), Cents(0), ()))
    return made


def _month(
    one: _Elements, paid: Decimal, base: Cents, pension: tuple[Due, ...], rafp_base: Cents, dues: tuple[Due, ...]
) -> MonthPay:
    return MonthPay(
        Cents(paid * 10_000),
        cents(one.basic),
        cents(one.nbi),
        cents(one.cti),
        cents(one.bonus),
        cents(one.supplement),
        cents(one.gross),
        base,
        pension,
        rafp_base,
        dues,
    )


@functools.lru_cache(maxsize=1_000)
def _ceiling(month: datetime.date) -> Decimal:
    # Next year's is published in December; until then these invented months are paid under this year's.
    while True:
        try:
            return value("pay.pass_month", on=month).value
        except NotKnown:
            month = month.replace(year=month.year - 1)


def cents(amount: Decimal) -> Cents:
    """An amount in euros and whole cents, as cents."""
    return Cents(amount * 100)


@functools.lru_cache(maxsize=20_000)
def _by_code(pay: cnracl.CnraclPay, month: datetime.date) -> tuple[cnracl.Part, ...]:
    return cnracl.by_code(pay, period=month).value


@functools.lru_cache(maxsize=20_000)
def _indexed(index: Decimal, month: datetime.date, paid: Decimal) -> Decimal:
    return indexed_pay(index, on=month, paid=paid).value.month


@functools.lru_cache(maxsize=5_000)
def _points(points: Decimal, month: datetime.date, paid: Decimal) -> Decimal:
    return points_pay(points, on=month, paid=paid).value.month


@functools.lru_cache(maxsize=5_000)
def _supplement(children: int, index: Decimal, month: datetime.date) -> Decimal:
    return family_supplement(children, index, on=month).value
