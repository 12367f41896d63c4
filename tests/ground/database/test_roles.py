"""The database roles, and which ones start-up refuses."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from parvis.ground.database import embedded, roles

Connection = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def server() -> Iterator[embedded.Server]:
    folder = Path(tempfile.mkdtemp(prefix="parvis-roles-"))
    folder.chmod(0o711)
    with embedded.server(folder / "postgres", fsync=False) as running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def admin(server: embedded.Server) -> Iterator[Connection]:
    """An administrator whose work is undone after the test: roles are transactional too."""
    with psycopg.connect(server.admin_url) as connection:
        yield connection
        connection.rollback()


def _become(connection: Connection, role: str) -> None:
    connection.execute(f"SET SESSION AUTHORIZATION {role}")


def test_the_application_role_is_accepted(admin: Connection) -> None:
    admin.execute("CREATE TABLE something (id int)")
    admin.execute("ALTER TABLE something OWNER TO parvis_owner")
    _become(admin, "parvis_app")
    roles.check_application_role(admin)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("ALTER ROLE parvis_app SUPERUSER", "est superutilisateur"),
        ("ALTER ROLE parvis_app BYPASSRLS", "passe outre les politiques"),
        ("ALTER ROLE parvis_app INHERIT", "hérite des droits"),
        ("CREATE TABLE mine (id int); ALTER TABLE mine OWNER TO parvis_app", "possède la table « mine »"),
        (
            "GRANT parvis_retention TO parvis_app; CREATE TABLE x (id int); ALTER TABLE x OWNER TO parvis_retention",
            "me",
        ),
        ("CREATE ROLE powerful BYPASSRLS; GRANT powerful TO parvis_app", "est membre d’un rôle superutilisateur"),
        ("REVOKE parvis_app FROM parvis_owner; GRANT parvis_owner TO parvis_app", "est membre de « parvis_owner »"),
    ],
)
def test_an_application_role_that_may_pass_by_the_policies_is_refused(
    admin: Connection, statement: str, fault: str
) -> None:
    for part in statement.split("; "):
        admin.execute(part)
    _become(admin, "parvis_app")
    with pytest.raises(roles.RoleRefused, match=fault):
        roles.check_application_role(admin)


@pytest.mark.parametrize("role", ["parvis_owner", "postgres"])
def test_neither_the_owner_nor_an_administrator_serves_pages(admin: Connection, role: str) -> None:
    _become(admin, role)
    with pytest.raises(roles.RoleRefused, match="Parvis refuse de démarrer"):
        roles.check_application_role(admin)


def test_preparing_again_mends_what_was_loosened(admin: Connection) -> None:
    admin.execute("ALTER ROLE parvis_app INHERIT BYPASSRLS")
    roles.prepare(admin)
    found = admin.execute(
        "SELECT rolname, rolcanlogin, rolcreatedb, rolinherit, rolbypassrls, rolsuper FROM pg_roles "
        "WHERE rolname LIKE 'parvis%' ORDER BY 1"
    ).fetchall()
    assert found == [
        ("parvis_adviser", False, False, False, False, False),
        ("parvis_app", True, False, False, False, False),
        ("parvis_owner", True, True, False, False, False),
        ("parvis_person", False, False, False, False, False),
        ("parvis_portfolio", False, False, False, False, False),
        ("parvis_retention", False, False, False, False, False),
    ]


def test_who_is_a_member_of_whom(admin: Connection) -> None:
    members = admin.execute(
        "SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members "
        "WHERE roleid::regrole::text LIKE 'parvis%' ORDER BY 1, 2"
    ).fetchall()
    assert members == [
        ("parvis_app", "parvis_adviser"),
        ("parvis_app", "parvis_person"),
        ("parvis_app", "parvis_portfolio"),
        ("parvis_owner", "parvis_adviser"),
        ("parvis_owner", "parvis_app"),
        ("parvis_owner", "parvis_person"),
        ("parvis_owner", "parvis_portfolio"),
        ("parvis_owner", "parvis_retention"),
    ]


def test_the_script_for_an_administrator_runs_twice(server: embedded.Server) -> None:
    # The wheel's psql, as whoever runs the tests; the database is there already, then made under another name.
    psql = server.place.binaries / "psql"
    for _ in range(2):
        done = subprocess.run(
            [psql, "-X", "-q", "-d", server.admin_url],
            input=roles.script("autre"),
            capture_output=True,
            text=True,
            env={"PATH": os.defpath},
        )
        assert (done.returncode, done.stderr) == (0, "")
    with psycopg.connect(server.admin_url) as connection:
        found = connection.execute(
            "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'autre'",
        ).fetchone()
    assert found == ("parvis_owner",)
