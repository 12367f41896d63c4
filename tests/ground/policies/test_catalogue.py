"""The catalogue · The scope itself."""

import importlib
import importlib.util
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.migrations import RunSQL

from parvis.backoffice.search.crossings import KEPT_PLANS
from parvis.ground import tenancy
from parvis.ground.database.policies import GLOBAL_TABLES, PUBLIC_TABLES
from parvis.ground.retention import KEPT, Sweep
from tests.ground.policies.hands import (
    DEFINERS,
    POLICIES,
    ROLES,
    TABLES,
    TRIGGERS,
    ask,
    denied,
    rows,
)
from tests.world import World


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
    wide = {
        (table, roles[0])
        for table, _, _, roles, _, using, _ in rows(owner, POLICIES)
        if using == "true" and table not in PUBLIC_TABLES
    }
    assert {role for _, role in wide} == {"parvis_owner", "parvis_retention"}
    # What it may do there, and which columns it reads: tests/journal/test_kept.py.
    sweeps = [kind for kind in KEPT.values() if isinstance(kind.ends, Sweep)]
    swept = {kind.table for kind in sweeps} | {table for kind in sweeps for table, _ in kind.ends.children}
    governed = {table for table, role in wide if role == "parvis_retention"}
    assert governed == (swept | {"journal_event"}) - set(GLOBAL_TABLES)


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


def test_application_becomes_person_portfolio_and_adviser_and_nobody_else(owner: psycopg.Connection[Any]) -> None:
    found = rows(
        owner,
        "SELECT o.rolname::text FROM pg_roles r, pg_roles o WHERE r.rolname = 'parvis_app' AND o.oid <> r.oid "
        "AND pg_has_role(r.oid, o.oid, 'MEMBER') ORDER BY 1",
    )
    assert found == [("parvis_adviser",), ("parvis_person",), ("parvis_portfolio",)]


def every_crossing() -> Iterator[RunSQL]:
    """The lists of every package's `crossings.py`, in the order in which they are written."""
    for package in (
        "post",
        "identity",
        "establishments",
        "advisers",
        "access",
        "notices",
        "exchanges",
        "obligations",
        "agents",
        "inbox",
        "registration",
        "recovery",
        "dossiers",
        "backoffice",
    ):
        if importlib.util.find_spec(f"parvis.{package}.crossings"):
            module = importlib.import_module(f"parvis.{package}.crossings")
            for name, listed in vars(module).items():
                if name.endswith("CROSSINGS"):
                    yield from listed


def test_every_definer_function_is_a_declared_crossing_and_conversely(owner: psycopg.Connection[Any]) -> None:
    declared: dict[str, set[str]] = {}
    of_triggers = {name for (name,) in rows(owner, TRIGGERS)}
    for crossing in every_crossing():
        create, _, grant = crossing.sql
        name = re.match(r"CREATE OR REPLACE FUNCTION (\w+)\(", create)
        assert name is not None
        if " RETURNS trigger" in create:
            # Nobody calls it, and a trigger does.
            assert name[1] in of_triggers, name[1]
            continue
        declared[name[1]] = set(grant.rsplit(" TO ", 1)[1].split(", "))
    found = {name: (config, everybody, set(roles)) for name, config, everybody, roles in rows(owner, DEFINERS)}
    assert set(found) == set(declared)
    for name, (config, everybody, roles) in found.items():
        planned = KEPT_PLANS if name.startswith("backoffice_find_") else ()
        assert config == ["search_path=public, pg_temp", *planned], name
        assert not everybody, name
        assert roles == declared[name], name


def test_nobody_but_the_owner_may_create_in_the_schema(owner: psycopg.Connection[Any]) -> None:
    for role in ("public", "parvis_app", "parvis_person", "parvis_portfolio", "parvis_adviser", "parvis_retention"):
        assert not rows(owner, "SELECT has_schema_privilege(%s, 'public', 'CREATE')", role)[0][0], role


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
