"""The worker's part: who is told of a notice at once, and the one digest a day. Arguments hold ids only."""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app

from parvis.access.standing import Standing, standing, standings
from parvis.ground import clock, tenancy
from parvis.notices.models import Notice, Reader
from parvis.notices.queries import wishes_of
from parvis.notices.readers import email_of, reads
from parvis.notices.registry import KINDS, Delivery
from parvis.post.actions import queue
from parvis.post.tasks import RETRY

# What took a notice along that was told to nobody.
NOBODY = 0
DIGESTS_AT_ONCE = 500


@app.task(name="notices.tell", retry=RETRY)
def tell(notice: int, establishment: int, behind: bool = False) -> None:
    """Work out who reads a notice, once; queue the e-mails of those who want it at once, keep the others'.

    `behind`: one of many; its e-mails leave after all others.
    """
    with tenancy.scope(establishment=establishment):
        one = Notice.objects.select_for_update().filter(pk=notice, told_at__isnull=True).first()
        if one is None:
            return
        readers = [who for who in standings(establishment) if who.person_id and reads(who, one)]
        rows = [
            Reader(
                notice=one,
                establishment_id=establishment,
                person_id=who.person_id,
                account=who.ref,
                delivery=_delivery(who, one),
                at=one.at,
            )
            for who in readers
        ]
        Reader.objects.bulk_create(rows, ignore_conflicts=True)
        # Who read it on the site meanwhile is not written to.
        for row in Reader.objects.filter(notice=one, delivery=Delivery.AT_ONCE, read_at__isnull=True):
            queue("notices.notice", object_id=row.pk, establishment=establishment, person=row.person_id, behind=behind)
        one.told_at = clock.now()
        one.save(update_fields=["told_at"])


def _delivery(who: Standing, notice: Notice) -> Delivery:
    if who.delegate is not None and not who.delegate.letters:
        # Their organisation said that its people get no e-mails about this client.
        return Delivery.NEVER
    return wishes_of(who.person_id).delivery(KINDS[notice.kind], notice.establishment_id)


def latest_cut(now: datetime.datetime) -> datetime.datetime:
    """The last moment, at or before `now`, at which a digest leaves: every day at the hour of Paris that is set.

    On the day on which that hour does not exist it is the next one, on the day on which it comes twice the first.
    """
    paris = ZoneInfo("Europe/Paris")
    today = now.astimezone(paris).date()
    for day in (today, today - datetime.timedelta(days=1)):
        cut = datetime.datetime.combine(day, datetime.time(settings.PARVIS_DIGEST_HOUR), tzinfo=paris)
        if cut.astimezone(datetime.UTC) <= now.astimezone(datetime.UTC):
            break
    return cut.astimezone(datetime.UTC)


@app.periodic(cron="*/10 * * * *")
@app.task(name="notices.digests", queueing_lock="notices.digests")
def digests(timestamp: int) -> None:
    """Queue the digest of everybody for whom something came before the last cut and was not told."""
    make_digests()


def make_digests() -> int:
    """How many digests were queued. It may run at any time, twice, or late: nothing is told twice, nothing is lost."""
    cut = latest_cut(clock.now())
    with connection.cursor() as cursor, tenancy.scope():
        cursor.execute("SELECT notices_waiting_for_digest(%s, %s)", [cut, DIGESTS_AT_ONCE])
        people = [number for (number,) in cursor.fetchall()]
    return sum(_digests_of(person, cut) for person in people)


def _digests_of(person: int, cut: datetime.datetime) -> int:
    """One e-mail for each address by which the person's establishments write to them."""
    with tenancy.scope(person=person, role=tenancy.PERSON):
        waiting = Reader.objects.select_for_update().filter(
            person_id=person, delivery=Delivery.DAILY, digest__isnull=True, at__lt=cut
        )
        by_place: dict[int, list[int]] = {}
        for number, place in waiting.values_list("pk", "establishment_id"):
            by_place.setdefault(place, []).append(number)
        by_address: dict[str, list[int]] = {}
        for place, numbers in by_place.items():
            by_address.setdefault(_address(person, place), []).extend(numbers)
        # Whoever entered no more since then is told nothing.
        Reader.objects.filter(pk__in=by_address.pop("", [])).update(digest=NOBODY)
        for numbers in by_address.values():
            message = queue("notices.digest", object_id=person, person=person, behind=True)
            Reader.objects.filter(pk__in=numbers).update(digest=message.pk)
        return len(by_address)


def _address(person: int, place: int) -> str:
    with tenancy.scope(person=person, establishment=place, read_only=True):
        who = standing(person, place)
        return email_of(who).lower() if who is not None and who.enters else ""
