"""Links that open nothing any more."""

import datetime
from collections.abc import Callable

import pytest
from django.conf import settings as django_settings

from parvis.access.actions.changes import change_coordinates
from parvis.access.actions.creation import Coordinates
from parvis.access.actions.lifecycle import deactivate
from parvis.access.actions.links import send_again
from parvis.access.models import Link, Membership
from parvis.ground import clock, tenancy
from parvis.identity.models import Email
from tests.access.first_link.hands import (
    TITLES,
    _administrator,
    as_new,
    fresh,
    link_of,
    sent,
    who,
)
from tests.invitations import FRESH, Invited, token_in
from tests.plugins.html import ReadingClient
from tests.world import World


@pytest.mark.parametrize("state", TITLES)
def test_a_link_that_opens_nothing_any_more_says_why_and_changes_nothing(
    state: str, world: World, invited: Invited, spoil: Callable[[str, Invited], str], client: ReadingClient
) -> None:
    assert client.get(invited.where).status_code == 200
    where = spoil(state, invited)
    with tenancy.scope(establishment=world.here.pk):
        before = list(Membership.objects.filter(pk=invited.account.pk).values())
        tries = list(Link.objects.filter(membership_id=invited.account.pk).values())
    data = {"way": "new", "identifier": invited.code, "password": FRESH}
    for answer in (
        client.get(where),
        client.post(where, data),
        client.post(where, {**data, "identifier": invited.other_code}),
    ):
        assert answer.status_code == (404 if state in ("unknown", "deleted") else 410)
        page = answer.content.decode()
        assert f"<h1>{TITLES[state]}</h1>" in page
        assert "<form" not in page.split("<main")[1].split("</main")[0]
        assert ("Annecy" in page.split("<main")[1]) is (state not in ("unknown", "deleted"))
    assert client.head(where).status_code == (404 if state in ("unknown", "deleted") else 410)
    with tenancy.scope(establishment=world.here.pk):
        assert list(Membership.objects.filter(pk=invited.account.pk).values()) == before
        assert list(Link.objects.filter(membership_id=invited.account.pk).values()) == tries
    assert who(client) is None


@pytest.mark.parametrize("token", ["x", "x" * 43, "x" * 3000, "%00", "é€", "..", "' OR 1=1 --"])
def test_a_mangled_link_says_that_it_is_not_complete(token: str, client: ReadingClient, db: None) -> None:
    answer = client.get(f"/premiere-connexion/{token}/")
    assert answer.status_code == 404


def test_a_link_serves_until_its_fifteenth_day_and_no_longer(
    invited: Invited, client: ReadingClient, later: Callable[[datetime.timedelta], object]
) -> None:
    assert datetime.timedelta(days=15) == django_settings.PARVIS_INVITATION_VALIDITY
    later(datetime.timedelta(days=15, minutes=-2))
    assert client.get(invited.where).status_code == 200
    later(datetime.timedelta(minutes=3))
    assert client.get(invited.where).status_code == 410


@pytest.mark.parametrize("state", ["expired", "killed", "superseded"])
def test_a_new_link_after_one_that_died_opens_the_same_account_with_the_same_identifier(
    state: str, world: World, invited: Invited, spoil: Callable[[str, Invited], str], client: ReadingClient
) -> None:
    spoil(state, invited)
    _administrator(world, lambda who: send_again(who=who, account_id=invited.account.pk))
    again = Invited(invited.account, token_in(sent(invited.account).text))
    assert client.get(invited.where).status_code == 410
    assert link_of(again).tries == 0
    assert as_new(client, again).status_code == 302


def test_a_closed_account_that_is_opened_again_keeps_its_link(
    world: World, invited: Invited, client: ReadingClient
) -> None:
    from parvis.access.actions.lifecycle import reactivate

    _administrator(world, lambda who: deactivate(who=who, account_id=invited.account.pk))
    assert client.get(invited.where).status_code == 410
    _administrator(world, lambda who: reactivate(who=who, account_id=invited.account.pk))
    assert as_new(client, invited).status_code == 302


def test_the_fifteen_days_begin_when_the_email_leaves(
    world: World, invited: Invited, later: Callable[[datetime.timedelta], object]
) -> None:
    """It waited for three weeks: whoever receives it has their fifteen days."""
    later(datetime.timedelta(days=21))
    made = sent(invited.account)
    left = link_of(invited).expires_at - clock.now()
    assert datetime.timedelta(days=14, hours=23) < left <= datetime.timedelta(days=15)
    assert ReadingClient().get(f"/premiere-connexion/{token_in(made.text)}/").status_code == 200


def test_a_corrected_email_gets_the_link_and_the_old_address_loses_it(
    world: World, invited: Invited, client: ReadingClient
) -> None:
    account = fresh(invited)
    values = {name: getattr(account, name) for name in Coordinates.__dataclass_fields__}
    corrected = Coordinates(**{**values, "email": "z.blanc@annecy.example"})
    _administrator(world, lambda who: change_coordinates(who=who, account_id=account.pk, coordinates=corrected))
    made = sent(account)
    assert made.to == "z.blanc@annecy.example"
    assert client.get(invited.where).status_code == 410
    again = Invited(account, token_in(made.text))
    assert as_new(client, again).status_code == 302
    with tenancy.scope(person=fresh(again).person_id or 0, role=tenancy.PERSON):
        assert list(Email.objects.values_list("address", flat=True)) == ["z.blanc@annecy.example"]
