"""What must be known to match the transfers of a statement: who the references and SIRET name, and what each owes."""

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection
from stdnum.fr import siret as stdnum_siret

from parvis.ledger import references
from parvis.ledger.payments.statements import Received
from parvis.ledger.references import Target

_DIGITS = re.compile(r"\d{14}")

# `who`: SIRET; `numbers`: contract numbers without what is neither letter nor digit, of one fund each.
PLACES_SQL = """SELECT e.id, e.siret, e.name, array_agg(DISTINCT c.fund),
    array_agg(c.fund || ':' || regexp_replace(upper(c.number), '[^A-Z0-9]', '', 'g'))
  FROM establishments_establishment e JOIN establishments_contract c ON c.establishment_id = e.id
  WHERE e.siret = ANY(%(sirets)s) OR e.id IN (SELECT n.establishment_id FROM establishments_contract n
    WHERE n.fund || ':' || regexp_replace(upper(n.number), '[^A-Z0-9]', '', 'g') = ANY(%(numbers)s))
  GROUP BY e.id"""
OWED_SQL = """SELECT l.establishment_id, l.fund, l.account, l.month, sum(l.amount)::bigint
  FROM ledger_line l WHERE l.establishment_id = ANY(%(places)s) AND l.account IN ('contributions', 'charges')
  GROUP BY l.establishment_id, l.fund, l.account, l.month HAVING sum(l.amount) <> 0"""
# Who has taken the place of these establishments, to the last one.
HEIRS_SQL = """WITH RECURSIVE heirs(first, id) AS (
    SELECT s.predecessor_id, s.successor_id FROM establishments_succession s
      WHERE s.predecessor_id = ANY(%(places)s) AND s.done_at IS NOT NULL
    UNION SELECT h.first, s.successor_id FROM heirs h JOIN establishments_succession s ON s.predecessor_id = h.id
      WHERE s.done_at IS NOT NULL)
  SELECT h.first, e.id, e.siret, e.name FROM heirs h JOIN establishments_establishment e ON e.id = h.id
  WHERE NOT EXISTS (SELECT FROM establishments_succession n WHERE n.predecessor_id = h.id AND n.done_at IS NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Place:
    """An establishment that a transfer may come from. `funds`: those it ever had a contract with."""

    id: int
    siret: str
    name: str
    funds: frozenset[str]


@dataclass(slots=True)
class Owed:
    """What remains on an account by month: above zero to be paid, below a credit."""

    contributions: dict[datetime.date, int] = field(default_factory=dict)
    charges: dict[datetime.date, int] = field(default_factory=dict)

    def of(self, starts_on: datetime.date, months: int) -> dict[datetime.date, int]:
        """What is to be paid of a period's months; of charges where `months` is 0."""
        if not months:
            return {month: amount for month, amount in self.charges.items() if month == starts_on and amount > 0}
        past = starts_on.year * 12 + starts_on.month + months
        return {
            month: amount
            for month, amount in sorted(self.contributions.items())
            if starts_on <= month and month.year * 12 + month.month < past and amount > 0
        }

    def open(self) -> dict[datetime.date, int]:
        """The months that are still to be paid, the oldest first."""
        return {month: amount for month, amount in sorted(self.contributions.items()) if amount > 0}


@dataclass(slots=True)
class Known:
    """For one statement."""

    by_siret: dict[str, Place] = field(default_factory=dict)
    by_contract: dict[tuple[str, str], Place] = field(default_factory=dict)
    owed: dict[tuple[int, str], Owed] = field(default_factory=dict)

    def place(self, target: Target) -> Place | None:
        """Whom a reference names, where it was ever bound to that fund."""
        found = (
            self.by_siret.get(target.siret)
            if target.siret
            else self.by_contract.get((target.fund, references.compact(target.contract)))
        )
        return found if found is not None and target.fund in found.funds else None

    def of(self, place: Place, fund: str) -> Owed:
        """What that establishment owes the fund, as far as the statement was matched."""
        return self.owed.setdefault((place.id, fund), Owed())


def targets_of(one: Received) -> list[Target]:
    """What the references of a transfer are for: the structured one, else those in what was written."""
    structured = references.parse(one.reference) if one.reference else None
    if structured is not None:
        return [structured]
    return references.find(f"{one.reference} {one.label}")


def sirets_of(one: Received) -> list[str]:
    """The SIRET that stand in what was written, blanks left aside."""
    text = re.sub(r"(?<=\d)[ .\u00a0](?=\d)", "", f"{one.label} {one.payer} {one.reference}")
    return list(dict.fromkeys(found for found in _DIGITS.findall(text) if stdnum_siret.is_valid(found)))


def heirs(places: Sequence[int]) -> dict[int, tuple[int, str, str]]:
    """Of those whose place was taken: id, SIRET and name of who has it now; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(HEIRS_SQL, {"places": list(places)})
        return {first: (number, siret, name) for first, number, siret, name in cursor.fetchall()}


def known(received: Sequence[Received], *, places: Iterable[str] = ()) -> Known:
    """Everybody that these transfers may name, and what they owe; three statements.

    Where another establishment has taken the place of who is named, the accounts are there: so is the transfer.
    """
    targets = [target for one in received for target in targets_of(one)]
    sirets = {target.siret for target in targets} | {siret for one in received for siret in sirets_of(one)}
    numbers = {f"{one.fund}:{references.compact(one.contract)}" for one in targets if one.contract}
    made = Known()
    with connection.cursor() as cursor:
        cursor.execute(PLACES_SQL, {"sirets": [*(sirets - {""}), *places], "numbers": list(numbers)})
        rows = cursor.fetchall()
        bound = {row[0]: frozenset(row[3]) for row in rows}
        after = heirs(list(bound)) if bound else {}
        for number, siret, name, funds, contracts in rows:
            place = Place(number, siret, name, frozenset(funds))
            if number in after:
                now = after[number]
                place = Place(*now, place.funds | bound.get(now[0], frozenset()))
            made.by_siret[siret] = place
            for one in contracts:
                fund, _, contract = one.partition(":")
                made.by_contract[fund, contract] = place
        cursor.execute(OWED_SQL, {"places": [one.id for one in made.by_siret.values()]})
        for number, fund, account, month, amount in cursor.fetchall():
            owed = made.owed.setdefault((number, fund), Owed())
            (owed.contributions if account == "contributions" else owed.charges)[month] = amount
    return made
