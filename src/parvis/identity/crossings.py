"""What must cross row-level security to let somebody in: nobody is known yet. Each has a test by a stranger.

A change here comes with a migration that runs the changed ones again.
"""

from parvis.ground.database.policies import crossing

PERSON_COLUMNS = "id bigint, reference uuid, password varchar, first_name varchar, last_name varchar"
_SELECT = "SELECT p.id, p.reference, p.password, p.first_name, p.last_name FROM identity_person p WHERE"

CROSSINGS = [
    # The person of a session, on each request.
    crossing("identity_person_by_id(wanted bigint)", f"TABLE ({PERSON_COLUMNS})", f"{_SELECT} p.id = wanted"),
    # By an identifier (any of the person's), or by a verified e-mail that belongs to one person alone.
    crossing(
        "identity_for_sign_in(wanted_code text, wanted_email text)",
        f"TABLE ({PERSON_COLUMNS})",
        f"""{_SELECT} p.id = (SELECT c.person_id FROM identity_credential c WHERE c.code = wanted_code)
        UNION ALL
        {_SELECT} p.id = (SELECT min(e.person_id) FROM identity_email e
                          WHERE e.key = wanted_email AND e.verified_at IS NOT NULL
                          HAVING count(DISTINCT e.person_id) = 1)""",
    ),
    # To whom a forgotten password's link goes: verified e-mails only, of every person who signs in that way.
    crossing(
        "identity_for_reset(wanted_code text, wanted_email text)",
        "TABLE (person_id bigint, email_id bigint)",
        """SELECT DISTINCT ON (e.person_id) e.person_id, e.id FROM identity_email e
        WHERE e.verified_at IS NOT NULL
          AND (e.person_id = (SELECT c.person_id FROM identity_credential c WHERE c.code = wanted_code)
               OR e.key = wanted_email)
        ORDER BY e.person_id, (e.key = wanted_email) DESC, e.id""",
    ),
    crossing(
        "identity_link_by_token(wanted_hash text)",
        "TABLE (link_id bigint, person_id bigint)",
        "SELECT t.link_id, t.person_id FROM identity_linktoken t WHERE t.hash = wanted_hash",
    ),
    # A refused sign-in leaves its event, whether somebody bears that name or not: the same work in both cases.
    crossing(
        "identity_note_refusal(whose bigint, happened timestamptz)",
        "void",
        """INSERT INTO journal_event (at, kind, person_id, before, after, origin)
        VALUES (happened, 'identity.sign_in_refused', whose, '{}', '{}', 'web')""",
    ),
]

# With second factors (migration 0004).
FACTOR_CROSSINGS = [
    # Whose passkey this is: the browser names the credential, nobody is known yet.
    crossing(
        "identity_passkey(wanted text)",
        "TABLE (person_id bigint)",
        "SELECT k.person_id FROM identity_passkey k WHERE k.credential = wanted",
    ),
    # Whether somebody else receives codes on that number: a switchboard.
    crossing(
        "identity_number_shared(wanted text, who bigint)",
        "boolean",
        """SELECT EXISTS (SELECT 1 FROM identity_phonefactor f
        WHERE f.number = wanted AND f.person_id <> who AND f.confirmed_at IS NOT NULL)""",
    ),
    # Whose account at an identity provider this is.
    crossing(
        "identity_provider_account(wanted_provider text, wanted_subject text)",
        "TABLE (person_id bigint)",
        """SELECT a.person_id FROM identity_provideraccount a
        WHERE a.provider = wanted_provider AND a.subject = wanted_subject""",
    ),
]
