"""What an individual's part of a declaration says in amounts: bases of the three funds, and what is due on them."""

import datetime
from collections.abc import Iterator

from parvis.agents.actions import Base
from parvis.dsn.shapes import Base as DeclaredBase
from parvis.services.declarations.checks.case import FUND_OF_BASE, Case, rate, share
from parvis.services.declarations.checks.contribution import AGENT_CODES, RATES

# The codes that hold both shares: the agent's follows from the rates.
_BOTH = frozenset({"060", "061"})


def shares_of(base: DeclaredBase, month: datetime.date) -> tuple[int, int]:
    """The agents' part and the employer's, in cents, of the contributions under a base."""
    agent = employer = 0
    for one in base.contributions:
        amount = one.amount
        if not amount:
            continue
        if one.code in _BOTH:
            of_agent = rate(RATES[one.code][0], month)
            mine = share(one.base, of_agent) if of_agent is not None and one.base is not None else amount
            agent += mine
            employer += amount - mine
        elif one.code in AGENT_CODES:
            agent += amount
        else:
            employer += amount
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
