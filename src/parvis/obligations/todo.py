"""« À faire »: what is due within some days, and what is late, for whom may tick it."""

import datetime
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from parvis.access.standing import Standing
from parvis.access.tasks import Alike, Source, Task, register
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_long, plural
from parvis.obligations import known
from parvis.obligations.computing import period_in_words
from parvis.obligations.rights import FUNDS, ticked_funds
from parvis.obligations.words import OWED
from parvis.regulations.periods import Period


def _sql() -> str:
    told = known.owed()
    amount = f"({told.sql})" if told is not None else "NULL"
    return f"""SELECT json_agg(json_build_array(o.key, o.fund, o.label, o.period_starts_on, o.period_ends_before,
    o.due_on, (SELECT n.name FROM journal_name n WHERE n.ref = o.taken_by AND n.establishment_id = o.establishment_id
      ORDER BY n.id DESC LIMIT 1), {amount}) ORDER BY o.due_on, o.fund, o.key)
  FROM obligations_occurrence o JOIN obligations_computation c ON c.establishment_id = o.establishment_id
  WHERE {_open()} AND o.placed_on <= %(today)s + {settings.PARVIS_OBLIGATION_SOON_DAYS}"""


def _open() -> str:
    """Which occurrences `o` of a computation `c` are looked at."""
    owed = ", ".join(f"'{act}'" for act in sorted(OWED))
    return f"""o.establishment_id = %(establishment)s
    AND o.placed_on >= greatest(c.follows_from, %(today)s - {settings.PARVIS_OBLIGATION_LATE_DAYS})
    AND o.due_on IS NOT NULL AND o.done_at IS NULL AND o.withdrawn_on IS NULL AND o.act IN ({owed})"""


def late_sql() -> str:
    """What is late, for a room that has a task of its own of one of these lines: see `stands_alone`."""
    return f"""SELECT json_agg(json_build_array(o.fund, o.act, o.period_starts_on)) FROM obligations_occurrence o
  JOIN obligations_computation c ON c.establishment_id = o.establishment_id
  WHERE {_open()} AND o.due_on < %(today)s"""


def stands_alone(who: Standing, late: Iterable[list[str]] | None, fund: str, act: str, month: datetime.date) -> bool:
    """Whether that line is told to the person here: it is the only one that is late. `late`: by `late_sql`."""
    ticked = ticked_funds(who)
    return [tuple(one) for one in late or () if one[0] in ticked] == [(fund, act, month.isoformat())]


def _tasks(who: Standing, value: Any) -> Iterable[Task]:
    ticked = ticked_funds(who)
    found = [one for one in (json.loads(value) if isinstance(value, str) else value) if one[1] in ticked]
    page = address("obligations:index", who.siret)
    late = [one for one in found if _day(one[5]) < who.today]
    if len(late) > 1:
        # Many late lines would hide everything else: one task, and the page says which.
        yield Task(
            f"{plural(len(late), 'échéance', 'échéances')} en retard",
            f"La plus ancienne : {late[0][2]}. Si c’est fait, cochez-les.",
            f"{page}?etat=en-retard",
            _day(late[0][5]),
        )
        found = [one for one in found if one not in late]
    told = known.owed()
    for key, fund, label, starts, ends, due_on, taken, amount in found:
        period = period_in_words(Period(_day(starts), _day(ends)))
        day = _day(due_on)
        if told is not None and amount and amount > 0 and told.sees(who):
            # One line for one thing: what is owed, and where it is said to whom and under which reference.
            parts = [label, period] if FUNDS[fund] in label else [label, FUNDS[fund], period]
            said = f"{', '.join(parts)}."
            yield Task(f"Payer {told.said(amount)}", said, address(told.page, who.siret), day, taken_by=taken or "")
            continue
        alike = Alike(f"échéances du {date_long(day)}", page)
        yield Task(
            label, f"{FUNDS[fund]}, {period}.", f"{page}#{key}", day, taken_by=taken or "", alike=alike, name=label
        )


def _day(iso: str) -> datetime.date:
    return datetime.date.fromisoformat(iso)


# Every member is asked: who may tick is decided on what is found, fund by fund.
register(Source("obligations", _sql, _tasks, audience=lambda who: who.enters))
