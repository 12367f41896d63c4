"""Reminders of obligations: who wants them when, and sending each once. Run by `parvis daily`."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from parvis.access.actions.guards import actor_of
from parvis.access.standing import Standing, standings
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import action
from parvis.journal.actions import record
from parvis.notices.actions import notify
from parvis.obligations.computing import period_in_words
from parvis.obligations.materialising import CHUNK, materialise
from parvis.obligations.models import Occurrence, ReminderChoice
from parvis.obligations.rights import ticked_funds
from parvis.obligations.telling import DUE, LATE, tell_moved
from parvis.obligations.words import OWED
from parvis.regulations.periods import Period


@dataclass(frozen=True, slots=True)
class Choice:
    """Days before the last one, none for never; `funds` empty: all that the person may tick."""

    delays: tuple[int, ...]
    funds: frozenset[str] = frozenset()

    def wants(self, fund: str) -> bool:
        """Whether reminders of the fund are wanted."""
        return not self.funds or fund in self.funds


def default() -> Choice:
    """Without a choice."""
    return Choice(tuple(settings.PARVIS_OBLIGATION_REMINDER_DAYS))


def choice_of(who: Standing) -> Choice:
    """What the person chose here, or the default."""
    return _choices(who.establishment_id, [who.membership_id]).get(who.membership_id, default())


def _choices(establishment: int, accounts: Sequence[int] | None = None) -> dict[int, Choice]:
    rows = ReminderChoice.objects.filter(establishment_id=establishment)
    if accounts is not None:
        rows = rows.filter(membership_id__in=accounts)
    return {one.membership_id: Choice(tuple(one.delays), frozenset(one.funds)) for one in rows}


@action
def choose(*, who: Standing, choice: Choice) -> bool:
    """Keep what somebody with an account here chose; False where it was so already."""
    if choice_of(who) == choice:
        return False
    delays = sorted(choice.delays, reverse=True)
    ReminderChoice.objects.update_or_create(
        membership_id=who.membership_id,
        defaults={
            "establishment_id": who.establishment_id,
            "delays": delays,
            "funds": sorted(choice.funds),
            "chosen_at": clock.now(),
        },
    )
    record("obligation.reminders_chosen", actor=actor_of(who), after={"delays": delays})
    return True


# Only establishments where somebody has an account: nobody looks at the others, whose page computes when it opens.
_FOLLOWED = """SELECT e.id FROM establishments_establishment e WHERE e.access_closed_at IS NULL
AND EXISTS (SELECT 1 FROM access_membership m WHERE m.establishment_id = e.id AND m.deactivated_at IS NULL)
ORDER BY e.id"""
# What has no last day that is known is reminded of before it opens: nobody must forget it for want of a date.
_DUE = """SELECT DISTINCT o.establishment_id FROM obligations_occurrence o
WHERE o.done_at IS NULL AND o.withdrawn_on IS NULL AND o.placed_on BETWEEN %s AND %s ORDER BY 1"""
_LATE = """UPDATE obligations_occurrence o SET late_told_at = %(now)s FROM obligations_computation c
WHERE c.establishment_id = o.establishment_id AND o.done_at IS NULL AND o.withdrawn_on IS NULL
  AND o.due_on < %(today)s AND o.due_on >= greatest(c.follows_from, %(first)s) AND o.act = ANY(%(owed)s)
  AND o.late_told_at IS NULL
RETURNING o.establishment_id, o.id"""


def _asked(sql: str, arguments: Any = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return list(cursor.fetchall())


def refresh_all() -> int:
    """Compute what everybody must do, where facts, law or horizon changed; how many establishments were looked at."""
    places = [row[0] for row in _asked(_FOLLOWED)]
    for start in range(0, len(places), CHUNK):
        with transaction.atomic():
            tell_moved(materialise(places[start : start + CHUNK]))
    return len(places)


def remind_all() -> int:
    """Send the reminders of the day, each establishment in a transaction of its own; how many were sent."""
    today = clock.today()
    last = today + datetime.timedelta(days=max(settings.PARVIS_OBLIGATION_REMINDER_CHOICES))
    sent = 0
    for (place,) in _asked(_DUE, [today, last]):
        with tenancy.scope(establishment=place):
            sent += _remind(place, today, last)
    return sent


def _remind(place: int, today: datetime.date, last: datetime.date) -> int:
    """One notice for each occurrence that somebody is to be reminded of; how many."""
    rows = list(
        Occurrence.objects.filter(
            establishment_id=place, done_at=None, withdrawn_on=None, placed_on__range=(today, last), act__in=OWED
        ).order_by("placed_on", "pk")
    )
    chosen, people = _choices(place), [who for who in standings(place) if who.account_opens]
    may = {who.membership_id: ticked_funds(who) for who in people}
    refs = {who.ref: who.membership_id for who in people}
    sent = 0
    for one in rows:
        wanted = dict(_wanted(one, today, chosen, may))
        taker = refs.get(one.taken_by) if one.taken_by else None
        if taker in wanted:
            wanted = {taker: wanted[taker]}
        told = _noted(one, wanted)
        if told:
            notify(DUE, establishment=place, object_id=one.pk, people=told, detail=_detail(one))
            sent += 1
    return sent


def _wanted(
    one: Occurrence, today: datetime.date, chosen: dict[int, Choice], may: dict[int, frozenset[str]]
) -> Iterator[tuple[int, list[int]]]:
    """Each account with the delays that have come, the shortest last."""
    remaining = (one.placed_on - today).days
    for account, funds in may.items():
        choice = chosen.get(account) or default()
        come = sorted((delay for delay in choice.delays if delay >= remaining), reverse=True)
        if come and one.fund in funds and choice.wants(one.fund):
            yield account, come


def _noted(one: Occurrence, wanted: dict[int, list[int]]) -> list[int]:
    """Note every delay that has come; who was not told yet at the shortest of theirs. Never the same twice."""
    if not wanted:
        return []
    pairs = [(account, delay) for account, delays in wanted.items() for delay in delays]
    fresh = set(
        _asked(
            "INSERT INTO obligations_reminder (establishment_id, occurrence_id, membership_id, delay, sent_at) "
            "SELECT %s, %s, n.account, n.delay, %s FROM unnest(%s::bigint[], %s::int[]) AS n (account, delay) "
            "ON CONFLICT DO NOTHING RETURNING membership_id, delay",
            [
                *(one.establishment_id, one.pk, clock.now()),
                *([account for account, _ in pairs], [delay for _, delay in pairs]),
            ],
        )
    )
    return [account for account, delays in wanted.items() if (account, delays[-1]) in fresh]


def _detail(one: Occurrence, **more: Any) -> dict[str, Any]:
    period = period_in_words(Period(one.period_starts_on, one.period_ends_before))
    due_on = one.due_on.isoformat() if one.due_on else ""
    opens_on = {} if one.due_on or one.opens_on is None else {"opens_on": one.opens_on.isoformat()}
    return {"key": one.key, "label": one.label, "period": period, "due_on": due_on, **opens_on, **more}


def tell_late() -> int:
    """Tell once who administers what has passed without a tick: one notice for each establishment; how many."""
    today = clock.today()
    first = today - datetime.timedelta(days=settings.PARVIS_OBLIGATION_LATE_DAYS)
    told = 0
    with transaction.atomic():
        late: dict[int, list[int]] = {}
        rule = {"now": clock.now(), "today": today, "first": first, "owed": list(OWED)}
        for place, number in _asked(_LATE, rule):
            late.setdefault(place, []).append(number)
        for place, numbers in sorted(late.items()):
            one = Occurrence.objects.filter(pk__in=numbers).order_by("due_on", "pk")[0]
            detail = _detail(one, count=len(numbers))
            notify(LATE, establishment=place, object_id=one.pk, administrators=True, detail=detail)
            told += 1
    return told


def daily() -> int:
    """Everything that passes with time here; how many establishments were told something, reminders and late ones."""
    refresh_all()
    return remind_all() + tell_late()
