"""What tests of the Échéancier share: facts of the world's town, a day, who stands there."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from parvis.access.standing import Standing, standing
from parvis.ground import clock, tenancy
from parvis.obligations import actions, stating
from parvis.obligations.models import Occurrence
from parvis.services.establishment.actions import declare
from parvis.services.establishment.blocks import BLOCKS
from tests.world import Someone, World

DAY = datetime.date
KNOWN: dict[str, Any] = {
    "headcount": 12,
    "full_time_equivalent": Decimal("10.00"),
    "called_by_fiphfp": False,
    "paid_within_month": True,
    "inhabitants": 800,
    "pays_allowances": False,
}


def at(day: datetime.date, hour: int = 10) -> None:
    """Move the clock to that day, at that hour of Paris."""
    wanted = datetime.datetime(day.year, day.month, day.day, hour, tzinfo=clock.PARIS)
    clock.move(wanted - clock.now())


@contextmanager
def inside(who: Someone) -> Iterator[Standing]:
    """The scope of somebody's request."""
    where = who.membership.establishment_id
    with tenancy.scope(person=who.person.pk, establishment=where):
        found = standing(who.person.pk, where)
        assert found is not None
        yield found


def tell(world: World, *, civil_servants: int = 6, **facts: Any) -> None:
    """Declare what is to be known of the town, as its people do."""
    with inside(world.user) as who:
        year = who.today.year
        declare(who=who, block=BLOCKS["headcount"], year=year, version=0, values={"cnracl": civil_servants})
        for back in (1, 2):
            values = {"ircantec": Decimal("2400.00")}
            declare(who=who, block=BLOCKS["contributions"], year=year - back, version=0, values=values)
        stating.state(who=who, year=year, values={**KNOWN, **facts}, version=0)


def rows(world: World) -> dict[str, Occurrence]:
    """What is written down of the town, by key."""
    with tenancy.scope(establishment=world.here.pk):
        return {one.key: one for one in Occurrence.objects.all()}


def tick(world: World, key: str, who: Someone | None = None, on: datetime.date | None = None) -> None:
    with inside(who or world.administrator) as standing_of:
        actions.done(who=standing_of, key=key, on=on or clock.today())
