"""Crossings about second factors, each tried by a stranger."""

import pytest

from parvis.ground import clock, tenancy
from parvis.identity.models import Code, Passkey, PhoneFactor, RecoveryCode, Totp
from tests.ground.policies.hands import ask
from tests.identity.factors.hands import MOBILE, give_phone
from tests.world import World


@pytest.mark.parametrize("typed", ["", "%", "c", "x" * 1400, "' OR true --"])
def test_stranger_without_the_name_of_a_passkey_learns_nobody(typed: str, world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Passkey.objects.create(
            person_id=world.user.person.pk, credential="credential", public_key=b"", name="Clé", added_at=clock.now()
        )
    assert ask("SELECT * FROM identity_passkey(%s)", typed) == []
    assert ask("SELECT * FROM identity_passkey('credential')") == [(world.user.person.pk,)]


def test_stranger_learns_whether_a_number_serves_somebody_else_and_not_whom(world: World) -> None:
    give_phone(world.user, MOBILE)
    stranger, owner = world.stranger.person.pk, world.user.person.pk
    assert ask("SELECT identity_number_shared(%s, %s)", MOBILE, stranger) == [(True,)]
    assert ask("SELECT identity_number_shared(%s, %s)", MOBILE, owner) == [(False,)]
    assert ask("SELECT identity_number_shared(%s, %s)", "+33", stranger) == [(False,)]


def test_a_number_that_was_never_confirmed_serves_nobody(world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        PhoneFactor.objects.create(
            person_id=world.user.person.pk, number=MOBILE, channel="sms", added_at=clock.now(), confirmed_at=None
        )
    assert ask("SELECT identity_number_shared(%s, %s)", MOBILE, world.stranger.person.pk) == [(False,)]


@pytest.mark.parametrize("model", [Totp, Passkey, PhoneFactor, RecoveryCode, Code])
def test_nobody_sees_what_another_holds_nor_any_establishment(model: type, world: World) -> None:
    give_phone(world.user, MOBILE)
    rows = model.objects.filter(person_id=world.user.person.pk)  # type: ignore[attr-defined]
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert not rows.exists()
        assert rows.update(person_id=world.stranger.person.pk) == 0
