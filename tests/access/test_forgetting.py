"""A person is erased whole with their last account: no table that knows a person is forgotten."""

import re
from typing import Any

import psycopg

from parvis.access.crossings import _OF_PERSON
from parvis.ground import clock, tenancy
from parvis.identity.models import Browser, Code, Passkey, Person, PhoneFactor, RecoveryCode, Totp
from tests.world import Someone, World

POINTING = """
-- Those that go with their person by themselves (ON DELETE CASCADE), or let them go (SET NULL), need nobody.
SELECT DISTINCT c.conrelid::regclass::text FROM pg_constraint c
WHERE c.contype = 'f' AND c.confrelid = 'identity_person'::regclass AND c.confdeltype NOT IN ('c', 'n')
UNION SELECT table_name FROM information_schema.columns
WHERE table_name LIKE 'identity\\_%' AND column_name = 'person_id'
"""


def test_every_table_that_knows_a_person_is_emptied(owner: psycopg.Connection[Any]) -> None:
    pointing = {name for (name,) in owner.execute(POINTING).fetchall()}
    emptied = {table for table, _ in _OF_PERSON}
    # Accounts and what hangs on them are the establishment's: the person goes once none is left.
    theirs = {name for name in pointing if name.startswith("access_")}
    assert pointing - theirs <= emptied
    assert {"identity_counter", "identity_person"} <= emptied


def test_those_that_others_point_to_come_last(owner: psycopg.Connection[Any]) -> None:
    order = [table for table, _ in _OF_PERSON]
    pairs = owner.execute(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
    ).fetchall()
    for pointing, pointed in pairs:
        if pointing in order and pointed in order and pointing != pointed:
            assert order.index(pointing) < order.index(pointed), (pointing, pointed)
    assert all(re.fullmatch(r"[a-z_]+", table) for table in order)


def _give_everything(who: Someone) -> None:
    now = clock.now()
    person = who.person.pk
    with tenancy.scope(person=person, role=tenancy.PERSON):
        factor = PhoneFactor.objects.create(person_id=person, number="+33639980001", channel="sms", added_at=now)
        Code.objects.create(
            person_id=person, factor=factor, purpose="answer", number=factor.number, channel="sms", asked_at=now,
            expires_at=now,
        )  # fmt: skip
        Passkey.objects.create(person_id=person, credential="x" * 20, public_key=b"x", name="Poste", added_at=now)
        RecoveryCode.objects.create(person_id=person, selector="xxx", hash="x" * 64, made_at=now)
        Browser.objects.create(person_id=person, hash="x" * 64, first_seen_at=now, last_seen_at=now)


def test_the_last_account_deleted_takes_factors_and_browsers_with_it(
    world: World, signed_in: Any, owner: psycopg.Connection[Any]
) -> None:
    _give_everything(world.user)
    person = world.user.person.pk
    answer = signed_in(world.administrator).post(
        f"/etablissements/{world.here.siret}/comptes/{world.user.account_id}/supprimer/"
    )
    assert answer.status_code == 302
    with tenancy.scope(person=person, role=tenancy.PERSON):
        for model in (Totp, PhoneFactor, Code, Passkey, RecoveryCode, Browser):
            assert not model.objects.filter(person_id=person).exists(), model
        assert not Person.objects.filter(pk=person).exists()
