"""A scope forgotten, and a scope in force."""

from typing import Any

import psycopg
import pytest

from parvis.ground import tenancy
from parvis.ground.database.policies import GLOBAL_TABLES, PUBLIC_TABLES
from tests.ground.policies.hands import TABLES, ask, denied, may, protected, rows, tables_with
from tests.world import World


def test_a_forgotten_scope_sees_nothing_and_raises_nothing(world: World, owner: psycopg.Connection[Any]) -> None:
    tried = 0
    for table in set(protected(owner)) - set(PUBLIC_TABLES):
        if may(owner, "parvis_app", table, "SELECT"):
            tried += 1
            assert ask(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert tried > 10
    with tenancy.scope(role=tenancy.PERSON):
        for table in set(protected(owner)) - set(PUBLIC_TABLES):
            if may(owner, "parvis_person", table, "SELECT"):
                assert ask(f"SELECT count(*) FROM {table}") == [(0,)], table


def test_a_forgotten_scope_writes_nothing(world: World) -> None:
    assert ask("UPDATE access_membership SET function = 'x' RETURNING id") == []
    assert ask("DELETE FROM access_right RETURNING id") == []
    with denied("row-level security"):
        ask(
            "INSERT INTO journal_event (at, kind, establishment_id, before, after, origin) "
            "VALUES (now(), 'x', %s, '{}', '{}', 'web')",
            world.here.pk,
        )


def test_application_in_a_scope_sees_its_establishment_alone_in_every_table(
    world: World, owner: psycopg.Connection[Any]
) -> None:
    seen = []
    for table in tables_with(owner, "establishment_id"):
        if table in GLOBAL_TABLES or not may(owner, "parvis_app", table, "SELECT"):
            continue
        (everywhere,) = rows(
            owner, f"SELECT count(*) FILTER (WHERE establishment_id <> %s) FROM {table}", world.here.pk
        )[0]
        with tenancy.scope(establishment=world.here.pk):
            places = {place for (place,) in ask(f"SELECT DISTINCT establishment_id FROM {table}")}
        assert places <= {world.here.pk}, table
        if everywhere and places:
            seen.append(table)
    # Where both have rows the policy was really tried.
    assert {"access_membership", "establishments_contract", "journal_name"} <= set(seen)
    with tenancy.scope(establishment=world.here.pk):
        assert ask("SELECT id FROM establishments_establishment") == [(world.here.pk,)]


def test_application_in_a_scope_writes_no_row_of_another_establishment(world: World) -> None:
    there = world.stranger.account_id
    with tenancy.scope(establishment=world.here.pk):
        assert ask("UPDATE access_membership SET function = 'x' WHERE id = %s RETURNING id", there) == []
        assert ask("DELETE FROM access_membership WHERE id = %s RETURNING id", there) == []
        with denied("row-level security"):
            ask(
                "UPDATE access_membership SET establishment_id = %s WHERE id = %s",
                world.there.pk,
                world.user.account_id,
            )
        with denied("row-level security"):
            ask(
                "INSERT INTO access_right (establishment_id, membership_id, service, level, granted_at) "
                "VALUES (%s, %s, 'contrats', 1, now())",
                world.there.pk,
                there,
            )


def test_application_reads_and_writes_no_table_of_persons(world: World, owner: psycopg.Connection[Any]) -> None:
    persons = [name for name, *_ in rows(owner, TABLES) if name.startswith("identity_")]
    closed = [name for name in persons if name not in GLOBAL_TABLES]
    assert len(closed) >= 17
    with tenancy.scope(person=world.user.person.pk, establishment=world.here.pk):
        for table in (*closed, "identity_identifier"):
            with denied():
                ask(f"SELECT 1 FROM {table}")
            with denied():
                ask(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", ["journal_event", "journal_name"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET establishment_id = 0", "DELETE FROM {}", "TRUNCATE {}"])
def test_application_rewrites_no_journal(world: World, table: str, sql: str) -> None:
    for role in (tenancy.APP, tenancy.PERSON):
        with tenancy.scope(person=world.user.person.pk, establishment=world.here.pk, role=role), denied():
            ask(sql.format(table))


@pytest.mark.parametrize("role", ["parvis_owner", "parvis_retention", "postgres"])
def test_application_takes_no_other_role(world: World, role: str) -> None:
    with denied("permission denied to set role|does not exist"):
        ask(f"SET LOCAL ROLE {role}")
    with denied("permission denied to set role|does not exist"), tenancy.scope(role=role):
        pass
    with denied("permission denied"):
        ask(f"SET SESSION AUTHORIZATION {role}")


def test_person_sees_own_rows_alone(world: World, owner: psycopg.Connection[Any]) -> None:
    me = world.user.person.pk
    with tenancy.scope(person=me, role=tenancy.PERSON):
        assert ask("SELECT id FROM identity_person") == [(me,)]
        for table in tables_with(owner, "person_id"):
            if table not in GLOBAL_TABLES and may(owner, "parvis_person", table, "SELECT"):
                assert {who for (who,) in ask(f"SELECT person_id FROM {table}")} <= {me}, table
        assert ask("SELECT code FROM identity_credential") == [(world.user.identifier,)]
        assert ask("SELECT id FROM access_membership") == [(world.user.account_id,)]
        assert {who for (who,) in ask("SELECT membership_id FROM access_right")} == {world.user.account_id}
        assert ask("SELECT id FROM establishments_establishment") == [(world.here.pk,)]


def test_person_writes_neither_memberships_nor_rights_nor_other_persons(world: World) -> None:
    me = world.user.person.pk
    with tenancy.scope(person=me, establishment=world.here.pk, role=tenancy.PERSON):
        for sql in (
            "UPDATE access_membership SET profile = 'administrateur'",
            "DELETE FROM access_membership",
            "INSERT INTO access_membership (id) VALUES (1)",
            "UPDATE access_right SET level = 2",
            "INSERT INTO access_right (establishment_id) VALUES (1)",
            "DELETE FROM access_right",
            "UPDATE establishments_establishment SET name = 'x'",
            "SELECT 1 FROM access_link",
            "SELECT 1 FROM access_draft",
            "DELETE FROM identity_person",
        ):
            with denied():
                ask(sql)
        other = world.administrator.person.pk
        assert ask("UPDATE identity_person SET password = '!' WHERE id = %s RETURNING id", other) == []
        assert ask("UPDATE identity_email SET key = 'x' WHERE person_id = %s RETURNING id", other) == []
        with denied("row-level security"):
            ask("INSERT INTO identity_credential (person_id, code) VALUES (%s, 'AAAAAAAA')", other)
        with denied("row-level security"):
            ask("UPDATE identity_phone SET person_id = %s", other)


@pytest.mark.parametrize(
    "sql", ["UPDATE journal_event SET kind = 'x'", "DELETE FROM journal_event", "TRUNCATE journal_event"]
)
def test_owner_rewrites_no_event_either(world: World, owner: psycopg.Connection[Any], sql: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"), owner.transaction():
        owner.execute(
            "INSERT INTO journal_event (at, kind, before, after, origin) VALUES (now(), 'x', '{}', '{}', 'web')"
        )
        owner.execute(sql)


def test_retention_blanks_names_and_touches_nothing_else(world: World, owner: psycopg.Connection[Any]) -> None:
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL ROLE parvis_retention")
        for sql in (
            "DELETE FROM journal_name",
            "UPDATE journal_name SET ref = gen_random_uuid()",
            "UPDATE journal_event SET kind = 'x'",
            "SELECT 1 FROM access_membership",
            "SELECT 1 FROM identity_person",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), owner.transaction():
                owner.execute(sql)
        assert owner.execute("UPDATE journal_name SET name = '' WHERE name <> ''").rowcount > 0
