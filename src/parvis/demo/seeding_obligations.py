"""The Échéancier of the demo: Annecy with what was done, who sees to what and one that is late; others with gaps."""

import datetime
import secrets
from dataclasses import replace
from decimal import Decimal
from typing import Any

from parvis.access.models import Membership
from parvis.access.standing import standing
from parvis.demo import people
from parvis.demo.invented import ref_of
from parvis.demo.seeding_services import AGENTS, EUROS
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.journal.models import Event
from parvis.obligations.calendars import hashed
from parvis.obligations.computing import Line, computed, period_in_words
from parvis.obligations.facts import held_by
from parvis.obligations.models import CalendarAddress, Computation, Facts, Occurrence, ReminderChoice
from parvis.obligations.reminding import refresh_all
from parvis.obligations.rights import FUNDS
from parvis.obligations.stating import state
from parvis.obligations.words import OWED
from parvis.regulations.periods import Period

FOLLOWED_DAYS = 100
SAID: dict[str, tuple[str, dict[str, Any]]] = {
    people.ANNECY: (
        "administrateur",
        {
            "headcount": 2903,
            "full_time_equivalent": Decimal("2581.40"),
            "called_by_fiphfp": False,
            "paid_within_month": True,
            "pays_allowances": True,
        },
    ),
    people.GRAND_ANNECY: (
        "grand-annecy-1",
        {"headcount": 611, "full_time_equivalent": Decimal("574.00"), "paid_within_month": True},
    ),
    # Its headcount is missing: the DSN, and what depends on it, cannot be computed.
    people.SAINT_JORIOZ: ("etranger", {"full_time_equivalent": Decimal("31.50"), "pays_allowances": True}),
}
NOTES = {"cnracl": "Mandat 2 418, virement du 3.", "dsn": "Deux anomalies corrigées au compte rendu."}


def seed_obligations(establishments: dict[str, Establishment], names: dict[str, str]) -> list[Event]:
    """Facts, then what is computed from them; the ticks of a hundred days, and who takes what comes."""
    for siret, (key, values) in SAID.items():
        place = establishments[siret].pk
        with tenancy.scope(establishment=place):
            account = Membership.objects.get(ref=ref_of(key))
        with tenancy.scope(establishment=place, person=account.person_id or 0):
            who = standing(account.person_id or 0, place)
            if who is not None:
                state(who=who, year=clock.today().year, values=values, version=0)
    Facts.objects.update(said_at=clock.now() - datetime.timedelta(days=FOLLOWED_DAYS))
    events = _annecy(establishments[people.ANNECY].pk)
    refresh_all()
    return events


def _annecy(place: int) -> list[Event]:
    today, since = clock.today(), clock.today() - datetime.timedelta(days=FOLLOWED_DAYS)
    Computation.objects.filter(pk=place).update(follows_from=since)
    # What `seed_services` declares a little later.
    held = replace(
        held_by([place], today)[place],
        civil_servants=AGENTS["cnracl"],
        counted_in=today.year,
        ircantec=tuple((today.year - back, Decimal(EUROS["ircantec"])) for back in (0, 1)),
    )
    Occurrence.objects.filter(establishment_id=place, placed_on__lt=today).delete()
    past = [one for one in computed(held, since, today).lines if one.act in OWED]
    rows = Occurrence.objects.bulk_create([_row(place, one) for one in past])
    doers = [ref_of(key) for key in ("administrateur-2", "utilisateur", "administrateur")]
    # The last one to the Ircantec has not come: its transfer bore a mistyped reference (`seeding_contributions`).
    late = max((one for one in rows if one.fund == "ircantec"), key=lambda one: one.placed_on, default=None)
    events = []
    for number, one in enumerate(rows):
        if one is late:
            continue
        by, on = doers[number % len(doers)], one.placed_on - datetime.timedelta(days=1 + number % 3)
        one.done_by, one.done_on = by, on
        one.done_at = datetime.datetime.combine(on, datetime.time(9 + number % 7, 12, tzinfo=clock.PARIS))
        one.note = NOTES.get(one.fund, "") if number % 2 else ""
        events.append(_event("obligation.done", one, by, one.done_at, on=on.isoformat()))
    Occurrence.objects.bulk_update(rows, ["done_by", "done_on", "done_at", "note"])
    coming = Occurrence.objects.filter(establishment_id=place, placed_on__gte=today, act__in=OWED)
    for one, key in zip(coming.order_by("placed_on", "fund")[:3], ("administrateur", "", "utilisateur"), strict=False):
        if key:
            one.taken_by, one.taken_at = ref_of(key), clock.now() - datetime.timedelta(days=2, hours=3)
            one.save(update_fields=["taken_by", "taken_at"])
            events.append(_event("obligation.taken", one, ref_of(key), one.taken_at))
    account = Membership.objects.get(ref=ref_of("administrateur"))
    ReminderChoice.objects.create(
        establishment_id=place, membership=account, delays=[15, 5, 1], chosen_at=clock.now() - datetime.timedelta(60)
    )
    CalendarAddress.objects.create(
        person_id=account.person_id or 0,
        establishment_id=place,
        hash=hashed(secrets.token_urlsafe(32)),
        made_at=clock.now() - datetime.timedelta(days=41),
        used_at=clock.now() - datetime.timedelta(hours=7),
    )
    return events


def _row(place: int, line: Line) -> Occurrence:
    return Occurrence(
        establishment_id=place,
        key=line.key,
        fund=line.fund,
        act=line.act,
        label=line.label,
        period_starts_on=line.period.starts_on,
        period_ends_before=line.period.ends_before,
        due_on=line.due_on,
        opens_on=line.opens_on,
        placed_on=line.placed_on,
        uncertain=line.uncertain,
        changed_at=clock.now() - datetime.timedelta(days=FOLLOWED_DAYS),
    )


def _event(kind: str, one: Occurrence, by: Any, at: datetime.datetime, **more: str) -> Event:
    period = period_in_words(Period(one.period_starts_on, one.period_ends_before))
    after = {"key": one.key, "fund": FUNDS[one.fund], "label": one.label, "period": period, **more}
    return Event(
        at=at, kind=kind, establishment_id=one.establishment_id, actor=by, after=after, before={}, origin="web"
    )
