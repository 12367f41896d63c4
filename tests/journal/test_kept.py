"""What is kept of people, as declared: the whole database, the rights of the retention role, the documentation."""

import io
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command

from parvis.ground.retention import IMPERSONAL, KEPT, By, Kept, Sweep, With, register
from parvis.journal.kinds import KINDS
from parvis.journal.management.commands.retention import PROCESSINGS
from parvis.journal.retention import carry_out
from tests.ground.policies.hands import TABLES, rows

DOCS = Path(settings.PACKAGE).parent.parent / "docs" / "rgpd"
DJANGOS = {"auth_group", "auth_group_permissions", "auth_permission", "django_content_type", "django_migrations"}
SWEEPS = [kind for kind in KEPT.values() if isinstance(kind.ends, Sweep)]


def test_every_table_of_the_database_says_how_long_it_is_kept(owner: psycopg.Connection[Any]) -> None:
    declared = {kind.table for kind in KEPT.values()} | set(IMPERSONAL)
    assert {name for name, *_ in rows(owner, TABLES)} - DJANGOS == declared
    assert not {kind.table for kind in KEPT.values()} & set(IMPERSONAL)
    assert all(IMPERSONAL.values())


def test_a_table_with_a_column_that_names_people_is_never_called_impersonal(owner: psycopg.Connection[Any]) -> None:
    telling = rows(
        owner,
        "SELECT DISTINCT table_name::text FROM information_schema.columns WHERE table_schema = 'public' "
        "AND column_name ~ '(first_name|last_name|email|phone|person_id|membership_id)$'",
    )
    assert not {name for (name,) in telling} & set(IMPERSONAL)


def test_the_documentation_is_what_is_declared_with_every_type_of_event() -> None:
    said = io.StringIO()
    call_command("retention", stdout=said)
    assert (DOCS / "conservation.md").read_text() == said.getvalue(), (
        "run: parvis retention > docs/rgpd/conservation.md"
    )
    assert all(f"(`{code}`)" in said.getvalue() for code in KINDS)
    assert all(f"| `{kind.table}` |" in said.getvalue() for kind in KEPT.values())


def test_every_processing_named_stands_in_the_register() -> None:
    titles = set(re.findall(r"^## \d+\. (.+)$", (DOCS / "registre.md").read_text(), re.MULTILINE))
    assert {kind.processing for kind in KEPT.values()} <= set(PROCESSINGS)
    assert set(PROCESSINGS.values()) <= titles


@pytest.mark.parametrize("kind", SWEEPS, ids=lambda kind: kind.code)
def test_how_long_is_a_setting_that_exists(kind: Kept) -> None:
    assert isinstance(kind.ends, Sweep)
    assert not kind.ends.term or hasattr(settings, kind.ends.term)
    assert kind.ends.since and kind.data


def test_what_goes_with_another_row_is_held_by_a_foreign_key_or_says_by_which_act(
    owner: psycopg.Connection[Any],
) -> None:
    held = set(
        rows(
            owner,
            "SELECT c.conrelid::regclass::text, c.confrelid::regclass::text FROM pg_constraint c WHERE c.contype = 'f'",
        )
    )
    for kind in KEPT.values():
        if isinstance(kind.ends, With):
            assert kind.ends.act or (kind.table, kind.ends.table) in held, kind.code


def test_the_retention_role_may_erase_and_blank_what_is_declared_and_nothing_else(
    owner: psycopg.Connection[Any],
) -> None:
    erased, blanked = {"journal_event"}, set()
    for kind in SWEEPS:
        assert isinstance(kind.ends, Sweep)
        if kind.ends.blank:
            blanked |= {(kind.table, column) for column in kind.ends.blank}
        else:
            erased.add(kind.table)
        erased |= {table for table, _ in kind.ends.children}
    found = rows(owner, "SELECT table_name::text FROM information_schema.role_table_grants "
                 "WHERE grantee = 'parvis_retention' AND privilege_type = 'DELETE'")  # fmt: skip
    assert {table for (table,) in found} == erased
    found = rows(owner, "SELECT table_name::text, column_name::text FROM information_schema.role_column_grants "
                 "WHERE grantee = 'parvis_retention' AND privilege_type = 'UPDATE'")  # fmt: skip
    assert set(found) == blanked
    found = rows(owner, "SELECT table_name::text FROM information_schema.role_table_grants "
                 "WHERE grantee = 'parvis_retention' AND privilege_type IN ('INSERT', 'TRUNCATE')")  # fmt: skip
    assert found == [("journal_event",)]


def test_the_retention_role_reads_no_coordinates_and_no_secret(owner: psycopg.Connection[Any]) -> None:
    found = rows(owner, "SELECT table_name::text, column_name::text FROM information_schema.role_column_grants "
                 "WHERE grantee = 'parvis_retention' AND privilege_type = 'SELECT'")  # fmt: skip
    telling = re.compile(r"address|e?mail|phone|number|secret|password|content|detail|reason|word|sealed|coordinates")
    assert {(table, column) for table, column in found if telling.search(column)} == {
        # « Which e-mail », by its number.
        ("identity_link", "email_id")
    }


def test_every_declared_condition_runs_under_the_role(as_owner: object) -> None:
    outcomes = carry_out()
    assert [one.kind.code for one in outcomes if one.failed] == []
    assert {one.kind.code for one in outcomes} == {
        kind.code for kind in KEPT.values() if isinstance(kind.ends, (Sweep, By))
    }


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        register(KEPT["journal.names"])
