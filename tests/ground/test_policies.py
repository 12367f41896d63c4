"""Row-level security as the database itself tells it: its catalogue is read, every table and crossing is tried."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from parvis.access import crossings as access_crossings
from parvis.ground import clock, tenancy
from parvis.ground.database.policies import GLOBAL_TABLES
from parvis.identity import crossings as identity_crossings
from parvis.journal.models import Event
from tests.world import World

ROLES = {"parvis_app", "parvis_person", "parvis_owner", "parvis_retention"}
TABLES = """SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1"""
POLICIES = """SELECT c.relname, p.polname, p.polpermissive,
    ARRAY(SELECT r.rolname::text FROM pg_roles r WHERE r.oid = ANY (p.polroles)), 0 = ANY (p.polroles),
    coalesce(pg_get_expr(p.polqual, p.polrelid), ''), coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'public'::regnamespace"""
DEFINERS = """SELECT p.proname::text, p.proconfig, has_function_privilege('public', p.oid, 'EXECUTE'),
    ARRAY(SELECT r.rolname::text FROM pg_roles r, aclexplode(p.proacl) a
      WHERE a.grantee = r.oid AND a.privilege_type = 'EXECUTE' AND r.oid <> p.proowner ORDER BY 1)
  FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef"""


def rows(owner: psycopg.Connection[Any], sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return owner.execute(sql, values or None).fetchall()


def tables_with(owner: psycopg.Connection[Any], column: str) -> list[str]:
    found = rows(
        owner,
        "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace "
        "AND a.attname = %s AND NOT a.attisdropped ORDER BY 1",
        column,
    )
    return [name for (name,) in found]


def protected(owner: psycopg.Connection[Any]) -> list[str]:
    return [name for name, *_ in rows(owner, TABLES) if name not in GLOBAL_TABLES]


def may(owner: psycopg.Connection[Any], role: str, table: str, verb: str) -> bool:
    return bool(rows(owner, "SELECT has_any_column_privilege(%s, %s, %s)", role, table, verb)[0][0])


def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """As the application, through Django's own connection."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def denied(match: str = "permission denied") -> Iterator[None]:
    """What follows is refused by the database, and the test's transaction goes on."""
    with pytest.raises((DatabaseError, psycopg.Error), match=match), transaction.atomic():
        yield


# --- The catalogue --------------------------------------------------------------------------------------------------


def test_every_table_is_protected_or_stands_on_the_list_with_a_reason(owner: psycopg.Connection[Any]) -> None:
    found = rows(owner, TABLES)
    governed = {table for table, *_ in rows(owner, POLICIES)}
    open_ones = {name for name, enabled, forced in found if not (enabled and forced and name in governed)}
    assert open_ones == set(GLOBAL_TABLES)
    assert all(GLOBAL_TABLES.values())


def test_every_model_has_its_table_in_the_catalogue(owner: psycopg.Connection[Any]) -> None:
    known = {name for name, *_ in rows(owner, TABLES)}
    assert {model._meta.db_table for model in apps.get_models() if model._meta.managed} <= known


def test_every_policy_names_one_role_and_holds_no_or(owner: psycopg.Connection[Any]) -> None:
    for table, name, permissive, roles, everybody, using, check in rows(owner, POLICIES):
        assert len(roles) == 1 and not everybody, f"{table}.{name}: {roles}"
        assert set(roles) <= ROLES
        assert permissive
        for text in (using, check):
            assert not re.search(r"\bor\b", text, re.IGNORECASE), f"{table}.{name}: {text}"


def test_no_role_is_governed_by_two_policies_on_one_table(owner: psycopg.Connection[Any]) -> None:
    """Two permissive policies for one role would be an OR in disguise."""
    seen = [(table, roles[0]) for table, _, _, roles, *_ in rows(owner, POLICIES)]
    assert len(seen) == len(set(seen))


def test_only_the_owner_and_the_retention_role_have_a_policy_that_is_always_true(
    owner: psycopg.Connection[Any],
) -> None:
    wide = {(table, roles[0]) for table, _, _, roles, _, using, _ in rows(owner, POLICIES) if using == "true"}
    assert {role for _, role in wide} == {"parvis_owner", "parvis_retention"}
    assert {table for table, role in wide if role == "parvis_retention"} == {"journal_event", "journal_name"}


def test_roles_inherit_nothing_and_pass_by_no_policy(owner: psycopg.Connection[Any]) -> None:
    found = rows(
        owner,
        "SELECT rolname::text, rolinherit, rolbypassrls, rolsuper, rolcreaterole, rolcanlogin FROM pg_roles "
        "WHERE rolname LIKE 'parvis\\_%%' AND rolname = ANY (%s)",
        list(ROLES),
    )
    assert {name for name, *_ in found} == ROLES
    for name, inherits, bypasses, superuser, makes_roles, logs_in in found:
        assert not (inherits or bypasses or superuser or makes_roles), name
        assert logs_in == (name in {"parvis_app", "parvis_owner"})


def test_only_the_owner_owns_anything(owner: psycopg.Connection[Any]) -> None:
    owned = rows(
        owner,
        "SELECT r.rolname::text, count(*) FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid "
        "WHERE d.deptype = 'o' AND r.rolname LIKE 'parvis\\_%%' GROUP BY 1",
    )
    assert {name for name, _ in owned} == {"parvis_owner"}


def test_application_becomes_the_person_and_nobody_else(owner: psycopg.Connection[Any]) -> None:
    found = rows(
        owner,
        "SELECT o.rolname::text FROM pg_roles r, pg_roles o WHERE r.rolname = 'parvis_app' AND o.oid <> r.oid "
        "AND pg_has_role(r.oid, o.oid, 'MEMBER')",
    )
    assert found == [("parvis_person",)]


def test_every_definer_function_is_a_declared_crossing_and_conversely(owner: psycopg.Connection[Any]) -> None:
    declared: dict[str, set[str]] = {}
    for crossing in (*identity_crossings.CROSSINGS, *access_crossings.CROSSINGS):
        create, _, grant = crossing.sql
        name = re.match(r"CREATE OR REPLACE FUNCTION (\w+)\(", create)
        assert name is not None
        declared[name[1]] = set(grant.rsplit(" TO ", 1)[1].split(", "))
    found = {name: (config, everybody, set(roles)) for name, config, everybody, roles in rows(owner, DEFINERS)}
    assert set(found) == set(declared)
    for name, (config, everybody, roles) in found.items():
        assert config == ["search_path=public, pg_temp"], name
        assert not everybody, name
        assert roles == declared[name], name


def test_nobody_but_the_owner_may_create_in_the_schema(owner: psycopg.Connection[Any]) -> None:
    for role in ("public", "parvis_app", "parvis_person", "parvis_retention"):
        assert not rows(owner, "SELECT has_schema_privilege(%s, 'public', 'CREATE')", role)[0][0], role


# --- A scope forgotten, and a scope in force -----------------------------------------------------------------------


def test_a_forgotten_scope_sees_nothing_and_raises_nothing(world: World, owner: psycopg.Connection[Any]) -> None:
    tried = 0
    for table in protected(owner):
        if may(owner, "parvis_app", table, "SELECT"):
            tried += 1
            assert ask(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert tried > 10
    with tenancy.scope(role=tenancy.PERSON):
        for table in protected(owner):
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
    assert len(closed) == 6
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


# --- Crossings, each tried by a stranger ------------------------------------------------------------------------------


def test_stranger_enters_her_own_establishment_and_no_other(world: World) -> None:
    her = world.stranger.person.pk
    assert ask("SELECT access_enter(%s, %s)", her, world.there.siret) == [(world.there.pk,)]
    for siret in (world.here.siret, "99999999999999", ""):
        assert ask("SELECT access_enter(%s, %s)", her, siret) == [(None,)]
    assert ask("SELECT access_enter(0, %s)", world.here.siret) == [(None,)]


def test_stranger_learns_of_her_own_memberships_alone(world: World) -> None:
    assert ask("SELECT access_person_establishments(), access_person_memberships()") == [([], [])]
    with tenancy.scope(person=world.stranger.person.pk, establishment=world.here.pk, role=tenancy.PERSON):
        assert ask("SELECT access_person_establishments()") == [([world.there.pk],)]
        assert ask("SELECT access_person_memberships()") == [([world.stranger.account_id],)]


@pytest.mark.parametrize("function", ["access_link_by_token", "identity_link_by_token"])
@pytest.mark.parametrize("typed", ["", "%", "x" * 64, "' OR true --"])
def test_stranger_without_the_token_finds_no_link(world: World, function: str, typed: str) -> None:
    assert ask(f"SELECT * FROM {function}(%s)", typed) == []


def test_stranger_without_the_number_finds_no_person(world: World) -> None:
    assert ask("SELECT * FROM identity_person_by_id(0)") == []
    assert ask("SELECT * FROM identity_person_by_id(NULL)") == []


def test_stranger_without_identifier_or_verified_email_finds_nobody_to_sign_in(world: World) -> None:
    for code, email in (("", ""), (None, None), ("%", "%"), ("AAAAAAAA", "nobody@nowhere.example")):
        assert ask("SELECT * FROM identity_for_sign_in(%s, %s)", code, email) == []
        assert ask("SELECT * FROM identity_for_reset(%s, %s)", code, email) == []


def _take(person: int, address: str, *, verified: bool) -> None:
    with tenancy.scope(person=person, role=tenancy.PERSON):
        ask(
            "INSERT INTO identity_email (person_id, address, key, verified_at) VALUES (%s, %s, %s, %s)",
            person,
            address,
            address,
            clock.now() if verified else None,
        )


def test_stranger_who_declares_an_email_unverified_neither_signs_in_nor_bars_its_owner(world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        ((email,),) = ask("SELECT key FROM identity_email")
    _take(world.stranger.person.pk, email, verified=False)
    assert [row[0] for row in ask("SELECT * FROM identity_for_sign_in('', %s)", email)] == [world.user.person.pk]
    assert [row[0] for row in ask("SELECT * FROM identity_for_reset('', %s)", email)] == [world.user.person.pk]


def test_email_that_two_people_verified_signs_nobody_in_and_sends_to_both(world: World) -> None:
    both = {world.user.person.pk, world.reader.person.pk}
    for person in both:
        _take(person, "mairie@annecy.example", verified=True)
    assert ask("SELECT * FROM identity_for_sign_in('', 'mairie@annecy.example')") == []
    assert {row[0] for row in ask("SELECT * FROM identity_for_reset('', 'mairie@annecy.example')")} == both


def test_refused_sign_in_leaves_an_event_that_no_establishment_reads(world: World) -> None:
    ask("SELECT identity_note_refusal(%s, %s)", world.user.person.pk, clock.now())
    ask("SELECT identity_note_refusal(NULL, %s)", clock.now())
    for place in (world.here, world.there):
        with tenancy.scope(establishment=place.pk):
            assert not Event.objects.filter(kind="identity.sign_in_refused").exists()
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert not Event.objects.filter(kind="identity.sign_in_refused").exists()
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert Event.objects.filter(kind="identity.sign_in_refused").count() == 1


def test_stranger_erases_nobody_who_still_belongs_somewhere(world: World) -> None:
    with tenancy.scope(person=world.stranger.person.pk, establishment=world.there.pk):
        assert ask("SELECT access_forget_person(%s, %s)", world.user.person.pk, clock.now()) == [(False,)]
        ask(
            "SELECT access_withdraw(%s, %s, %s, %s)",
            world.user.identifier,
            world.user.person.pk,
            world.user.membership.email,
            world.user.membership.phone,
        )
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        for table in ("identity_person", "identity_credential", "identity_email", "identity_phone"):
            assert ask(f"SELECT count(*) FROM {table}") == [(1,)], table
        assert not Event.objects.filter(kind="identity.erased").exists()


def test_person_role_may_not_erase(world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        with denied():
            ask("SELECT access_forget_person(%s, now())", world.user.person.pk)
        with denied():
            ask(
                "SELECT access_withdraw(%s, %s, %s, %s)",
                world.user.identifier,
                world.user.person.pk,
                world.user.membership.email,
                world.user.membership.phone,
            )


# --- The scope itself -----------------------------------------------------------------------------------------------


def test_nested_scope_gives_the_outer_one_its_own_back(world: World) -> None:
    def seen() -> list[tuple[Any, ...]]:
        return ask(
            "SELECT current_user::text, current_setting('parvis.establishment'), current_setting('parvis.person')"
        )

    with tenancy.scope(person=1, establishment=2):
        outer = seen()
        assert outer == [("parvis_app", "2", "1")]
        with tenancy.scope(person=3, role=tenancy.PERSON):
            assert seen() == [("parvis_person", "0", "3")]
        assert seen() == outer
        with pytest.raises(tenancy.Refused), tenancy.scope(establishment=4):
            raise tenancy.Refused("no")
        assert seen() == outer
    assert seen() == [("parvis_app", "0", "0")]


def test_nested_scope_writes_nothing_where_the_outer_one_only_reads(world: World) -> None:
    with (
        tenancy.scope(establishment=world.here.pk, read_only=True),
        denied("read-only"),
        tenancy.scope(establishment=world.here.pk),
    ):
        ask("UPDATE access_membership SET function = 'x'")


def test_action_outside_of_any_scope_is_refused() -> None:
    @tenancy.action
    def write() -> None:
        raise AssertionError("it ran")

    with pytest.raises(RuntimeError, match="scope"):
        write()


def test_what_a_refused_action_wrote_is_undone(world: World) -> None:
    @tenancy.action
    def write() -> None:
        ask("UPDATE access_membership SET function = 'changed'")
        raise tenancy.Refused("no")

    with tenancy.scope(establishment=world.here.pk):
        with pytest.raises(tenancy.Refused):
            write()
        assert ask("SELECT count(*) FROM access_membership WHERE function = 'changed'") == [(0,)]


def test_invariants_hold_in_the_database_itself(world: World) -> None:
    who = world.user.account_id
    with tenancy.scope(establishment=world.here.pk):
        for sql in (
            "UPDATE access_membership SET profile = 'chef' WHERE id = %s",
            "UPDATE access_membership SET starts_on = '2026-02-02', ends_on = '2026-02-01' WHERE id = %s",
            "UPDATE access_membership SET person_id = NULL WHERE id = %s",
            "UPDATE access_right SET level = 3 WHERE membership_id = %s",
            "UPDATE access_right SET starts_on = '2026-02-02', ends_on = '2026-02-01' WHERE membership_id = %s",
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                ask(sql, who)


def test_settings_of_a_new_connection_are_zero_so_that_no_policy_raises(world: World) -> None:
    ask("RESET parvis.person")
    ask("RESET parvis.establishment")
    assert ask("SELECT current_setting('parvis.person'), current_setting('parvis.establishment')") == [("0", "0")]
