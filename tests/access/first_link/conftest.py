"""The situations of the tests of this folder."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from parvis.access.actions.lifecycle import deactivate, delete
from parvis.access.actions.links import send_again
from parvis.access.models import Membership
from parvis.ground import clock, tenancy
from tests.access.first_link.hands import (
    _administrator,
    as_new,
    invite,
)
from tests.invitations import Invited
from tests.plugins.html import ReadingClient
from tests.world import World


@pytest.fixture
def invited(world: World) -> Invited:
    return invite(world)


@pytest.fixture
def later(settings: Any, tmp_path: Path) -> Callable[[datetime.timedelta], object]:
    """Move the clock, one of this test's own."""
    settings.PARVIS_CLOCK_FILE = tmp_path / "clock"
    return clock.move


@pytest.fixture
def spoil(world: World, later: Callable[[datetime.timedelta], object]) -> Callable[[str, Invited], str]:
    """Bring a link into a state; returns the address to try."""

    def act(state: str, invited: Invited) -> str:
        number = invited.account.pk
        if state == "expired":
            later(django_settings.PARVIS_INVITATION_VALIDITY + datetime.timedelta(seconds=1))
        elif state == "used":
            assert as_new(ReadingClient(), invited).status_code == 302
        elif state == "superseded":
            _administrator(world, lambda who: send_again(who=who, account_id=number))
        elif state == "killed":
            for _ in range(5):
                as_new(ReadingClient(), invited, invited.other_code)
        elif state == "closed":
            _administrator(world, lambda who: deactivate(who=who, account_id=number))
        elif state == "ended":
            with tenancy.scope(establishment=world.here.pk):
                Membership.objects.filter(pk=number).update(ends_on=clock.today() - datetime.timedelta(days=1))
        elif state == "deleted":
            _administrator(world, lambda who: delete(who=who, account_id=number))
        elif state == "unknown":
            return f"{invited.where[:-2]}{'y' if invited.where[-2] == 'x' else 'x'}/"
        return invited.where

    return act
