"""Wrong identifiers."""

import datetime

import pytest

from parvis.access.models import Membership, Profile
from parvis.ground import clock, tenancy
from parvis.ground.identifiers.account import grouped
from parvis.identity.views.sign_in import WRONG
from parvis.post.models import Message
from parvis.post.registry import LETTERS
from tests.access.first_link.hands import (
    as_known,
    as_new,
    events_of,
    fresh,
    invite,
    link_of,
    mistyped,
    post,
    untouched,
)
from tests.invitations import FRESH, Invited
from tests.plugins.html import ReadingClient
from tests.world import World


def test_each_wrong_identifier_counts_mistyped_ones_as_well_and_what_is_left_is_told(
    invited: Invited, client: ReadingClient
) -> None:
    typed = [invited.other_code, mistyped(invited.code), "4RRJ", "0000-0000"]
    for number, (code, left) in enumerate(
        zip(typed, ["4 essais", "3 essais", "2 essais", "1 essai"], strict=True), start=1
    ):
        page = as_new(client, invited, code).content.decode()
        assert f"Il vous reste {left}." in page.replace("\u00a0", " "), code
        assert f'value="{code}"' in page
        assert FRESH not in page
        assert link_of(invited).tries == number
    assert untouched(invited)
    assert as_new(client, invited).status_code == 302


@pytest.mark.parametrize("way", ["new", "known"])
def test_the_fifth_wrong_identifier_kills_the_link_and_every_active_administrator_is_told(
    way: str, world: World, invited: Invited, client: ReadingClient
) -> None:
    # Not these: one has left, one is closed, one waits for a password.
    today = clock.today()
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.reader.account_id).update(
            profile=Profile.ADMINISTRATOR, ends_on=today - datetime.timedelta(days=1)
        )
        Membership.objects.filter(pk=world.user.account_id).update(
            profile=Profile.ADMINISTRATOR, deactivated_at=clock.now()
        )
    invite(world, email="attend@annecy.example", profile=Profile.ADMINISTRATOR.value)
    for _ in range(4):
        post(way, client, invited, invited.other_code, world)
    assert link_of(invited).killed_at is None
    answer = post(way, client, invited, invited.other_code, world)
    assert answer.status_code == 410
    page = answer.content.decode()
    assert "<h1>Ce lien est annulé</h1>" in page
    assert link_of(invited).killed_at is not None
    assert events_of(invited) == ["link.wrong_identifier"] * 5 + ["link.killed"]
    with tenancy.scope(establishment=world.here.pk):
        queued = list(Message.objects.filter(kind="access.link_killed").order_by("id"))
        letters = [LETTERS[message.kind].write(message) for message in queued]
    told = sorted(made.to for made in letters if made)
    assert told == sorted([world.administrator.membership.email, world.second.membership.email])
    assert all(set(message.detail) == {"to"} for message in queued)
    # The right identifier comes too late.
    assert as_new(client, invited).status_code == 410
    assert fresh(invited).person_id is None
    with tenancy.scope(establishment=world.here.pk):
        assert Message.objects.filter(kind="access.link_killed").count() == 2


def test_a_wrong_identifier_with_an_invalid_password_counts_once(invited: Invited, client: ReadingClient) -> None:
    page = as_new(client, invited, invited.other_code, "court").content.decode()
    assert link_of(invited).tries == 1
    assert "Il vous reste 4" in page
    assert "Ce mot de passe est trop court" in page


def test_a_wrong_identifier_with_a_wrong_sign_in_counts_once(
    world: World, invited: Invited, client: ReadingClient
) -> None:
    page = as_known(client, invited, invited.other_code, login=world.stranger.identifier, password="mauvais")
    assert link_of(invited).tries == 1
    assert WRONG in page.content.decode()


@pytest.mark.parametrize(
    "password", ["court", "", "administrator", "Zoé Blanc 2026", "blanc zoe annecy", "zoe.blanc@annecy", "Annecy2026!!"]
)
def test_the_right_identifier_with_an_invalid_password_does_not_count_and_stays_typed(
    password: str, invited: Invited, client: ReadingClient
) -> None:
    typed = grouped(invited.code).lower()
    answer = as_new(client, invited, typed, password)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'value="{typed}"' in page
    assert link_of(invited).tries == 0
    assert untouched(invited)
    assert 'href="#id_password"' in page
    assert as_new(client, invited).status_code == 302


def test_an_empty_identifier_is_asked_for_and_does_not_count(invited: Invited, client: ReadingClient) -> None:
    answer = client.post(invited.where, {"way": "new", "identifier": " ", "password": FRESH})
    assert "Saisissez l’identifiant qui vous a été remis." in answer.content.decode()
    assert link_of(invited).tries == 0


@pytest.mark.parametrize("way", ["", "admin", "new known"])
def test_a_forged_way_opens_nothing_but_the_way_of_the_address(
    way: str, world: World, invited: Invited, client: ReadingClient
) -> None:
    answer = client.post(f"{invited.where}?compte=deja", {"way": way, "identifier": invited.code, "password": FRESH})
    assert answer.status_code == 200
    assert untouched(invited)
