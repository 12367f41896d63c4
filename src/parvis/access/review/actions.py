"""Deciding lines of a review, signing it, opening one by hand, giving suspended rights back.

Locks come in one order: the review, the establishment, the accounts.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from parvis.access.actions import changes, lifecycle
from parvis.access.actions.creation import Grant
from parvis.access.actions.guards import account_for_update, active_administrator_ids, actor_of, locked, not_oneself
from parvis.access.models import Membership, Review, ReviewDecision, Right
from parvis.access.queries.people import active_administrators
from parvis.access.review.opening import BY_APPLICATION, add_lines
from parvis.access.review.queries import lines_of
from parvis.access.review.state import Choice, Kind, Line
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.pages.filters import de, plural
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Change, record, record_changes
from parvis.post.actions import queue

CLOSED = "Cette revue est close : rien n’est enregistré. La prochaine montrera d’abord ce qui n’a pas été décidé."
OWN_LINE = "Votre propre ligne est décidée par une autre personne qui administre : demandez-le-lui."


def _held(review_id: int, *, sign: bool = False) -> Review:
    """The review, held open until the transaction ends; `sign`: for whoever closes it, alone. Raises Refused."""
    strength = "FOR UPDATE" if sign else "FOR SHARE"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM access_review WHERE id = %s AND closed_at IS NULL {strength}", [review_id])
        if cursor.fetchone() is None:
            raise Refused(CLOSED)
    return Review.objects.get(pk=review_id)


def _read(review: Review, numbers: Collection[int]) -> list[Line]:
    """The lines, their accounts held, as they are after whoever held them before."""
    shown = lines_of(review, list(numbers))
    accounts = sorted(line.account_id for line in shown if line.account_id)
    list(Membership.objects.select_for_update(of=("self",)).filter(pk__in=accounts).order_by("pk").only("id"))
    return lines_of(review, list(numbers))


def _stale(line: Line) -> str:
    if settled := line.settled:
        return f"{settled.label} ({line.title or 'compte supprimé'}) : il n’y a plus rien à décider."
    return (
        f"Ce qui concerne {line.title} a changé depuis l’affichage de la page, ou vient d’être décidé : rien n’est "
        "enregistré. Relisez la ligne, puis décidez."
    )


def may_decide(who: Standing, line: Line, *, alone: bool) -> bool:
    """Whether the person decides on the line: never on their own, unless nobody else administers."""
    return line.ref != who.ref or alone


def is_alone(who: Standing) -> bool:
    """Whether the person is the only one who administers the establishment today."""
    return active_administrator_ids() == [who.membership_id]


def _write(who: Standing, review: Review, decided: Collection[tuple[Line, Choice, Line]]) -> None:
    """One row for each (as seen, choice, as left), and its event."""
    now = clock.now()
    try:
        with transaction.atomic():
            ReviewDecision.objects.bulk_create(
                ReviewDecision(
                    establishment_id=review.establishment_id,
                    review=review,
                    line_id=seen.id,
                    number=seen.decided.number + 1 if seen.decided else 1,
                    choice=choice,
                    decided_at=now,
                    decided_by=who.ref,
                    seen=seen.seen(who.today),
                    left=left.holds(),
                )
                for seen, choice, left in decided
            )
    except IntegrityError as fault:
        raise Refused("Une autre personne vient de décider de cette ligne : relisez-la, puis décidez.") from fault
    record_changes(
        "review.decided",
        actor=actor_of(who),
        changes=[
            Change(seen.ref, {}, {"choice": choice.value, **({"with": seen.title} if _given(seen) else {})})
            for seen, choice, _ in decided
        ],
    )


def _given(line: Line) -> bool:
    return line.kind == Kind.DELEGATION


@dataclass(slots=True)
class Kept:
    """What « Conserver » did: names kept, and what was left because it is not what was shown any more."""

    names: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@action
def keep(*, who: Standing, review_id: int, seals: Mapping[int, str]) -> Kept:
    """« Conserver » these lines, each with the seal that was shown. A constant number of statements.

    A line that is not what was shown any more is left, and said; so is one's own, unless nobody else administers.
    Raises Refused where the review is closed.
    """
    review = _held(review_id)
    alone, done, kept = is_alone(who), Kept(), []
    for line in _read(review, seals):
        if not may_decide(who, line, alone=alone):
            done.refused.append(OWN_LINE)
        elif line.settled or line.seal != seals[line.id]:
            done.refused.append(_stale(line))
        else:
            kept.append((line, Choice.KEPT, line))
            done.names.append(line.title)
    if kept:
        _write(who, review, kept)
    return done


def _one(who: Standing, review: Review, line_id: int, seal: str) -> Line:
    """The line of an account, still as it was shown; or Refused."""
    found = _read(review, [line_id])
    if not found or found[0].kind != Kind.ACCOUNT:
        raise Refused("Cette ligne n’est pas de cette revue : revenez à la revue, puis recommencez.")
    line = found[0]
    if not may_decide(who, line, alone=is_alone(who)):
        raise Refused(OWN_LINE)
    if line.settled or line.seal != seal:
        raise Refused(_stale(line))
    return line


@action
def modify(*, who: Standing, review_id: int, line_id: int, seal: str, grants: list[Grant]) -> Choice:
    """« Modifier »: the rights become these, and the line is decided. Rights left as they were: the line is kept."""
    review = _held(review_id)
    seen = _one(who, review, line_id, seal)
    changes.set_rights(who=who, account_id=seen.account_id, grants=grants)
    (left,) = lines_of(review, [line_id])
    choice = Choice.KEPT if left.holds() == seen.holds() else Choice.MODIFIED
    _write(who, review, [(seen, choice, left)])
    return choice


@action
def withdraw(*, who: Standing, review_id: int, line_id: int, seal: str, account: bool) -> str:
    """« Retirer »: all rights, or (`account`) the account is deactivated. Returns the name."""
    review = _held(review_id)
    locked(who.establishment_id)
    seen = _one(who, review, line_id, seal)
    if account:
        lifecycle.deactivate(who=who, account_id=seen.account_id)
    else:
        changes.set_rights(who=who, account_id=seen.account_id, grants=[])
    (left,) = lines_of(review, [line_id])
    _write(who, review, [(seen, Choice.DEACTIVATED if account else Choice.EMPTIED, left)])
    return seen.title


@action
def sign(*, who: Standing, review_id: int) -> Review:
    """Close the review under one's name; from then on it is a record. Raises Refused while a line is undecided."""
    review = _held(review_id, sign=True)
    lines = lines_of(review)
    if pending := [line for line in lines if line.pending]:
        raise Refused(f"Il reste {plural(len(pending), 'ligne', 'lignes')} à décider : la revue n’est pas signée.")
    now = clock.now()
    ReviewDecision.objects.bulk_create(
        ReviewDecision(
            establishment_id=review.establishment_id,
            review=review,
            line_id=line.id,
            number=1,
            choice=Choice.GONE,
            decided_at=now,
            seen={"settled": line.settled.code if line.settled else ""},
        )
        for line in lines
        if line.decided is None
    )
    review.closed_at, review.signed_by = now, who.ref
    review.save(update_fields=["closed_at", "signed_by"])
    counts = Counter((line.decided.choice if line.decided else Choice.GONE).value for line in lines)
    record("review.signed", actor=actor_of(who), object=review.ref, after={"lines": len(lines), **counts})
    for _, told in active_administrators([who.establishment_id]):
        if told != who.membership_id:
            queue("access.review_signed", object_id=review.pk, establishment=who.establishment_id, detail={"to": told})
    return review


@action
def open_by_hand(*, who: Standing) -> Review:
    """« Ouvrir une revue maintenant ». Raises Refused where one is under way."""
    locked(who.establishment_id)
    if Review.objects.filter(establishment_id=who.establishment_id, closed_at=None).exists():
        raise Refused("Une revue est déjà en cours : la voici.")
    review = Review.objects.create(
        establishment_id=who.establishment_id,
        cause=Review.Cause.ASKED,
        opened_at=clock.now(),
        opened_by=who.ref,
        due_on=who.today + settings.PARVIS_REVIEW_TIME,
    )
    with connection.cursor() as cursor:
        add_lines(cursor, [review.pk], BY_APPLICATION)
    record(
        "review.opened",
        actor=actor_of(who),
        object=review.ref,
        after={"cause": review.cause, "due_on": review.due_on.isoformat()},
    )
    for _, told in active_administrators([who.establishment_id]):
        if told != who.membership_id:
            queue("access.review_opened", object_id=told, establishment=who.establishment_id)
    return review


GIVE_BACK_SQL = """
WITH gone AS (DELETE FROM access_suspendedright WHERE membership_id = %(account)s AND establishment_id = %(where)s
  RETURNING service, level, starts_on, ends_on, origin)
SELECT g.service, g.level, g.starts_on, g.ends_on, g.origin FROM gone g
WHERE NOT EXISTS (SELECT FROM access_right r WHERE r.membership_id = %(account)s AND r.service = g.service)
ORDER BY g.service
"""


@action
def answer_suspension(*, who: Standing, account_id: int, give_back: bool) -> Membership:
    """Suspended rights are given back just as they were, or stay withdrawn for good. Never one's own.

    A right that somebody gave meanwhile on the same service stays as it is. Raises Refused where nothing is suspended.
    """
    account = account_for_update(account_id)
    not_oneself(who, account)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM access_suspendedright WHERE membership_id = %s AND establishment_id = %s",
            [account.pk, who.establishment_id],
        )
        if not cursor.fetchone()[0]:
            raise Refused(f"Aucun droit {de(account.name)} n’est suspendu : quelqu’un y a déjà répondu.")
        cursor.execute(GIVE_BACK_SQL, {"account": account.pk, "where": who.establishment_id})
        found = cursor.fetchall()
    if give_back:
        now = clock.now()
        Right.objects.bulk_create(
            Right(
                establishment_id=who.establishment_id,
                membership=account,
                service=service,
                level=level,
                starts_on=starts_on,
                ends_on=ends_on,
                origin=origin,
                granted_at=now,
                granted_by=who.ref,
            )
            for service, level, starts_on, ends_on, origin in found
        )
        record(
            "rights.given_back",
            actor=actor_of(who),
            object=account.ref,
            before={"rights": {}},
            after={"rights": {row[0]: as_json(*row[1:4]) for row in found}},
        )
    else:
        record("rights.suspension_confirmed", actor=actor_of(who), object=account.ref)
    return account


def as_json(level: int, starts_on: object, ends_on: object) -> dict[str, object]:
    """A right as events write it (`Grant.as_json`)."""
    days = {"starts_on": starts_on, "ends_on": ends_on}
    return {"level": level, **{name: str(day) for name, day in days.items() if day is not None}}
