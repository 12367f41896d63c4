"""What must cross row-level security to enter an establishment, open a first link, or forget a person.

Each has a test by a stranger. A change here comes with a migration that runs the changed ones again.
"""

from parvis.access.delegation.crossings import COUNTERPART_CROSSINGS, DELEGATION_CROSSINGS
from parvis.access.my_data.crossings import MORE_CROSSINGS
from parvis.access.organisation.crossings import ORGANISATION_CROSSINGS
from parvis.access.places.crossings import PLACES_CROSSINGS
from parvis.access.review.crossings import REVIEW_CROSSINGS
from parvis.access.status import active_administrator_sql, expires_sql
from parvis.access.succession.crossings import SUCCESSION_CROSSINGS
from parvis.access.why.crossings import WHY_CROSSINGS
from parvis.ground.database.policies import crossing

__all__ = [
    "COUNTERPART_CROSSINGS",
    "DELEGATION_CROSSINGS",
    "MORE_CROSSINGS",
    "ORGANISATION_CROSSINGS",
    "PLACES_CROSSINGS",
    "REVIEW_CROSSINGS",
    "SUCCESSION_CROSSINGS",
    "WHY_CROSSINGS",
]

_DECLARED_ALONE = """e.person_id = who AND e.key = lower(declared_email) AND NOT EXISTS (SELECT 1
    FROM access_membership m WHERE m.person_id = who AND lower(m.email) = lower(declared_email))"""

_ORPHAN = "NOT EXISTS (SELECT 1 FROM access_membership m WHERE m.person_id = who)"
# Every table that knows a person, those that others point to last; counters, named after rows of theirs, first. A test
# compares it with the database's catalogue.
_OF_PERSON = [
    (
        "identity_counter",
        "(key IN ('p:' || who, 'u:' || who)"
        " OR key IN (SELECT 'b:' || b.id FROM identity_browser b WHERE b.person_id = who)"
        " OR key IN (SELECT 'k:' || k.id FROM identity_passkey k WHERE k.person_id = who))",
    ),
    *[
        (f"identity_{name}", "person_id = who")
        for name in (
            *("session", "linktoken", "link", "credential", "email", "phone", "code", "phonefactor", "totp"),
            *("passkey", "recoverycode", "provideraccount", "notificationchoice", "callcode"),
            *("changetoken", "coordinatechange"),
        )
    ],
    ("access_factorresettoken", "reset_id IN (SELECT f.id FROM access_factorreset f WHERE f.person_id = who)"),
    ("access_factorreset", "person_id = who"),
    ("identity_browser", "person_id = who"),
    ("identity_person", "id = who"),
]

CROSSINGS = [
    # Where the person in scope belongs: their establishments' names, and their own rights, for « Mes établissements ».
    crossing(
        "access_person_establishments()",
        "bigint[]",
        """SELECT coalesce(array_agg(m.establishment_id), '{}') FROM access_membership m
        WHERE m.person_id = current_setting('parvis.person')::bigint""",
    ),
    crossing(
        "access_person_memberships()",
        "bigint[]",
        """SELECT coalesce(array_agg(m.id), '{}') FROM access_membership m
        WHERE m.person_id = current_setting('parvis.person')::bigint""",
    ),
    crossing(
        "access_link_by_token(wanted_hash text)",
        "TABLE (link_id bigint, establishment_id bigint)",
        "SELECT t.link_id, t.establishment_id FROM access_linktoken t WHERE t.hash = wanted_hash",
    ),
    # A membership deleted while others remain: its identifier, and the address and telephone that it alone declared, no
    # longer let the person in. The mailbox of a former employer must not open what the person does for others.
    crossing(
        "access_withdraw(wanted_code text, who bigint, declared_email text, declared_phone text)",
        "void",
        """SELECT 1 FROM identity_person WHERE id = who FOR UPDATE;
        DELETE FROM identity_credential WHERE code = wanted_code AND person_id = who
           AND NOT EXISTS (SELECT 1 FROM access_membership m WHERE m.identifier = wanted_code);
        DELETE FROM identity_phone WHERE person_id = who AND number = declared_phone
           AND NOT EXISTS (SELECT 1 FROM access_membership m WHERE m.person_id = who AND m.phone = declared_phone);
        DELETE FROM identity_linktoken t USING identity_link l, identity_email e
           WHERE t.link_id = l.id AND l.email_id = e.id AND """
        + _DECLARED_ALONE
        + """;
        DELETE FROM identity_link l USING identity_email e WHERE l.email_id = e.id AND """
        + _DECLARED_ALONE
        + """;
        UPDATE identity_email r SET replaces_id = NULL FROM identity_email e WHERE r.replaces_id = e.id AND """
        + _DECLARED_ALONE
        + """;
        DELETE FROM identity_email e WHERE """
        + _DECLARED_ALONE,
        roles="parvis_app",
    ),
]

# What identity asks of a person's employers (`access/employers.py`); with second factors.
EMPLOYERS_CROSSINGS = [
    # Where the person has accounts, to make them follow a coordinate that the person changed and confirmed.
    crossing(
        "access_places_of(who bigint)",
        "TABLE (establishment_id bigint, membership_id bigint)",
        "SELECT m.establishment_id, m.id FROM access_membership m WHERE m.person_id = who ORDER BY m.establishment_id",
    ),
]

# Here the rule of `status.py` names the function's own arguments.
_RULE = {"today": "today", "months": "months"}
_ACTIVE = active_administrator_sql("a", **_RULE)
_EXPIRES = expires_sql("m", months="months")

# What depends on who is active, and so on the expiry of accounts (migration 0005).
EXPIRY_CROSSINGS = [
    # « Mon compte » names whom to ask: the active administrators of each establishment where the person has an account.
    crossing(
        "access_person_administrators(today date, months int)",
        "TABLE (establishment_id bigint, name text, function varchar, email varchar, phone varchar)",
        f"""SELECT a.establishment_id, a.first_name || ' ' || a.last_name, a.function, a.email, a.phone
        FROM access_membership a
        WHERE a.establishment_id IN (SELECT m.establishment_id FROM access_membership m
            WHERE m.person_id = current_setting('parvis.person')::bigint)
          AND a.person_id <> current_setting('parvis.person')::bigint AND {_ACTIVE}
        ORDER BY a.sort_key, a.id""",
        roles="parvis_person",
    ),
    # Where the person in scope is the last administrator and past the day: nobody sees the others' dates but the rule.
    crossing(
        "access_person_renewing(today date, months int)",
        "bigint[]",
        f"""SELECT coalesce(array_agg(a.id), '{{}}') FROM access_membership a
        WHERE a.person_id = current_setting('parvis.person')::bigint AND {_ACTIVE}
          AND {expires_sql("a", months="months")} < today""",
        roles="parvis_person",
    ),
    crossing(
        "access_demands(who bigint, today date, months int)",
        "TABLE (administers boolean, names text[])",
        f"""SELECT coalesce(bool_or({active_administrator_sql("m", **_RULE)}), false),
          coalesce(array_agg(e.name), '{{}}')
        FROM access_membership m JOIN establishments_establishment e ON e.id = m.establishment_id
        WHERE m.person_id = who""",
    ),
    crossing(
        "access_payer(who bigint, today date, months int)",
        "TABLE (establishment_id bigint)",
        f"""SELECT coalesce((SELECT m.establishment_id FROM access_membership m
        WHERE m.person_id = who AND m.deactivated_at IS NULL
          AND ({_EXPIRES} >= today OR {active_administrator_sql("m", **_RULE)})
        ORDER BY m.last_visit_at DESC NULLS LAST, m.id LIMIT 1), 0)""",
    ),
    # Who has to be told about a person: each active administrator of their establishments, but themselves.
    crossing(
        "access_told(who bigint, today date, months int)",
        "TABLE (establishment_id bigint, membership_id bigint, told_id bigint)",
        f"""SELECT m.establishment_id, m.id, a.id FROM access_membership m
        JOIN access_membership a ON a.establishment_id = m.establishment_id AND a.id <> m.id
        WHERE m.person_id = who AND {_ACTIVE} ORDER BY m.id, a.id""",
    ),
]

# Resets of a lost second factor, and what forgets a person with all that is known of them (migration 0007).
FACTOR_RESET_CROSSINGS = [
    # Erase a person whom no membership holds any more; the answer says whether it was done.
    crossing(
        "access_forget_person(who bigint, happened timestamptz)",
        "boolean",
        # The lock first: of two deletions at the same moment in two establishments, the second sees the first.
        """SELECT 1 FROM identity_person WHERE id = who FOR UPDATE;
        INSERT INTO journal_event (at, kind, person_id, before, after, origin)
           SELECT happened, 'identity.erased', who, '{}', '{}', 'web' WHERE """
        + _ORPHAN
        + ";"
        + "".join(f" DELETE FROM {table} WHERE {whose} AND {_ORPHAN};" for table, whose in _OF_PERSON)
        + """
        SELECT NOT EXISTS (SELECT 1 FROM identity_person WHERE id = who)""",
        roles="parvis_app",
    ),
    # Whether the person has an account here and nowhere else: only then an administrator may speak for them.
    crossing(
        "access_only_here(who bigint, here bigint)",
        "boolean",
        """SELECT coalesce(bool_and(m.establishment_id = here), false) FROM access_membership m
        WHERE m.person_id = who""",
        roles="parvis_app",
    ),
    # What the link sent to the person refuses: whoever opens it need not be signed in.
    crossing(
        "access_reset_by_token(wanted_hash text)",
        "TABLE (reset_id bigint, establishment_id bigint)",
        "SELECT t.reset_id, t.establishment_id FROM access_factorresettoken t WHERE t.hash = wanted_hash",
        roles="parvis_app",
    ),
]

# Accounts that are blocked, or wait for their password (migration 0008).
SECURITY_CROSSINGS = [
    # Accounts of the establishment in scope whose person cannot sign in by password until somebody unblocks them.
    crossing(
        "access_blocked()",
        "bigint[]",
        """SELECT coalesce(array_agg(m.id), '{}') FROM identity_counter c
        JOIN access_membership m ON m.person_id = substr(c.key, 3)::bigint
        WHERE c.blocked AND c.key LIKE 'p:%'
          AND m.establishment_id = current_setting('parvis.establishment')::bigint""",
        roles="parvis_app, parvis_adviser",
    ),
    # Accounts that wait for their password, by the identifier or the address that somebody who forgot has typed.
    crossing(
        "access_waiting(wanted_code text, wanted_email text, today date, months int)",
        "TABLE (establishment_id bigint, membership_id bigint)",
        f"""SELECT m.establishment_id, m.id FROM access_membership m
        WHERE m.confirmed_at IS NULL AND m.deactivated_at IS NULL AND {_EXPIRES} >= today
          AND (m.identifier = wanted_code OR (wanted_email <> '' AND lower(m.email) = wanted_email))
        ORDER BY m.id LIMIT 20""",
        roles="parvis_app",
    ),
]

# The copy of a person's data (migration 0009): what establishments keep that names them, and nobody else.
_MINE = "m.person_id = current_setting('parvis.person')::bigint"
MY_DATA_CROSSINGS = [
    # Every event that is about the person in scope or that they did; who else had a part in it stays out.
    crossing(
        "access_person_events()",
        "TABLE (siret varchar, at timestamptz, kind varchar, before jsonb, after jsonb, about boolean, did boolean)",
        f"""SELECT e.siret, v.at, v.kind, v.before, v.after, v.object IS NOT DISTINCT FROM m.ref,
           v.actor IS NOT DISTINCT FROM m.ref
        FROM access_membership m JOIN establishments_establishment e ON e.id = m.establishment_id
        JOIN journal_event v ON v.establishment_id = m.establishment_id AND (v.object = m.ref OR v.actor = m.ref)
        WHERE {_MINE}
        UNION ALL
        SELECT NULL, v.at, v.kind, v.before, v.after, true, v.actor IS NULL FROM journal_event v
        WHERE v.establishment_id IS NULL AND v.person_id = current_setting('parvis.person')::bigint
        ORDER BY 2 DESC""",
        roles="parvis_person",
    ),
    # The versions of the terms that the person accepted, and the corrections that wait for their answer.
    crossing(
        "access_person_acceptances()",
        "TABLE (siret varchar, version smallint, accepted_at timestamptz)",
        f"""SELECT e.siret, t.version, t.accepted_at FROM access_membership m
        JOIN establishments_establishment e ON e.id = m.establishment_id
        JOIN access_termsacceptance t ON t.establishment_id = m.establishment_id AND t.accepted_by = m.ref
        WHERE {_MINE} ORDER BY t.accepted_at""",
        roles="parvis_person",
    ),
    crossing(
        "access_person_proposals()",
        "TABLE (siret varchar, email varchar, phone varchar, proposed_at timestamptz)",
        f"""SELECT e.siret, p.email, p.phone, p.proposed_at FROM access_membership m
        JOIN establishments_establishment e ON e.id = m.establishment_id
        JOIN access_proposal p ON p.membership_id = m.id WHERE {_MINE}""",
        roles="parvis_person",
    ),
]
