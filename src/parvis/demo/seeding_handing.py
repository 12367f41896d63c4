"""Work that passes from one to another in the demo: an absence under way, a hand-over planned, a deputy named."""

import datetime
from collections.abc import Mapping

from parvis.access.models import Absence, AbsenceRight, Deputyship, Handover, Membership
from parvis.demo import people
from parvis.demo.invented import ref_of
from parvis.establishments.models import Establishment
from parvis.ground import clock
from parvis.journal.models import Event

# Keys of the accounts: who is away and who receives, who leaves and who takes over, who is named.
ABSENT, RECEIVER = "a03", "a05"
LEAVER, SUCCESSOR = "a04", "a03"
DEPUTY, NAMED_BY = "deux-etablissements-2", "grand-annecy-1"


def seed_handing(establishments: Mapping[str, Establishment], names: Mapping[str, str]) -> list[Event]:
    """Write the three; returns their events, to be written in their order."""
    annecy, grand_annecy = establishments[people.ANNECY], establishments[people.GRAND_ANNECY]
    return [_absence(annecy, names), _handover(annecy, names), _deputy(grand_annecy, names)]


def _at(days_ago: int) -> datetime.datetime:
    day = clock.today() - datetime.timedelta(days=days_ago)
    return min(datetime.datetime.combine(day, datetime.time(10, 40, tzinfo=clock.PARIS)), clock.now())


def _account(key: str) -> Membership:
    return Membership.objects.get(ref=ref_of(key))


def _absence(where: Establishment, names: Mapping[str, str]) -> Event:
    at, today = _at(5), clock.today()
    absent, receiver = _account(ABSENT), _account(RECEIVER)
    made = Absence.objects.create(
        establishment=where,
        ref=ref_of("absence"),
        absent=absent,
        absent_name=names[ABSENT],
        receiver=receiver,
        starts_on=today - datetime.timedelta(days=4),
        ends_on=today + datetime.timedelta(days=9),
        created_at=at,
        created_by=ref_of("administrateur"),
        begun_at=_at(4),
    )
    rights = {right.service: right.level for right in absent.rights.all()}
    AbsenceRight.objects.bulk_create(
        AbsenceRight(establishment=where, absence=made, service=service, level=level)
        for service, level in rights.items()
    )
    after = {
        "absence": str(made.ref),
        "absent": str(absent.ref),
        "starts_on": made.starts_on.isoformat(),
        "ends_on": made.ends_on.isoformat(),
        "rights": {service: {"level": level} for service, level in rights.items()},
    }
    return _event("absence.planned", at, where, "administrateur", receiver, after)


def _handover(where: Establishment, names: Mapping[str, str]) -> Event:
    at, on = _at(2), clock.today() + datetime.timedelta(days=33)
    leaver, successor = _account(LEAVER), _account(SUCCESSOR)
    Handover.objects.create(
        establishment=where,
        ref=ref_of("handover"),
        leaver=leaver,
        leaver_name=names[LEAVER],
        receiver=successor,
        receiver_name=names[SUCCESSOR],
        on=on,
        profile=False,
        created_at=at,
        created_by=ref_of("administrateur-2"),
    )
    after = {"receiver": str(successor.ref), "on": on.isoformat(), "profile": False}
    return _event("handover.planned", at, where, "administrateur-2", leaver, after)


def _deputy(where: Establishment, names: Mapping[str, str]) -> Event:
    at, deputy = _at(1), _account(DEPUTY)
    Deputyship.objects.create(
        establishment=where,
        ref=ref_of("deputy"),
        deputy=deputy,
        deputy_name=names[DEPUTY],
        named_at=at,
        named_by=ref_of(NAMED_BY),
    )
    return _event("deputy.named", at, where, NAMED_BY, deputy, {})


def _event(
    kind: str, at: datetime.datetime, where: Establishment, by: str, about: Membership, after: Mapping[str, object]
) -> Event:
    return Event(
        kind=kind, at=at, establishment_id=where.pk, actor=ref_of(by), object=about.ref, after=dict(after), origin="web"
    )
