"""What a stranger learns of others' accounts at providers, and of what was spent: nothing."""

import datetime
from typing import Any

import pytest
from django.db import connection

from parvis.ground import clock, tenancy
from parvis.identity.models import ProviderAccount, Spent
from parvis.identity.providers import actions
from parvis.journal.retention import erase
from tests.ground.policies.hands import ask, denied
from tests.identity.providers.hands import SLUG, link
from tests.world import World


def test_a_stranger_reads_writes_and_deletes_nobody_elses_account(world: World) -> None:
    row = link(world.user)
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert not ProviderAccount.objects.exists()
        assert ProviderAccount.objects.filter(pk=row.pk).update(subject="volé") == 0
        assert ProviderAccount.objects.filter(pk=row.pk).delete()[0] == 0
        with denied("row-level security"):
            ask(
                "INSERT INTO identity_provideraccount (person_id, provider, subject, added_at) "
                "VALUES (%s, 'x', 'y', now())",
                world.user.person.pk,
            )
    with tenancy.scope(establishment=world.here.pk), denied("permission denied"):
        ask("SELECT * FROM identity_provideraccount")


@pytest.mark.parametrize(
    ("slug", "subject"),
    [(SLUG, "COMPTE-DE-LEA"), (SLUG, "compte-de-le%"), ("autre", "compte-de-lea"), ("", ""), (SLUG, "")],
)
def test_an_account_is_found_by_provider_and_subject_to_the_letter(slug: str, subject: str, world: World) -> None:
    link(world.user)
    assert actions.owner_of(SLUG, "compte-de-lea") == world.user.person.pk
    assert actions.owner_of(slug, subject) == 0


def test_what_was_spent_is_read_by_nobody(world: World) -> None:
    assert actions.spend("une valeur", until=clock.now())
    for scope in ({"establishment": world.here.pk}, {"person": world.user.person.pk, "role": tenancy.PERSON}):
        with tenancy.scope(**scope), denied("permission denied"):  # type: ignore[arg-type]
            ask("SELECT * FROM identity_spent")
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON), denied("permission denied"):
        ask("SELECT identity_spend('x', now())")


def test_a_value_serves_once_whatever_the_case_of_others(world: World) -> None:
    until = clock.now()
    assert [actions.spend(value, until=until) for value in ("a", "a", "A", "b", "a")] == [
        True,
        False,
        True,
        True,
        False,
    ]


def test_what_was_spent_is_forgotten_once_it_could_serve_no_more(as_owner: Any) -> None:
    day = datetime.timedelta(days=1)
    with connection.cursor() as cursor:
        for name, until in (("past", clock.now() - day), ("to come", clock.now() + day)):
            cursor.execute("SELECT identity_spend(%s, %s)", [name, until])
    assert erase("identity.spent") >= 1
    assert list(Spent.objects.filter(hash__in=["past", "to come"]).values_list("hash", flat=True)) == ["to come"]
