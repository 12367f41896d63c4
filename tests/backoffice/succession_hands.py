"""What the tests of successions share: Abondance, whose place Annecy takes."""

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from parvis.access.levels import Level
from parvis.access.models import Absence, Delegation, DelegationService, Link, Membership, Profile, Right
from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct
from parvis.advisers.standing import AdviserStanding, adviser_of
from parvis.backoffice.succession import actions
from parvis.establishments.models import Establishment, Succession
from parvis.ground import clock, tenancy
from parvis.identity.models import Person
from parvis.journal.actions import SYSTEM, record
from tests.world import Someone, World, establishment, someone

FIRST_DAY = datetime.date(2026, 1, 1)
CENTRE, ELSEWHERE = "28740006900018", "21740203100017"


class Merger:
    """Abondance, whose place Annecy takes: who is where."""

    def __init__(self, world: World) -> None:
        self.world, self.old, self.new = world, world.there, world.here
        self.centre = establishment(CENTRE, "Centre de gestion", ("cnracl",))
        self.elsewhere = establishment(ELSEWHERE, "Novel", ("cnracl",))
        self.apart = someone(self.elsewhere, "Hugo", "Lambert", Profile.ADMINISTRATOR)
        # Léa has an account on both sides, an administrator's in Abondance; Jean waits for his password.
        self.double = someone(
            self.old,
            "Léa",
            "Martin",
            Profile.ADMINISTRATOR,
            {"contrats": Level.WRITE, "correspondants": Level.READ},
            person=world.user.person,
        )
        self.pending = someone(self.old, "Jean", "Favre", rights={"contrats": Level.READ}, confirmed=False)
        with tenancy.scope(establishment=self.old.pk):
            Link.objects.create(
                establishment=self.old,
                membership=self.pending.membership,
                created_at=clock.now(),
                expires_at=clock.now() + datetime.timedelta(days=15),
            )
            record(
                "account.created", actor=SYSTEM, object=world.stranger.membership.ref, after={"profile": "utilisateur"}
            )
            Absence.objects.create(
                establishment=self.old,
                absent=world.stranger.membership,
                absent_name="Inès Moreau",
                receiver=self.double.membership,
                starts_on=clock.today(),
                ends_on=clock.today() + datetime.timedelta(days=9),
                created_at=clock.now(),
                created_by=world.stranger.membership.ref,
            )
            self.delegation = self.delegated(self.old)

    def delegated(self, giver: Establishment) -> Delegation:
        made = Delegation.objects.create(
            establishment=giver,
            organisation=self.centre,
            starts_on=FIRST_DAY,
            ends_on=clock.today() + datetime.timedelta(days=200),
            reason="Retraites",
            proposed_side="establishment",
            proposed_at=clock.now(),
            proposed_by=self.world.stranger.membership.ref,
            proposed_name="Inès Moreau",
            accepted_at=clock.now(),
        )
        DelegationService.objects.create(
            establishment=giver, organisation=self.centre, delegation=made, service="contrats", level=Level.READ
        )
        return made


@contextmanager
def office(person: Person, place: int = 0) -> Iterator[AdviserStanding]:
    who = adviser_of(person.pk)
    assert who is not None
    with tenancy.scope(person=person.pk, establishment=place, role=tenancy.ADVISER, funds=who.funds):
        yield who


def prepared(merger: Merger, **more: Any) -> Succession:
    said = {"old_siret": merger.old.siret, "new_siret": merger.new.siret, "on": FIRST_DAY, **more}
    with office(merger.world.advisers["first"]) as who:
        return actions.prepare(who=who, cause="commune", reason="Arrêté du 1er octobre", **said)


def asked(merger: Merger) -> tuple[Succession, SensitiveAct]:
    made = prepared(merger)
    with office(merger.world.advisers["first"]) as who:
        return made, actions.ask(who=who, ref=made.ref)


def carried_out(merger: Merger) -> Succession:
    made, act = asked(merger)
    with office(merger.world.advisers["second"]) as who:
        four_eyes.approve(who=who, act_id=act.pk, note="Arrêté lu")
    made.refresh_from_db()
    return made


def plain(html: str) -> str:
    """What is read, with plain spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def account(one: Someone) -> Membership:
    return Membership.objects.get(pk=one.account_id)


def rights(one: Someone) -> dict[str, int]:
    return dict(Right.objects.filter(membership=one.account_id).values_list("service", "level"))
