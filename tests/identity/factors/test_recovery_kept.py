"""Recovery codes at rest: as passwords are, and each opens once."""

from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher

from parvis.ground import tenancy
from parvis.identity.factors import recovery
from parvis.identity.models import RecoveryCode
from tests.world import World


def kept(person: int) -> list[RecoveryCode]:
    with tenancy.scope(person=person, role=tenancy.PERSON):
        return list(RecoveryCode.objects.filter(person_id=person).order_by("id"))


def test_codes_are_kept_under_the_passwords_hash_with_a_salt_each(world: World, settings: Any) -> None:
    person = world.user.person.pk
    codes = recovery.make(person, browser="Firefox")
    rows = kept(person)
    assert len(set(codes)) == len(rows) == settings.PARVIS_RECOVERY_CODES
    assert {identify_hasher(row.hash).algorithm for row in rows} == {"md5"}  # the tests' own, in place of Argon2id
    assert len({row.hash.split("$")[1] for row in rows}) == len(rows)
    assert {row.selector for row in rows} == {code[:3] for code in codes}
    assert not any(code[3:] in row.hash for code in codes for row in rows)


def test_a_code_opens_once_and_new_ones_kill_the_old(world: World) -> None:
    person = world.user.person.pk
    first, second, *_ = recovery.make(person, browser="Firefox")
    assert recovery.use(person, first, browser="Firefox").right
    again = recovery.use(person, first, browser="Firefox")
    assert (again.right, again.left) == (False, 9)
    recovery.make(person, browser="Firefox")
    assert not recovery.use(person, second, browser="Firefox").right


@pytest.mark.parametrize(
    "change", [lambda code: code[:-1] + ("2" if code[-1] != "2" else "3"), lambda code: code[::-1]]
)
def test_a_code_that_resembles_opens_nothing(change: Any, world: World) -> None:
    person = world.user.person.pk
    code = recovery.make(person, browser="Firefox")[0]
    if change(code) != code:
        assert not recovery.use(person, change(code), browser="Firefox").right
    assert recovery.use(person, code, browser="Firefox").right


def test_the_code_of_another_person_opens_nothing(world: World) -> None:
    code = recovery.make(world.reader.person.pk, browser="Firefox")[0]
    recovery.make(world.user.person.pk, browser="Firefox")
    assert not recovery.use(world.user.person.pk, code, browser="Firefox").right
