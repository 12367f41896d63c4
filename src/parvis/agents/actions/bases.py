"""What declarations say of agents, month by month: added in batches, never changed. `declarations` calls this.

The same batch twice adds nothing. What a declaration or a correction replaces stays, and says by what.
"""

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from parvis.ground import clock
from parvis.ground.database.arrays import plain, texts
from parvis.ground.database.prepared import prepared
from parvis.ground.tenancy import action


class Base(NamedTuple):
    """One base of an agent (`Known.id`): amounts in cents, signed. `rank` tells the same code, period and contract
    apart within a declaration. `supersedes`: the id of the row that a correction takes the place of."""

    agent: int
    fund: str
    code: str
    starts_on: datetime.date
    ends_on: datetime.date
    amount: int
    agent_part: int = 0
    employer_part: int = 0
    contract: str = ""
    rank: int = 0
    supersedes: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were added; the others were there already."""

    added: int
    already: int


# Each value of a batch as an array: one statement whatever its size, with less to parse than as many rows of values.
_GIVEN = """unnest(%(agents)s::bigint[], %(funds)s::text[], %(codes)s::text[], %(starts)s::date[], %(ends)s::date[],
  %(amounts)s::bigint[], %(parts)s::bigint[], %(employer)s::bigint[], %(contracts)s::text[], %(ranks)s::smallint[],
  %(supersedes)s::bigint[])
  AS g (agent_id, fund, code, starts_on, ends_on, amount, agent_part, employer_part, contract, rank, supersedes_id)"""
_INTO = """INSERT INTO agents_monthlybase (establishment_id, agent_id, month, fund, code, starts_on, ends_on, amount,
  agent_part, employer_part, contract, rank, declaration, supersedes_id, withdrawn, at)"""
_HAS = "g.agent_id, %(month)s, g.fund, g.code, g.starts_on, g.ends_on, g.amount, g.agent_part, g.employer_part"
_PLAIN_SQL = f"""{_INTO} SELECT %(where)s, {_HAS}, g.contract, g.rank, %(declaration)s, g.supersedes_id, false, %(now)s
FROM {_GIVEN} ON CONFLICT DO NOTHING"""
_SAME = """o.agent_id = g.agent_id AND o.code = g.code AND o.starts_on = g.starts_on AND o.ends_on = g.ends_on
  AND o.contract = g.contract AND o.rank = g.rank"""
# What a row takes the place of is what still counts: of the declaration replaced, or what this one had withdrawn of
# somebody who waited for a correction.
_REPLACING_SQL = f"""{_INTO} SELECT %(where)s, {_HAS}, g.contract, g.rank, %(declaration)s,
  coalesce(g.supersedes_id, o.id), false, %(now)s
FROM {_GIVEN} LEFT JOIN LATERAL (SELECT o.id FROM agents_monthlybase o WHERE {_SAME} AND o.month = %(month)s
    AND (o.declaration = %(replaces)s OR o.declaration = %(declaration)s AND o.withdrawn)
    AND NOT EXISTS (SELECT FROM agents_monthlybase n WHERE n.supersedes_id = o.id)
  ORDER BY o.id DESC LIMIT 1) o ON true
ON CONFLICT DO NOTHING"""
_LEFT_SQL = f"""{_INTO} SELECT o.establishment_id, o.agent_id, o.month, o.fund, o.code, o.starts_on, o.ends_on, 0, 0, 0,
  o.contract, o.rank, %(declaration)s, o.id, true, %(now)s
FROM agents_monthlybase o WHERE o.declaration = %(replaces)s AND o.establishment_id = %(where)s AND NOT o.withdrawn
  AND NOT EXISTS (SELECT FROM agents_monthlybase n WHERE n.supersedes_id = o.id)
ON CONFLICT DO NOTHING"""


@action
def write_month(
    *,
    establishment: int,
    month: datetime.date,
    declaration: uuid.UUID,
    bases: Sequence[Base],
    replaces: uuid.UUID | None = None,
) -> Written:
    """Add a batch of what the declaration says, in one statement; the same batch again adds nothing.

    `month`: the first day of the month declared. `replaces`: the declaration that it takes the place of (« annule et
    remplace »): a row of the same agent, code, period, contract and rank supersedes that one's. Call
    `close_replacement` after the last batch. The caller's scope is the establishment's, and its transaction decides.
    """
    if not bases:
        return Written(0, 0)
    columns: Iterable[Sequence[Any]] = zip(*bases, strict=True)
    agents, funds, codes, starts, ends, amounts, parts, employer, contracts, ranks, supersedes = columns
    given = {
        "agents": plain(agents),
        "funds": plain(funds),
        "codes": plain(codes),
        "starts": plain(starts),
        "ends": plain(ends),
        "amounts": plain(amounts),
        "parts": plain(parts),
        "employer": plain(employer),
        "contracts": texts(contracts),
        "ranks": plain(ranks),
        "supersedes": plain(supersedes),
        "where": establishment,
        "month": month,
        "declaration": declaration,
        "now": clock.now(),
    }
    with prepared() as cursor:
        if replaces is None:
            cursor.execute(_PLAIN_SQL, given)
        else:
            cursor.execute(_REPLACING_SQL, {**given, "replaces": replaces})
        return Written(cursor.rowcount, len(bases) - cursor.rowcount)


@action
def close_replacement(*, establishment: int, declaration: uuid.UUID, replaces: uuid.UUID) -> int:
    """What the replaced declaration said and this one no longer says: a row of nothing supersedes each. How many."""
    with connection.cursor() as cursor:
        cursor.execute(
            _LEFT_SQL,
            {"where": establishment, "declaration": declaration, "replaces": replaces, "now": clock.now()},
        )
        return int(cursor.rowcount)
