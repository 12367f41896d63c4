"""The situations of the tests of this folder."""

from collections.abc import Iterator
from typing import Any

import pytest

from parvis.access.actions import links
from parvis.access.levels import Level
from parvis.access.models import Profile, Proposal
from parvis.ground import tenancy
from tests.access.changes.hands import SignedIn, alter, path, typed
from tests.world import Someone, World, someone


@pytest.fixture
def alone(world: World) -> World:
    """Claire is the only administrator."""
    alter(world.second, profile=Profile.USER)
    return world


@pytest.fixture
def waiting(as_owner: object, world: World) -> Someone:
    """A colleague who waits for a password, with a link sent."""
    made = someone(world.here, "Zoé", "Blanc", confirmed=False)
    with tenancy.scope(establishment=world.here.pk):
        links.issue(made.membership)
    return made


@pytest.fixture
def proposed(world: World, signed_in: SignedIn) -> Proposal:
    """Claire corrects the e-mail and the telephone of Léa, who signs in already."""
    answer = signed_in(world.administrator).post(
        path(world, world.user, "modifier/"),
        typed(world.user, email="lea.juste@annecy.example", phone="04 50 33 88 88", function="Paie"),
    )
    assert answer.status_code == 302
    with tenancy.scope(establishment=world.here.pk):
        return Proposal.objects.get(membership=world.user.membership)


@pytest.fixture
def leaving(as_owner: Any, world: World) -> Iterator[Someone]:
    """A colleague with one account, signed in somewhere, with a link to choose a new password."""
    made = someone(world.here, "Noé", "Vidal", rights={"contrats": Level.READ})
    with as_owner.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_link (person_id, email_id, purpose, asked_at, expires_at) "
            "SELECT person_id, id, 'password', now(), now() FROM identity_email WHERE person_id = %s RETURNING id",
            [made.person.pk],
        )
        link = cursor.fetchone()[0]
        cursor.execute("INSERT INTO identity_linktoken VALUES ('noe', %s, %s)", [link, made.person.pk])
    yield made
