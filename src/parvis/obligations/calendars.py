"""Private addresses at which a calendar reads somebody's obligations: made, replaced, revoked, and what they answer.

The secret in the address is the right to it, and is kept nowhere: only its hash. What the person may see is decided
anew at each reading; who lost access is answered as an address that never was.
"""

import datetime
import hashlib
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, connection
from django.db.models import Q

from parvis.access.actions.guards import actor_of
from parvis.access.queries.mine import memberships
from parvis.access.standing import Standing, standing
from parvis.ground import clock, tenancy
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import datetime_long
from parvis.journal.actions import Actor, record
from parvis.obligations.computing import horizon, period_in_words
from parvis.obligations.ical import Entry, calendar
from parvis.obligations.listing import address_of
from parvis.obligations.models import CalendarAddress
from parvis.obligations.queries import Item, everywhere, whole
from parvis.obligations.rights import FUNDS
from parvis.obligations.words import WITHDRAWN, titled, when
from parvis.regulations.periods import Period, add_months

TOKEN_BYTES = 32
LONGEST_TOKEN = 60
MONTHS_BACK = 2
CHECK = "À vérifier : les sources ne suffisent pas à l’affirmer."


@dataclass(frozen=True, slots=True)
class Served:
    """The address that serves, without its secret: since when, and when it was last read."""

    made: str
    used: str


def hashed(token: str) -> str:
    """What is kept of a secret. It is long and drawn: no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _serving(person: int, establishment: int | None) -> Q:
    of = Q(establishment__isnull=True) if establishment is None else Q(establishment_id=establishment)
    return of & Q(person_id=person, revoked_at__isnull=True)


def served(person: int, establishment: int | None) -> Served | None:
    """The person's address for an establishment, or for all; None where there is none."""
    with tenancy.scope(person=person, role=tenancy.PERSON, read_only=True):
        one = CalendarAddress.objects.filter(_serving(person, establishment)).first()
    if one is None:
        return None
    return Served(datetime_long(one.made_at), datetime_long(one.used_at) if one.used_at else "")


def make(*, person: int, establishment: int | None, who: Standing | None = None) -> str:
    """A new address, the whole of it; the one before serves no more. `who`: in the establishment's scope."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    try:
        _replace(person, establishment, token)
    except IntegrityError:
        # The button was pressed twice: the other one was made meanwhile. This page comes last, its address serves.
        _replace(person, establishment, token)
    _note("obligation.calendar_made", person, who)
    return f"{settings.PARVIS_ADDRESS.rstrip('/')}{address('obligations:feed', token)}"


def _replace(person: int, establishment: int | None, token: str) -> None:
    with tenancy.scope(person=person, role=tenancy.PERSON):
        _revoke(person, establishment)
        CalendarAddress.objects.create(
            person_id=person, establishment_id=establishment, hash=hashed(token), made_at=clock.now()
        )


def revoke(*, person: int, establishment: int | None, who: Standing | None = None) -> bool:
    """The address serves no more; False where there was none."""
    if not _revoke(person, establishment):
        return False
    _note("obligation.calendar_revoked", person, who)
    return True


def _revoke(person: int, establishment: int | None) -> bool:
    with tenancy.scope(person=person, role=tenancy.PERSON):
        return bool(CalendarAddress.objects.filter(_serving(person, establishment)).update(revoked_at=clock.now()))


def _note(kind: str, person: int, who: Standing | None) -> None:
    """In the establishment's history, or in the person's own where the address is of all."""
    if who is not None:
        record(kind, actor=actor_of(who))
        return
    with tenancy.scope(person=person, role=tenancy.PERSON):
        record(kind, actor=Actor(ref=None, person_id=person), person=person)


def answer(token: str) -> bytes | None:
    """The calendar behind a secret; None for one that is unknown or revoked, and for who may no longer see it."""
    with tenancy.scope(read_only=True), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM obligations_calendar(%s)", [hashed(token)])
        found = cursor.fetchone()
    if found is None:
        return None
    number, person, establishment = found
    made = _of_all(person) if establishment is None else _of_one(person, establishment)
    if made is not None:
        _note_use(number, person)
    return made


def _note_use(number: int, person: int) -> None:
    """When it was last read, to the hour: a reading writes at most once in that time."""
    now = clock.now()
    with tenancy.scope(person=person, role=tenancy.PERSON):
        read = CalendarAddress.objects.filter(pk=number).exclude(used_at__gt=now - datetime.timedelta(hours=1))
        read.update(used_at=now)


def _of_one(person: int, establishment: int) -> bytes | None:
    with tenancy.scope(person=person, establishment=establishment, read_only=True):
        who = standing(person, establishment)
        if who is None or not who.enters:
            return None
        since = add_months(who.today.replace(day=1), -MONTHS_BACK)
        entries = [
            Entry(
                uid=_uid(who.siret, one.key),
                day=one.placed_on,
                title=titled(one.label, one.period),
                text=_text(one),
                href=_href(who.siret, one.key, one.placed_on, who.today),
                stamp=one.changed_at or _start(who.today),
                done=bool(one.done_said),
            )
            for one in whole(who).items
            if one.placed_on >= since and one.state is not WITHDRAWN
        ]
        return calendar(f"Échéancier, {who.establishment_name}", entries)


def _text(one: Item) -> str:
    """The fund and the day, the rule and what to know of it."""
    lines = [f"{one.fund_name}, {one.when}.", CHECK if one.uncertain else "", one.rule, *one.remarks]
    return "\n".join(line for line in lines if line)


def _of_all(person: int) -> bytes | None:
    today = clock.today()
    with tenancy.scope(person=person, role=tenancy.PERSON, read_only=True):
        rows = everywhere(add_months(today.replace(day=1), -MONTHS_BACK), horizon(today))
        if not rows and not _enters_somewhere():
            return None
    entries = [
        Entry(
            uid=_uid(one.siret, one.key),
            day=one.placed_on,
            title=f"{titled(one.label, _period(one.starts, one.ends))} ({one.place})",
            text=f"{FUNDS[one.fund]}, {when(one.due_on, one.opens_on)}.{f'{chr(10)}{CHECK}' if one.uncertain else ''}",
            href=_href(one.siret, one.key, one.placed_on, today),
            stamp=one.changed_at,
            done=one.done_on is not None,
        )
        for one in rows
    ]
    return calendar("Échéancier, tous mes établissements", entries)


def _enters_somewhere() -> bool:
    """Whether the person still enters an establishment, where nothing was written down yet."""
    return any(one.enters for one in memberships())


def _period(starts: datetime.date, ends: datetime.date) -> str:
    return period_in_words(Period(starts, ends))


def _uid(siret: str, key: str) -> str:
    return f"{siret}-{key}@parvis"


def _href(siret: str, key: str, placed_on: datetime.date, today: datetime.date) -> str:
    return settings.PARVIS_ADDRESS.rstrip("/") + address_of(siret, key, placed_on, today)


def _start(day: datetime.date) -> datetime.datetime:
    """A moment for what nothing wrote down yet: the first of the month, so that two readings in a row are the same."""
    return datetime.datetime(day.year, day.month, 1, tzinfo=datetime.UTC)
