"""The SQL of row-level security, for migrations: one policy per database role, and no OR.

`protect` is called once per table that holds data of an establishment or a person. Tables without a policy stand on
`GLOBAL_TABLES`, with the reason; a test reads the database's own catalogue and fails on any other.
"""

from typing import Any

from django.db import migrations

APP_ESTABLISHMENT = "establishment_id = current_setting('parvis.establishment')::bigint"
# What others gave the organisation in scope: read under the role `parvis_portfolio`.
OF_ORGANISATION = "organisation_id = current_setting('parvis.establishment')::bigint"
# Advisers see what belongs to their funds: a row that names its fund, or one of an establishment bound to one of them.
# The contracts that the second condition asks for are themselves seen through the first.
OF_FUNDS = "fund = ANY (string_to_array(current_setting('parvis.funds'), ','))"
OF_PERSON = "person_id = current_setting('parvis.person')::bigint"

GLOBAL_TABLES = {
    "django_migrations": "which migrations ran",
    "django_content_type": "names of models",
    "auth_permission": "Django's own, unused",
    "auth_group": "Django's own, unused",
    "auth_group_permissions": "Django's own, unused",
    "identity_session": "read before anyone is known: the secret key of the row is the right to it",
    "identity_identifier": "reserved codes, so that none is used twice; names nobody (person in another table)",
    "establishments_sireneunit": "read from INSEE's public files, for COPY; granted to nobody",
    "establishments_sirenekept": "read from INSEE's public files, for COPY; granted to nobody",
    "establishments_sirenelink": "read from INSEE's public files, for COPY; granted to nobody",
    "information_helppage": "the text of the help centre's pages, for the search: open to everybody anyway",
    "information_word": "words of what is published, for the search",
    "procrastinate_jobs": "ids only",
    "procrastinate_events": "ids only",
    "procrastinate_periodic_defers": "ids only",
    "procrastinate_workers": "which workers live",
}

# Protected tables of which something is read in no scope at all: it says nothing of anybody.
PUBLIC_TABLES = {
    "information_contactpoint": "how to reach the funds, but for what was planned and given up",
    "information_contactclosing": "when they do not answer",
    "letters_lettertype": "which kinds of letters there are, and for how long each is kept",
}


def of_adviser(table: str) -> str:
    """The rows of the establishment in scope, where it has or had a contract with a fund of the adviser's."""
    return (
        f"{APP_ESTABLISHMENT} AND EXISTS (SELECT 1 FROM establishments_contract c "
        f"WHERE c.establishment_id = {table}.establishment_id)"
    )


_VERBS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}


def protect(
    table: str,
    *,
    app: str | None = APP_ESTABLISHMENT,
    app_may: str = "rawd",
    person: str | None = None,
    person_may: str = "r",
    portfolio: str | None = None,
    adviser: str | None = None,
    adviser_may: str = "r",
) -> list[str]:
    """Enable and force row-level security on `table`; grant and limit each role.

    `app`, `person`, `portfolio`, `adviser`: the condition of a row for that role (None: the role has no grant at all).
    `*_may`: the verbs granted, by letter: r(ead), a(dd), w(rite), d(elete); `parvis_portfolio` only reads, and so does
    `parvis_adviser` but on the advisers' own tables.
    """
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY owner_all ON {table} TO parvis_owner USING (true) WITH CHECK (true)",
        f"REVOKE ALL ON {table} FROM parvis_app, parvis_person, parvis_portfolio, parvis_adviser",
    ]
    for role, condition, may in (
        ("parvis_app", app, app_may),
        ("parvis_person", person, person_may),
        ("parvis_portfolio", portfolio, "r"),
        ("parvis_adviser", adviser, adviser_may),
    ):
        if condition is not None:
            statements += _opened(table, role, condition, may)
    return statements


def _opened(table: str, role: str, condition: str, may: str) -> list[Any]:
    return [
        f"GRANT {', '.join(_VERBS[letter] for letter in may)} ON {table} TO {role}",
        f"CREATE POLICY {role[7:]} ON {table} TO {role} USING ({condition}) WITH CHECK ({condition})",
    ]


def shown_to_advisers(table: str, condition: str = "") -> migrations.RunSQL:
    """Let advisers read a table that was protected before they existed: by default `of_adviser`."""
    return migrations.RunSQL(
        _opened(table, "parvis_adviser", condition or of_adviser(table), "r"), migrations.RunSQL.noop
    )


def erasable(table: str, *, reads: str, blanks: str = "", only_reads: bool = False) -> migrations.RunSQL:
    """Let the retention job erase rows of `table`, or blank the columns `blanks`; it reads the columns `reads` alone.

    `only_reads`: columns that the condition on another table asks for. Which rows: `ground/retention.py`.
    """
    verb = "" if only_reads else f", UPDATE ({blanks})" if blanks else ", DELETE"
    return migrations.RunSQL(
        [
            f"GRANT SELECT ({reads}){verb} ON {table} TO parvis_retention",
            f"CREATE POLICY retention ON {table} TO parvis_retention USING (true) "
            f"WITH CHECK ({'true' if blanks else 'false'})",
        ],
        migrations.RunSQL.noop,
    )


def protecting(table: str, **kwargs: object) -> migrations.RunSQL:
    """`protect` as a migration operation."""
    return migrations.RunSQL(protect(table, **kwargs), migrations.RunSQL.noop)  # type: ignore[arg-type]


def crossing(
    signature: str, returns: str, body: str, *, roles: str = "parvis_app, parvis_person", language: str = "sql"
) -> migrations.RunSQL:
    """A `SECURITY DEFINER` function: what must cross the policies, and nothing more.

    `signature` is `name(argument type, …)`; `body` is in `language`. Nobody but `roles` may call it.
    """
    name = signature.split("(", 1)[0]
    return migrations.RunSQL(
        [
            f"CREATE OR REPLACE FUNCTION {signature} RETURNS {returns} LANGUAGE {language} VOLATILE SECURITY DEFINER "
            f"SET search_path = public, pg_temp AS $crossing${body}$crossing$",
            f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {name} TO {roles}",
        ],
        migrations.RunSQL.noop,
    )
