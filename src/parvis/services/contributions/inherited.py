"""What was declared to the ATIACL and the FEH by those whose place this establishment took: read, never corrected.

What is wrong in it is made right with the year: the recap of the successor is of both, and owes what both did not yet.
"""

import datetime
from dataclasses import dataclass

from parvis.establishments import lineage
from parvis.ground import clock
from parvis.ground.pages.filters import date_long
from parvis.ledger.words import euros, period_in_words
from parvis.services.contributions.declared import YEAR, latest


@dataclass(frozen=True, slots=True)
class Said:
    """A declaration that stands, strings ready to show."""

    said: str
    recap: bool
    agents: int
    base: str
    amount: str
    on: str


def declared_before(fund: str) -> list[tuple[lineage.Predecessor, list[Said]]]:
    """By predecessor of the establishment in scope, the latest first; those that declared nothing are left out."""
    found = []
    for one in lineage.predecessors():
        with lineage.within(one):
            rows = sorted(latest(one.id, fund).values(), key=lambda row: (row.starts_on, row.months), reverse=True)
        listed = [
            Said(
                period_in_words(row.starts_on, row.months),
                row.months == 12,
                row.agents,
                euros(row.base),
                euros(row.amount),
                date_long(row.declared_at),
            )
            for row in rows
        ]
        if listed:
            found.append((one, listed))
    return found


@dataclass(frozen=True, slots=True)
class Before:
    """What a predecessor declared of a year, in cents: its periods, or the year where it recapitulated that itself
    (`closed`), which stays apart from the recap of who took its place."""

    who: lineage.Predecessor
    periods: int
    base: int
    amount: int
    closed: bool


def of_year(fund: str, year: int) -> list[Before]:
    """By predecessor of the establishment in scope that declared anything of that year, the latest first.

    One whose year is in the recap that its own successor made, having taken its place by then, is left out.
    """
    first, found, within_another = datetime.date(year, 1, 1), [], set[int]()
    for one in lineage.predecessors():
        with lineage.within(one):
            rows = latest(one.id, fund)
            recap = rows.get((first, YEAR))
            if recap is not None:
                day = recap.declared_at.astimezone(clock.PARIS).date()
                within_another |= {older.id for older in lineage.predecessors() if older.on <= day}
        parts = [row for (on, months), row in rows.items() if months != YEAR and on.year == year]
        listed = [recap] if recap is not None else parts
        if listed:
            sums = (sum(row.base for row in listed), sum(row.amount for row in listed))
            found.append(Before(one, len(parts), *sums, closed=recap is not None))
    return [one for one in found if one.who.id not in within_another]
