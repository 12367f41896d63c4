"""The demo's reviews of rights of Annecy: one signed half a year ago, one under way, half decided; and when each right
was last used, so that some lie unused."""

import dataclasses
import datetime
import random
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import connection

from parvis.access.levels import Level
from parvis.access.models import Review, ReviewDecision, ReviewLine
from parvis.access.models import Right as Given
from parvis.access.review.opening import BY_OWNER, add_lines
from parvis.access.review.queries import lines_of
from parvis.access.review.state import Choice, Kind, Line, Right
from parvis.demo import people
from parvis.demo.invented import ref_of
from parvis.demo.people import ACCOUNTS, Account
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.journal.models import Event

SIGNED_OPENED, SIGNED_ON, UNDER_WAY = 215, 196, 9
FIRST, SECOND = "administrateur", "administrateur-2"
# One right in four was last used on the day after it was given.
USES_SQL = """
INSERT INTO access_rightuse (establishment_id, membership_id, service, last_used_on)
SELECT r.establishment_id, r.membership_id, r.service,
  least((m.last_visit_at AT TIME ZONE 'Europe/Paris')::date,
    CASE WHEN n.rare THEN (r.granted_at AT TIME ZONE 'Europe/Paris')::date + 1 END)
FROM access_right r JOIN access_membership m ON m.id = r.membership_id
JOIN unnest(%s::bigint[], %s::boolean[]) AS n(id, rare) ON n.id = r.id
WHERE m.last_visit_at IS NOT NULL ON CONFLICT DO NOTHING
"""


def seed_reviews(establishments: Mapping[str, Establishment]) -> list[Event]:
    """Write the uses and the reviews; returns their events, to be written in their order."""
    _uses()
    annecy = establishments[people.ANNECY]
    with tenancy.scope(establishment=annecy.pk, role="parvis_owner"):
        return [*_signed(annecy), *_under_way(annecy)]


def _uses() -> None:
    chance = random.Random("uses")  # noqa: S311 (a series to repeat, no secret)
    with connection.cursor() as cursor:
        numbers = list(Given.objects.order_by("id").values_list("pk", flat=True))
        cursor.execute(USES_SQL, [numbers, [chance.random() < 0.25 for _ in numbers]])


def _at(days_ago: int, hour: int, minute: int = 0) -> datetime.datetime:
    """That hour of that day, of the Friday before a weekend; never in the future."""
    day = clock.today() - datetime.timedelta(days=days_ago)
    day -= datetime.timedelta(days=max(0, day.weekday() - 4))
    return min(datetime.datetime.combine(day, datetime.time(hour, minute, tzinfo=clock.PARIS)), clock.now())


def _review(where: Establishment, opened: int) -> tuple[Review, Event]:
    at = _at(opened, 3, 20)
    due_on = at.astimezone(clock.PARIS).date() + settings.PARVIS_REVIEW_TIME
    made = Review.objects.create(
        establishment=where, ref=ref_of(f"review {opened}"), cause=Review.Cause.PERIODIC, opened_at=at, due_on=due_on
    )
    after = {"cause": made.cause, "due_on": due_on.isoformat()}
    return made, Event(at=at, kind="review.opened", establishment_id=where.pk, after=after, origin="système")


# --- The one that is signed ------------------------------------------------------------------------------------------
def _signed(where: Establishment) -> list[Event]:
    review, opened = _review(where, SIGNED_OPENED)
    concerned = [one for one in ACCOUNTS if one.siret == people.ANNECY and _was_open(one)]
    by_ref = {ref_of(one.key): one for one in concerned}
    ReviewLine.objects.bulk_create(
        ReviewLine(establishment=where, review=review, kind=Kind.ACCOUNT, ref=ref) for ref in by_ref
    )
    lines = [_as_it_was(line, by_ref[line.ref]) for line in lines_of(review)]
    events, at = [opened], _at(SIGNED_ON, 9)
    for rank, line in enumerate(lines):
        by = SECOND if by_ref[line.ref].key == FIRST or rank % 3 == 2 else FIRST
        if by_ref[line.ref].key == by:
            by = FIRST
        choice = Choice.MODIFIED if by_ref[line.ref].key == "a04" else Choice.KEPT
        events.append(_decide(line, choice, by, at + datetime.timedelta(minutes=rank), review))
    closed = at + datetime.timedelta(minutes=len(lines) + 5)
    Review.objects.filter(pk=review.pk).update(closed_at=closed, signed_by=ref_of(FIRST))
    counts = {"kept": len(lines) - 1, "modified": 1}
    after = {"lines": len(lines), **counts}
    signed = Event(at=closed, kind="review.signed", establishment_id=where.pk, object=review.ref, after=after)
    signed.actor, signed.origin = ref_of(FIRST), "web"
    return [*events, signed]


def _was_open(account: Account) -> bool:
    """Whether the account opened something when that review was opened."""
    closed = (account.deactivated or 0) > SIGNED_OPENED or (account.ends or 0) < -SIGNED_ON
    return account.created > SIGNED_OPENED and account.confirmed is not None and not closed


def _as_it_was(line: Line, account: Account) -> Line:
    """The line with the rights of that day, of an account that is gone or was changed since."""
    if line.account_id and account.earlier is None:
        return line
    held = account.earlier if account.earlier is not None and account.changed < SIGNED_ON else account.rights
    rights = tuple(
        Right(
            service=code,
            level=Level.of(level),
            starts_on=None,
            ends_on=None,
            granted_at=_at(account.created, 9),
            granted_by=ref_of(account.by) if account.by else None,
            used_on=_at(SIGNED_OPENED + 4, 9).date(),
        )
        for code, level in held.items()
    )
    return dataclasses.replace(line, profile=line.profile or "utilisateur", rights=rights)


def _decide(line: Line, choice: Choice, by: str, at: datetime.datetime, review: Review) -> Event:
    ReviewDecision.objects.create(
        establishment_id=review.establishment_id,
        review=review,
        line_id=line.id,
        number=1,
        choice=choice,
        decided_at=at,
        decided_by=ref_of(by),
        seen=line.seen(at.astimezone(clock.PARIS).date()),
        left=line.holds(),
    )
    event = Event(at=at, kind="review.decided", establishment_id=review.establishment_id, object=line.ref)
    event.actor, event.origin = ref_of(by), "web"
    event.after = {"choice": choice.value, **({"with": line.title} if line.kind == Kind.DELEGATION else {})}
    return event


# --- The one under way -----------------------------------------------------------------------------------------------
def _under_way(where: Establishment) -> list[Event]:
    review, opened = _review(where, UNDER_WAY)
    with connection.cursor() as cursor:
        add_lines(cursor, [review.pk], BY_OWNER)
        cursor.execute(
            "DELETE FROM access_reviewline l USING access_membership m WHERE l.review_id = %s AND m.ref = l.ref "
            "AND m.created_at > %s",
            [review.pk, review.opened_at],
        )
    lines = [line for line in lines_of(review) if line.kind == Kind.ACCOUNT]
    return [opened, *_half(lines, review)]


def _half(lines: Iterable[Line], review: Review) -> list[Event]:
    """The first administrator decided on half of the others whose rights all serve, in the order of the alphabet."""
    today, events = clock.today(), []
    chosen = [line for line in lines if not any(one.unused(today) for one in line.rights) and line.ref != ref_of(FIRST)]
    for rank, line in enumerate(chosen[: len(chosen) // 2 + 2]):
        events.append(_decide(line, Choice.KEPT, FIRST, _at(UNDER_WAY - 3, 10, rank), review))
    return events
