"""A centre de gestion declares for a commune, within its delegation; the one search finds agents by name alone."""

import pytest

from parvis.access.delegation.actions import end
from parvis.access.finding import SOURCES
from parvis.access.levels import Level
from parvis.access.models import Assignment, Right
from parvis.access.standing import standing
from parvis.agents.models import Affiliation
from parvis.ground import clock, tenancy
from parvis.journal.actions import DELEGATE
from parvis.journal.models import Event
from tests.access.delegation.hands import accepted, acting
from tests.services.affiliations.conftest import number
from tests.services.affiliations.test_pages import AGENT, POST
from tests.world import HERE, Profile, establishment, someone

BASE = f"/etablissements/{HERE}/services/agents/"


@pytest.fixture(autouse=True)
def owned(as_owner):
    """What the test makes is made by the owner; each request narrows to its own role."""


def test_a_delegate_declares_on_the_employer_s_behalf(world, signed_in):
    centre = establishment("28740006900018", "Centre de gestion d’essai", ("cnracl",))
    centre.acts_for_others = True
    centre.save(update_fields=["acts_for_others"])
    chief, agent = someone(centre, "Sophie", "Roche", Profile.ADMINISTRATOR), someone(centre, "Hugo", "Blanc")
    Assignment.objects.create(
        establishment=centre, client=world.here, membership=agent.membership, level=Level.WRITE,
        granted_at=clock.now(), granted_by=chief.membership.ref,
    )  # fmt: skip
    browser = signed_in(agent)
    assert browser.get(BASE).status_code == 404
    given = accepted(world.administrator, chief, services={"agents": Level.READ})
    assert browser.get(BASE).status_code == 200
    assert browser.post(BASE + "affilier/", AGENT).status_code == 403
    acting(world.administrator, lambda here: end(who=here, ref=given.ref, reason="Une autre la remplace."))
    assert browser.get(BASE).status_code == 404
    accepted(world.administrator, chief, services={"agents": Level.WRITE})
    where = browser.post(BASE + "affilier/", AGENT)["Location"]
    check = browser.post(where, POST)["Location"]
    assert browser.post(check).status_code == 302
    event = Event.objects.get(kind="affiliation.declared", establishment_id=world.here.pk)
    assert (event.origin, event.establishment_id) == (DELEGATE, world.here.pk)
    assert Affiliation.objects.filter(establishment=world.here, scheme="cnracl").count() == 1


def test_the_search_finds_by_name_or_whole_nir_for_whoever_may_read(world, signed_in):
    Right.objects.create(
        establishment=world.here, membership=world.user.membership, service="agents", level=Level.WRITE,
        granted_at=clock.now(),
    )  # fmt: skip
    where = signed_in(world.user).post(BASE + "affilier/", AGENT)["Location"]
    check = signed_in(world.user).post(where, POST)["Location"]
    assert signed_in(world.user).post(check).status_code == 302
    for someone_, typed, found in (
        (world.user, "lefevre kerbrat", 1),
        (world.user, "Bonefoy", 1),
        (world.user, number(), 1),
        (world.user, number()[:10], 0),
        (world.reader, "lefevre kerbrat", 0),
        (world.reader, number(), 0),
    ):
        with tenancy.scope(person=someone_.person.pk, establishment=world.here.pk):
            who = standing(someone_.person.pk, world.here.pk)
            assert who is not None
            hits = SOURCES["agents"].find(who, typed, 5)
        assert len(hits) == found, typed
        assert not any(number() in hit.title + hit.text + hit.href for hit in hits)
