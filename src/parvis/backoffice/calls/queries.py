"""The list of calls of the adviser's funds."""

import datetime
import uuid
from dataclasses import dataclass

from parvis.backoffice import motives
from parvis.backoffice.models import Call
from parvis.establishments.funds import FUNDS
from parvis.ground.pages.numbering import page_count, page_within

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Line:
    """A call, ready to show."""

    began_at: datetime.datetime
    adviser: str
    fund: str
    motive: str
    answer: str
    proven: bool
    account: uuid.UUID | None
    note: str
    lasted: str


@dataclass(frozen=True, slots=True)
class Calls:
    """A page of them."""

    lines: list[Line]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return page_count(self.total, PER_PAGE)


def calls(*, motive: str = "", page: int = 1) -> Calls:
    """The latest first; of one motive where one is named."""
    listed = Call.objects.filter(ended_at__isnull=False)
    if motive in motives.CALLS:
        listed = listed.filter(motive=motive)
    total = listed.count()
    page = page_within(page, total, PER_PAGE)
    rows = listed.select_related("adviser").order_by("-began_at")[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Calls([_line(call) for call in rows], total, page)


def _line(call: Call) -> Line:
    return Line(
        call.began_at,
        f"{call.adviser.first_name} {call.adviser.last_name}",
        FUNDS[call.fund].short,
        motives.CALLS.get(call.motive, call.motive),
        Call.Answer(call.answer).label,
        call.proven,
        call.account,
        call.note,
        lasted(call),
    )


def lasted(call: Call) -> str:
    """How long, as « 4 min 05 s »."""
    seconds = max(0, round(((call.ended_at or call.began_at) - call.began_at).total_seconds()))
    return f"{seconds // 60} min {seconds % 60:02} s" if seconds >= 60 else f"{seconds} s"
