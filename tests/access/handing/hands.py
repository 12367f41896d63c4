"""What the tests of this folder share: acts by somebody, days that pass, what was told to whom."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db import connection

from parvis.access.actions.creation import Grant
from parvis.access.decision import decide
from parvis.access.handing import daily
from parvis.access.handing.actions import absences, deputies, handovers
from parvis.access.levels import Level
from parvis.access.models import Absence, Deputyship, Handover, Membership, Profile
from parvis.access.registry import get
from parvis.access.standing import Standing, standing
from parvis.ground import clock, tenancy
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.access.reading import DAY, acting, later
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]
READ_CONTRACTS = [Grant("contrats", Level.READ)]
WRITE_CORRESPONDENTS = [Grant("correspondants", Level.WRITE)]


def base(world: World) -> str:
    return f"/etablissements/{world.here.siret}/"


def relay(world: World, rest: str = "") -> str:
    return f"{base(world)}comptes/relais/{rest}"


def level(who: Someone, service: str) -> Level:
    """What somebody may do now, as a request of theirs would find it."""
    found = get(service)
    assert found is not None
    return decide(here(who), found).level


def here(who: Someone) -> Standing:
    where = who.membership.establishment_id
    with tenancy.scope(person=who.person.pk, establishment=where):
        found = standing(who.person.pk, where)
    assert found is not None
    return found


def fresh(who: Someone) -> Membership:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return Membership.objects.get(pk=who.account_id)


def alter(who: Someone, **fields: Any) -> None:
    with tenancy.scope(establishment=who.membership.establishment_id):
        Membership.objects.filter(pk=who.account_id).update(**fields)


def absence(
    by: Someone,
    absent: Someone,
    receiver: Someone,
    grants: list[Grant] | None = None,
    *,
    begins: int = 0,
    days: int = 3,
) -> Absence:
    """An absence that begins in so many days and lasts so many."""
    first = clock.today() + begins * DAY
    with acting(by) as who:
        return absences.plan(
            who=who,
            absent_id=absent.account_id,
            receiver_id=receiver.account_id,
            starts_on=first,
            ends_on=first + (days - 1) * DAY,
            grants=WRITE_CORRESPONDENTS if grants is None else grants,
        )


def handover(by: Someone, leaver: Someone, receiver: Someone, *, within: int = 5, profile: bool = False) -> Handover:
    """A hand-over in so many days."""
    with acting(by) as who:
        return handovers.plan(
            who=who,
            leaver_id=leaver.account_id,
            receiver_id=receiver.account_id,
            on=clock.today() + within * DAY,
            profile=profile,
        )


def named(by: Someone, deputy: Someone, *, accepted: bool = True) -> Deputyship:
    """A deputy, who has accepted."""
    with acting(by) as who:
        made = deputies.name(who=who, deputy_id=deputy.account_id)
    if accepted:
        with acting(deputy) as who:
            made = deputies.accept(who=who)
    return made


def visited(who: Someone, days_ago: int) -> None:
    """The last sign of somebody is so many days old."""
    at = clock.now() - days_ago * DAY
    alter(who, created_at=at, confirmed_at=at, last_visit_at=at)


def deputyship(world: World) -> Deputyship:
    with tenancy.scope(establishment=world.here.pk):
        return Deputyship.objects.latest("id")


def handovers_of(world: World) -> Handover:
    with tenancy.scope(establishment=world.here.pk):
        return Handover.objects.latest("id")


def absences_of(world: World) -> Absence:
    with tenancy.scope(establishment=world.here.pk):
        return Absence.objects.latest("id")


def night() -> tuple[int, int, int]:
    """The three parts of `parvis daily`, in their order; as the owner."""
    return daily.follow_absences(), daily.carry_out_handovers(), daily.follow_deputies()


def told(world: World, kind: str = "") -> list[tuple[str, int]]:
    """The kinds queued so far, and the accounts that they go to, in order."""
    with tenancy.scope(establishment=world.here.pk):
        found = Message.objects.filter(kind__startswith=f"access.{kind}").order_by("id")
        return [(one.kind.removeprefix("access."), one.detail.get("to")) for one in found]


def forget_messages(world: World) -> None:
    """As the owner, who alone erases messages."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM post_message WHERE establishment_id = %s", [world.here.pk])


def written(world: World, kind: str, to: Someone) -> Envelope | None:
    """The latest e-mail of that kind to somebody, as the worker would write it now."""
    with tenancy.scope(establishment=world.here.pk):
        found = Message.objects.filter(kind=f"access.{kind}", detail__to=to.account_id).order_by("id").last()
        assert found is not None, f"{kind} was not queued for that account"
        made = LETTERS[found.kind].written(found)
        assert made is None or isinstance(made, Envelope)
        return made


def days(count: int) -> datetime.timedelta:
    return count * DAY


def administers(who: Someone) -> bool:
    return fresh(who).profile == Profile.ADMINISTRATOR


def night_at(world: World, day: int) -> int:
    """The daily run, so many days after the last visit of everybody; how many deputyships something was done about."""
    with later(day * DAY):
        return night()[2]


def serving(world: World) -> None:
    """Claire has stayed away for 60 days, after all warnings: Léa administers."""
    named(world.administrator, world.user)
    for day in (30, 45, 55, 60):
        assert night_at(world, day) == 1
    assert administers(world.user)
