"""What the tests of letters share: letters that came, rights."""

import datetime
from typing import Any

from django.test import Client

from parvis.access.levels import Level
from parvis.access.models import Right
from parvis.access.standing import Standing, standing
from parvis.ground import clock, tenancy
from parvis.journal.actions import SYSTEM
from parvis.letters.actions import Told, deposit
from parvis.letters.models import FundLetter
from tests.letters.papers import pdf
from tests.world import Someone, World


def give(who: Someone, service: str = "courriers", level: Level = Level.READ) -> None:
    """A right, given now."""
    where = who.membership.establishment_id
    with tenancy.scope(establishment=where):
        Right.objects.update_or_create(
            establishment_id=where,
            membership=who.membership,
            service=service,
            defaults={"level": level, "granted_at": clock.now()},
        )


def stands(who: Someone) -> Standing:
    """Who they are in their establishment, in whose scope the caller is."""
    found = standing(who.person.pk, who.membership.establishment_id)
    assert found is not None
    return found


def came(world: World, reference: str, *, days: int = 0, **more: Any) -> FundLetter:
    """A letter that came to the world's first establishment, so many days ago."""
    told = Told(
        more.get("fund", "cnracl"),
        more.get("type", "releve-de-compte"),
        reference,
        more.get("title", "Relevé de compte de mai"),
        more.get("dated_on", clock.today() - datetime.timedelta(days=days)),
    )
    place = more.get("place", world.here)
    with tenancy.scope(establishment=place.pk):
        letter = deposit(actor=SYSTEM, told=told, content=pdf(reference))
        if days:
            FundLetter.objects.filter(pk=letter.pk).update(deposited_at=clock.now() - datetime.timedelta(days=days))
    return letter


def body(answer: Any) -> str:
    return str(answer.content.decode())


def listed(browser: Client, world: World, query: str = "") -> str:
    """The list's page."""
    answer = browser.get(f"/etablissements/{world.here.siret}/courriers/{query}")
    assert answer.status_code == 200, answer.status_code
    return body(answer)
