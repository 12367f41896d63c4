"""What was declared to the ATIACL and the FEH by those whose place this establishment took: read, never corrected."""

from dataclasses import dataclass

from parvis.establishments import lineage
from parvis.ground.pages.filters import date_long
from parvis.ledger.words import euros, period_in_words
from parvis.services.contributions.declaring import latest


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
