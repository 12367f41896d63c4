"""What a SIRET answers to somebody who wants to register it: one answer, from public facts and yes or no alone."""

import datetime
from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.db import connection

from parvis.establishments.funds import FUNDS, ordered
from parvis.ground import clock
from parvis.registration.eligibility import Excluded, why_excluded


class Answer(Enum):
    """Each has its own page."""

    UNKNOWN = "unknown"
    CLOSED = "closed"
    EXCLUDED = "excluded"
    REGISTERED = "registered"
    UNDER_WAY = "under_way"
    NO_CONTRACT = "no_contract"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Looked:
    """The answer, with what may be said of the establishment to anybody."""

    answer: Answer
    siret: str
    establishment_id: int = 0
    name: str = ""
    place: str = ""
    closed_on: datetime.date | None = None
    excluded: Excluded | None = None
    funds: tuple[str, ...] = ()

    @property
    def fund_names(self) -> list[str]:
        """The funds with which it has a contract today, as employers call them."""
        return [fund.short for fund in ordered(frozenset(self.funds))]

    @property
    def fund(self) -> str:
        """The fund whose advisers see the registration where nothing else says which: the first in the usual order."""
        return next((code for code in FUNDS if code in self.funds), "")


def look(siret: str) -> Looked:
    """The answer for a SIRET that is one (`parse_siret`), outside of any scope."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM registration_look(%s, %s, %s, %s)",
            [siret, clock.today(), settings.PARVIS_EXPIRY_MONTHS, clock.now()],
        )
        row = cursor.fetchone()
    if row is None:
        return Looked(Answer.UNKNOWN, siret)
    number, _, name, postcode, commune, category, closed_on, funds, administered, populated, invited, open_ = row
    excluded = why_excluded(category)
    if closed_on is not None:
        answer = Answer.CLOSED
    elif administered or populated:
        answer = Answer.REGISTERED
    elif excluded is not None:
        answer = Answer.EXCLUDED
    elif invited or open_:
        answer = Answer.UNDER_WAY
    else:
        answer = Answer.FREE if funds else Answer.NO_CONTRACT
    place = " ".join(part for part in (postcode, commune) if part)
    return Looked(answer, siret, number, name, place, closed_on, excluded, tuple(funds))
