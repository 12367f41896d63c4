"""The database roles, and what the application's own role must not be. See docs/architecture.md, “Database roles”."""

from typing import Any

OWNER = "parvis_owner"
APPLICATION = "parvis_app"
PERSON = "parvis_person"
PORTFOLIO = "parvis_portfolio"
ADVISER = "parvis_adviser"
RETENTION = "parvis_retention"

# NOINHERIT everywhere: with INHERIT the policies of every role one is a member of would apply at once.
_ATTRIBUTES = {
    OWNER: "LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS",
    APPLICATION: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS",
    PERSON: "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS",
    PORTFOLIO: "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS",
    ADVISER: "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS",
    RETENTION: "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS",
}
_MEMBERSHIPS = [
    f"GRANT {PERSON}, {PORTFOLIO}, {ADVISER} TO {APPLICATION}",
    f"GRANT {APPLICATION}, {PERSON}, {PORTFOLIO}, {ADVISER}, {RETENTION} TO {OWNER}",
]


class RoleRefused(Exception):
    """The application's role may too much: policies would not hold. The message is one French sentence."""


def statements() -> list[str]:
    """The SQL that makes the roles, or mends them; may run any number of times, on PostgreSQL 15 and later."""
    made = []
    for role, attributes in _ATTRIBUTES.items():
        made.append(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
            f"THEN CREATE ROLE {role}; END IF; END $$"
        )
        made.append(f"ALTER ROLE {role} {attributes}")
    return made + _MEMBERSHIPS


def prepare(connection: Any) -> None:
    """Make the roles through a psycopg connection of an administrator; one process at a time, others wait."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('parvis roles'))")
        for statement in statements():
            cursor.execute(statement)


def script(database: str = "parvis") -> str:
    """The same as a script for `psql`, for the administrator of a server of their own."""
    lines = [
        "-- Les rôles et la base de Parvis, pour un serveur PostgreSQL (15 ou plus récent) à vous.",
        "-- À exécuter une fois, en administrateur :  parvis database roles | psql -d postgres",
        "-- Peut être rejoué sans dommage. Donnez ensuite un mot de passe aux deux rôles qui se connectent :",
        f"--   psql -d postgres -c '\\password {OWNER}' -c '\\password {APPLICATION}'",
        "\\set ON_ERROR_STOP on",
        "SET client_min_messages = warning;",
        *(f"{statement};" for statement in statements()),
        f"SELECT 'CREATE DATABASE {database} OWNER {OWNER} TEMPLATE template0 ENCODING ''UTF8'''",
        f"  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec",
    ]
    return "\n".join(lines) + "\n"


_ROLE = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolinherit,
       EXISTS (SELECT FROM pg_roles p WHERE (p.rolsuper OR p.rolbypassrls) AND pg_has_role(r.oid, p.oid, 'MEMBER')),
       (SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relowner = r.oid LIMIT 1),
       (SELECT o.rolname FROM pg_roles o
         WHERE o.oid <> r.oid AND pg_has_role(r.oid, o.oid, 'MEMBER')
           AND (o.rolname = %s OR EXISTS (
             SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relowner = o.oid)) LIMIT 1)
  FROM pg_roles r WHERE r.rolname = session_user
"""


def check_application_role(connection: Any) -> None:
    """Raise RoleRefused where the connected role could pass by the policies.

    `connection` is Django's or psycopg's. Refused: superuser, BYPASSRLS, INHERIT, owner of a table of the schema
    `public`, the owner's role itself, member of any role of these kinds (`SET ROLE` would make it one of them).
    """
    with connection.cursor() as cursor:
        cursor.execute(_ROLE, [OWNER])
        name, superuser, bypass, inherits, may_become, table, owner = cursor.fetchone()
    if superuser:
        fault = "est superutilisateur"
    elif bypass:
        fault = "passe outre les politiques de lignes (BYPASSRLS)"
    elif name == OWNER or table:
        fault = "possède les tables" if table is None else f"possède la table « {table} »"
    elif owner:
        fault = f"est membre de « {owner} », qui possède les tables"
    elif may_become:
        fault = "est membre d’un rôle superutilisateur ou BYPASSRLS"
    elif inherits:
        fault = "hérite des droits des rôles dont il est membre (il lui faut NOINHERIT)"
    else:
        return
    raise RoleRefused(
        f"Le rôle « {name} » de DATABASE_URL {fault} : Parvis refuse de démarrer. "
        f"Donnez-lui le rôle « {APPLICATION} » que crée « parvis database roles »."
    )
