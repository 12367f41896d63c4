"""What an individual's part of a declaration says in amounts: bases of the three funds, and what is due on them."""

import datetime
from collections.abc import Iterator, Mapping

from parvis.agents.actions import Base
from parvis.dsn.shapes import Base as DeclaredBase
from parvis.regulations.dsn.controls import Parts
from parvis.regulations.dsn.controls import scheme as scheme_of_norm
from parvis.services.declarations.checks.case import FUND_OF_BASE, Case, rate, share
from parvis.services.declarations.checks.contribution import RATES

_AGENT, _EMPLOYER, _BOTH, _AGENT_LESS, _EMPLOYER_LESS = range(5)


def _payers(fund: str) -> Mapping[str, int]:
    parts = scheme_of_norm(fund).parts or Parts()
    several = (parts.agent, parts.employer, parts.both, parts.agent_less, parts.employer_less)
    return {code: who for who, codes in enumerate(several) for code in codes}


# By base, who pays each contribution that its fund reads. What is of another scheme is not read, and is not due here.
_PAID: Mapping[str | None, Mapping[str, int]] = {code: _payers(fund) for code, fund in FUND_OF_BASE.items()}


def shares_of(base: DeclaredBase, month: datetime.date) -> tuple[int, int]:
    """The agents' part and the employer's, in cents, of the contributions under a base.

    A reduction takes from its part, whatever its sign (software writes both); on a base that takes back, it is given
    back.
    """
    agent = employer = 0
    payers = _PAID[base.code]
    for one in base.contributions:
        amount = one.amount
        if not amount or one.code is None:
            continue
        payer = payers.get(one.code)
        if payer == _AGENT:
            agent += amount
        elif payer == _EMPLOYER:
            employer += amount
        elif payer == _BOTH:
            # The agent's follows from the rates.
            of_agent = rate(RATES[one.code][0], month)
            mine = share(one.base, of_agent) if of_agent is not None and one.base is not None else amount
            agent += mine
            employer += amount - mine
        elif payer is not None:
            less = abs(amount) if (base.amount or 0) < 0 else -abs(amount)
            agent += less if payer == _AGENT_LESS else 0
            employer += less if payer == _EMPLOYER_LESS else 0
    return agent, employer


def bases_of(case: Case, agent: int) -> Iterator[Base]:
    """The bases of the three funds, as `agents` keeps them. `agent`: 0 where nobody is known yet."""
    met: dict[tuple[object, ...], int] = {}
    for code, fund in FUND_OF_BASE.items():
        for one in case.by_code.get(code, ()):
            if one.start is None or one.end is None or one.end < one.start:
                continue
            contract = (one.contract or "")[:30]
            place = (code, one.start, one.end, contract)
            rank = met[place] = met.get(place, -1) + 1
            mine, theirs = shares_of(one, one.start.replace(day=1))
            yield Base(agent, fund, code, one.start, one.end, one.amount or 0, mine, theirs, contract, rank)
