"""What is known of the individuals of a batch: agents, namesakes under another NIR, what the year declared before.

A fixed number of statements for a batch, whatever its size.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parvis.agents import nir
from parvis.agents.keys import same_person_key
from parvis.agents.queries import by_nir_keys
from parvis.dsn.shapes import Individual
from parvis.ground.database.arrays import plain, texts
from parvis.ground.database.prepared import prepared
from parvis.regulations.identifiers.persons import nir_masked
from parvis.services.declarations.checks.case import NO_YEAR, Case, Twin, Year, scheme_of


@dataclass(frozen=True, slots=True)
class Judged:
    """An individual ready to be checked, and the key by which they are known."""

    key: str
    case: Case


def key_of(one: Individual) -> str:
    """The key of the NIR, or of the provisional number; "" where there is neither."""
    if one.nir:
        return nir.key(one.nir)
    return nir.ntt_key(one.ntt) if one.ntt else ""


# Names are compared without accents, hyphens or apostrophes: `same_person_key` looks at what this finds.
_ALIKE_SQL = """SELECT a.id, a.born_on, a.surname, a.used_name, a.first_names, a.nir_sealed
FROM unnest(%s::date[], %s::text[]) AS w (born_on, surname) JOIN agents_agent a ON a.born_on = w.born_on
  AND position(w.surname in replace(replace(a.search_key, '-', ' '), '''', '')) > 0
WHERE a.establishment_id = %s AND a.same_as_id IS NULL"""


def twins(establishment: int, people: Iterable[tuple[str, Individual]]) -> dict[str, Twin]:
    """Of people whose NIR nobody has here, those who are somebody else's namesake born on the same day, by key."""
    wanted: dict[tuple[datetime.date, tuple[str, str]], str] = {}
    for key, one in people:
        if (born := one.born_on) is not None:
            wanted[born, same_person_key(one.surname or "", one.first_names or "")] = key
    if not wanted:
        return {}
    found = {}
    with prepared() as cursor:
        cursor.execute(
            _ALIKE_SQL, [plain([day for day, _ in wanted]), texts([name for _, (name, _) in wanted]), establishment]
        )
        for number, born, surname, used, first, sealed in cursor:
            met = wanted.get((born, same_person_key(surname, first)))
            if met is not None:
                found[met] = Twin(number, f"{first} {used or surname}".strip(), nir_masked(nir.unsealed(sealed)))
    return found


_YEAR_SQL = """SELECT b.agent_id, coalesce(sum(b.amount) FILTER (WHERE b.code = '48'), 0)::bigint,
    coalesce(sum(b.amount) FILTER (WHERE b.code = '49'), 0)::bigint,
    coalesce(sum(b.amount) FILTER (WHERE b.code = '28'), 0)::bigint,
    count(DISTINCT b.month) FILTER (WHERE b.code = '28')
  FROM agents_monthlybase b
  WHERE b.establishment_id = %s AND b.agent_id = ANY(%s::bigint[]) AND b.month >= %s AND b.month < %s
    AND NOT EXISTS (SELECT FROM agents_monthlybase n WHERE n.supersedes_id = b.id)
  GROUP BY b.agent_id"""


def years(establishment: int, agents: Sequence[int], month: datetime.date) -> dict[int, Year]:
    """What the months before this one, since January, declared of these agents."""
    if month.month == 1 or not agents:
        return {}
    with prepared() as cursor:
        cursor.execute(_YEAR_SQL, [establishment, plain(agents), month.replace(month=1), month])
        return {row[0]: Year(*row[1:]) for row in cursor}


def judged(establishment: int, month: datetime.date, people: Sequence[Individual]) -> list[Judged]:
    """The individuals of a batch beside what is known of them, in order."""
    keys = [key_of(one) for one in people]
    held = by_nir_keys(establishment, {key for key in keys if key})
    strangers = [(key, one) for key, one in zip(keys, people, strict=True) if key not in held]
    same = twins(establishment, [(key, one) for key, one in strangers if scheme_of(one.contracts)])
    before = years(establishment, [one.id for one in held.values()], month)
    return [
        Judged(key, Case(one, month, known=agent, twin=same.get(key), year=before.get(agent.id, NO_YEAR)))
        if (agent := held.get(key)) is not None
        else Judged(key, Case(one, month, twin=same.get(key)))
        for key, one in zip(keys, people, strict=True)
    ]


def known_now(
    establishment: int, month: datetime.date, cases: Sequence[Judged], entered: Iterable[str]
) -> list[Judged]:
    """The same, where somebody was entered among the agents meanwhile (by key)."""
    held = by_nir_keys(establishment, entered)
    return [
        Judged(one.key, Case(one.case.one, month, known=held[one.key], year=one.case.year)) if one.key in held else one
        for one in cases
    ]
