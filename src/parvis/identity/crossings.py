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

# Counters of failures and of requests (migration 0005). `b:` a known browser, `p:` a person, `n:` a name that nobody
# bears, `k:` a passkey, `u:` a person who unblocks.
_LOCKED = "(c.blocked OR coalesce(c.locked_until > moment, false))"
# A count beyond `allowed` means: refused. One that reached it starts again once the lock is over.
_NEXT = "CASE WHEN c.failures >= allowed THEN 1 ELSE c.failures + 1 END"
_FALLS = f"(NOT {_LOCKED} AND {_NEXT} >= allowed)"
COUNTER_CROSSINGS = [
    # One try, counted before what was typed is looked at; ever so many at once, no more than `allowed` come through.
    # A browser known for that person has its own counter, unless that one is blocked: then it is like any other.
    crossing(
        "identity_take_try(who bigint, browser text, otherwise text, moment timestamptz, allowed int, "
        "locks interval[])",
        "TABLE (key text, cycle int, refused boolean, last boolean, locked_until timestamptz, blocked boolean)",
        f"""INSERT INTO identity_counter AS c (key, failures, level, blocked, changed_at)
        SELECT coalesce((SELECT 'b:' || b.id FROM identity_browser b WHERE b.person_id = who AND b.hash = browser
           AND NOT EXISTS (SELECT 1 FROM identity_counter o WHERE o.key = 'b:' || b.id AND o.blocked)), otherwise),
           1, 0, false, moment
        ON CONFLICT (key) DO UPDATE SET
           failures = CASE WHEN {_LOCKED} THEN allowed + 1 ELSE {_NEXT} END,
           level = c.level + {_FALLS}::int,
           locked_until = CASE WHEN {_LOCKED} THEN c.locked_until WHEN {_FALLS} THEN moment + locks[c.level + 1] END,
           blocked = c.blocked OR ({_FALLS} AND c.level >= cardinality(locks)),
           changed_at = CASE WHEN {_LOCKED} THEN c.changed_at ELSE moment END
        RETURNING c.key::text, c.level - (c.failures = allowed)::int, c.failures > allowed, c.failures = allowed,
           c.locked_until, c.blocked""",
    ),
    # The answer was right: that try counts no more, and the lock that it brought is lifted. A passkey's counter starts
    # anew: it is a full sign-in by itself.
    crossing(
        "identity_give_back(wanted text, cycle int, allowed int, network text, starts timestamptz)",
        "void",
        """UPDATE identity_rate r SET count = greatest(r.count - 1, 0) WHERE r.key = network AND r."window" = starts;
        DELETE FROM identity_counter c WHERE c.key = wanted AND wanted LIKE 'k:%';
        UPDATE identity_counter c SET
           failures = greatest(least(c.failures, allowed) - 1, 0),
           level = cycle,
           locked_until = CASE WHEN c.level = cycle THEN c.locked_until END,
           blocked = c.blocked AND c.level = cycle
        WHERE c.key = wanted AND (c.level = cycle OR (c.level = cycle + 1 AND c.failures >= allowed))""",
    ),
    # Somebody signed in wholly: the counter that stood in their way starts anew, and so does their browser's.
    crossing(
        "identity_reset_counter(who bigint, browser text)",
        "void",
        """DELETE FROM identity_counter c USING (SELECT (SELECT 'b:' || b.id FROM identity_browser b
           WHERE b.person_id = who AND b.hash = browser) AS key) known
        WHERE c.key = known.key OR (c.key = 'p:' || who AND (known.key IS NULL
           OR EXISTS (SELECT 1 FROM identity_counter o WHERE o.key = known.key AND o.blocked)))""",
    ),
    # Unblocked, by the person or by who administers their account: every counter of theirs starts anew.
    crossing(
        "identity_unblock(who bigint)",
        "boolean",
        """WITH gone AS (DELETE FROM identity_counter c WHERE c.key IN ('p:' || who, 'u:' || who)
           OR c.key IN (SELECT 'b:' || b.id FROM identity_browser b WHERE b.person_id = who)
           OR c.key IN (SELECT 'k:' || k.id FROM identity_passkey k WHERE k.person_id = who) RETURNING c.key)
        SELECT EXISTS (SELECT 1 FROM gone)""",
    ),
    # Which of these people cannot sign in with their password from an unknown browser until somebody unblocks them.
    crossing(
        "identity_blocked(persons bigint[])",
        "SETOF bigint",
        """SELECT w.id FROM unnest(persons) AS w (id) JOIN identity_counter c ON c.key = 'p:' || w.id
        WHERE c.blocked""",
    ),
    # The event of a lock, whether somebody bears that name or not: the same work in both cases.
    crossing(
        "identity_note_lock(whose bigint, happened timestamptz, step int)",
        "void",
        """INSERT INTO journal_event (at, kind, person_id, before, after, origin)
        VALUES (happened, 'identity.locked', whose, '{}', jsonb_build_object('step', step), 'web')""",
    ),
    # How often something was asked from one network address in one window of time, this time included.
    crossing(
        "identity_take_rate(wanted text, starts timestamptz)",
        "int",
        """INSERT INTO identity_rate AS r (key, "window", count) VALUES (wanted, starts, 1)
        ON CONFLICT (key, "window") DO UPDATE SET count = r.count + 1 RETURNING r.count""",
    ),
]

# « Mon compte » (migration 0006).
MINE_CROSSINGS = [
    # What the link sent to an old address cancels: whoever opens it need not be signed in.
    crossing(
        "identity_change_by_token(wanted_hash text)",
        "TABLE (change_id bigint, person_id bigint)",
        "SELECT t.change_id, t.person_id FROM identity_changetoken t WHERE t.hash = wanted_hash",
    ),
    # Whether somebody else has confirmed that address too: then nobody signs in with it.
    crossing(
        "identity_email_shared(wanted_email text)",
        "boolean",
        """SELECT EXISTS (SELECT 1 FROM identity_email e
        WHERE e.key = wanted_email AND e.verified_at IS NOT NULL
          AND e.person_id <> current_setting('parvis.person')::bigint)""",
        roles="parvis_person",
    ),
    # A code told on the telephone names one person: no two live ones are alike. False: draw another.
    crossing(
        "identity_take_call_code(wanted text, moment timestamptz, until timestamptz)",
        "boolean",
        """SELECT pg_advisory_xact_lock(hashtextextended(wanted, 0));
        UPDATE identity_callcode c SET expires_at = moment
           WHERE c.person_id = current_setting('parvis.person')::bigint AND c.expires_at > moment;
        WITH taken AS (INSERT INTO identity_callcode (person_id, hash, asked_at, expires_at)
           SELECT current_setting('parvis.person')::bigint, wanted, moment, until
           WHERE NOT EXISTS (SELECT 1 FROM identity_callcode c
              WHERE c.hash = wanted AND c.used_at IS NULL AND c.expires_at > moment) RETURNING id)
        SELECT EXISTS (SELECT 1 FROM taken)""",
        roles="parvis_person",
    ),
    # Who told that code, once.
    crossing(
        "identity_use_call_code(wanted text, moment timestamptz)",
        "bigint",
        """UPDATE identity_callcode c SET used_at = moment
        WHERE c.hash = wanted AND c.used_at IS NULL AND c.expires_at > moment RETURNING c.person_id""",
        roles="parvis_app",
    ),
]

# Identity providers (migration 0007).
PROVIDER_CROSSINGS = [
    # A value that serves once: true for the first who brings it, however many come at the same moment.
    crossing(
        "identity_spend(wanted text, wanted_until timestamptz)",
        "boolean",
        """WITH first AS (INSERT INTO identity_spent (hash, until) VALUES (wanted, wanted_until)
           ON CONFLICT DO NOTHING RETURNING hash)
        SELECT EXISTS (SELECT 1 FROM first)""",
        roles="parvis_app",
    ),
]
