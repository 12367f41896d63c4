"""A person's accounts and how they sign in, past the policies, where an account is of the adviser's funds.

Never a secret: which kinds of factor there are and how many, no number, no name of a key, no code.
"""

from parvis.access.status import expires_sql, last_administrator_sql, status_sql
from parvis.ground.database.policies import crossing

_RULE = {"today": "on_day", "months": "so_many"}
_STATUS = (
    status_sql(last_administrator_sql(**_RULE), expires=expires_sql(months="so_many"))
    .replace("%(today)s", "on_day")
    .replace("%(months)s", "so_many")
)
OF_MINE = """EXISTS (SELECT 1 FROM establishments_contract c WHERE c.establishment_id = m.establishment_id
    AND c.fund = ANY (string_to_array(current_setting('parvis.funds'), ',')))"""

PEOPLE_CROSSINGS = [
    # The account of that reference, and the others of the same person, in establishments of the adviser's funds.
    crossing(
        "backoffice_accounts(wanted uuid, on_day date, so_many integer)",
        "TABLE (ref uuid, number bigint, person bigint, name text, function text, unit text, email text, phone text, "
        "profile text, identifier text, place bigint, siret text, place_name text, status text, created timestamptz, "
        "confirmed timestamptz, visited timestamptz, expires date, starts date)",
        f"""SELECT m.ref, m.id, m.person_id, m.first_name || ' ' || m.last_name, m.function::text, m.unit::text,
          m.email::text, m.phone::text, m.profile::text, m.identifier::text, e.id, e.siret::text, e.name::text,
          ({_STATUS}), m.created_at, m.confirmed_at, m.last_visit_at, {expires_sql(months="so_many")}, m.starts_on
        FROM access_membership m JOIN establishments_establishment e ON e.id = m.establishment_id
        WHERE (m.ref = wanted OR m.person_id = (SELECT w.person_id FROM access_membership w WHERE w.ref = wanted))
          AND EXISTS (SELECT 1 FROM access_membership w WHERE w.ref = wanted AND {OF_MINE.replace("m.", "w.")})
          AND {OF_MINE}
        ORDER BY m.ref = wanted DESC, e.sort_key, m.id LIMIT 100""",
        roles="parvis_adviser",
    ),
    # How the person of that account signs in. `locked`: until when no try is taken, the latest of their counters.
    crossing(
        "backoffice_sign_in(wanted uuid, at timestamptz)",
        "TABLE (blocked boolean, locked timestamptz, last_in timestamptz, app boolean, passkeys integer, "
        "phones integer, shared integer, codes integer, emails integer, unconfirmed integer)",
        f"""SELECT coalesce(bool_or(k.blocked), false), max(k.locked_until) FILTER (WHERE k.locked_until > at),
          (SELECT max(v.at) FROM journal_event v WHERE v.person_id = p.id AND v.kind = 'identity.signed_in'),
          EXISTS (SELECT 1 FROM identity_totp t WHERE t.person_id = p.id),
          (SELECT count(*)::integer FROM identity_passkey y WHERE y.person_id = p.id),
          (SELECT count(*)::integer FROM identity_phonefactor f
            WHERE f.person_id = p.id AND f.confirmed_at IS NOT NULL),
          (SELECT count(*)::integer FROM identity_phonefactor f WHERE f.person_id = p.id AND f.confirmed_at IS NOT NULL
            AND f.shared),
          (SELECT count(*)::integer FROM identity_recoverycode r WHERE r.person_id = p.id AND r.used_at IS NULL),
          (SELECT count(*)::integer FROM identity_email l WHERE l.person_id = p.id AND l.verified_at IS NOT NULL),
          (SELECT count(*)::integer FROM identity_email l WHERE l.person_id = p.id AND l.verified_at IS NULL)
        FROM access_membership m JOIN identity_person p ON p.id = m.person_id
        LEFT JOIN identity_counter k ON k.key = 'p:' || p.id
        WHERE m.ref = wanted AND {OF_MINE} GROUP BY p.id""",
        roles="parvis_adviser",
    ),
    # By the « code d'appel »: an account of that person in an establishment of the adviser's funds.
    crossing(
        "backoffice_account_of(who bigint)",
        "uuid",
        f"""SELECT m.ref FROM access_membership m WHERE m.person_id = who AND {OF_MINE}
        ORDER BY m.last_visit_at DESC NULLS LAST, m.id LIMIT 1""",
        roles="parvis_adviser",
    ),
]
