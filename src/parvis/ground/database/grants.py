"""What the application's roles may do to tables that are not Parvis's own: the queue and Django's bookkeeping.

Parvis's own tables are granted one by one in their migrations (`policies.protect`); a table granted nowhere is closed.
"""

from typing import Any

from parvis.ground.database.roles import APPLICATION, OWNER, PERSON

_TABLES = """
SELECT c.oid::regclass::text, c.relkind = 'S'
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'S') AND c.relname ~ %s
 ORDER BY 1
"""


def claim_schema(connection: Any) -> None:
    """Let the owner create in `public`; runs before each `migrate`, in test databases too.

    It owns the database, and so has the right as `pg_database_owner`; but PostgreSQL 15 does not let a NOINHERIT role
    use that membership by itself. From 16 on there is nothing to do.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_schema_privilege('public', 'CREATE'), pg_has_role(current_user, 'pg_database_owner', 'MEMBER')"
        )
        may_create, owns_database = cursor.fetchone()
        if not may_create and owns_database:
            cursor.execute("SET ROLE pg_database_owner")
            cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
            cursor.execute("RESET ROLE")


def apply(connection: Any) -> None:
    """Grant them, as the owner of the tables; runs after each `migrate`, in test databases too."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, ["^procrastinate_"])
        # A message is queued in the transaction of the action that writes it, whatever the role of that transaction.
        for name, is_sequence in cursor.fetchall():
            rights = "USAGE, SELECT ON SEQUENCE" if is_sequence else "SELECT, INSERT, UPDATE, DELETE ON"
            cursor.execute(f"GRANT {rights} {name} TO {APPLICATION}, {PERSON}")
        cursor.execute(_TABLES, ["^(django_migrations|django_content_type)$"])
        for name, _ in cursor.fetchall():
            cursor.execute(f"GRANT SELECT ON {name} TO {APPLICATION}")
