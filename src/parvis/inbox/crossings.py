"""What must cross row-level security for who has several establishments: which ones, in which order.

The order goes by what « À faire » asks for (`todo.py` of each package), whatever the person's rights: nothing of what
waits is told here, it is read in each one's own scope, by the rights of the day. Tested by a stranger. Why the order
is written by hand beside the sources, and what holds the two together: docs/decisions/0013. A change here comes with a
migration that runs the changed ones again.
"""

from parvis.access.delegation.crossings import IN_FORCE_SQL, MANDATE_FROM, OPEN_SQL
from parvis.access.finding import answers_sql
from parvis.access.terms.state import ASKED_SQL, CLOSES_ON_SQL
from parvis.exchanges.rights import of_theme
from parvis.ground.database.policies import crossing
from parvis.information.news.audience import SHOWN_SQL
from parvis.letters.reading import LETTERS
from parvis.obligations.words import OWED

_OWED = ", ".join(f"'{act}'" for act in sorted(OWED))
_ME = "current_setting('parvis.person')::bigint"

# Absence a holds today; the establishment has a contract with fund o.fund today.
COVERING_SQL = "a.ended_at IS NULL AND today BETWEEN a.starts_on AND a.ends_on"
_OFFERED = """EXISTS (SELECT 1 FROM establishments_contract c WHERE c.establishment_id = {place}
            AND c.fund = o.fund AND c.starts_on <= today AND (c.ends_on IS NULL OR c.ends_on >= today))"""

# The establishments that the person in scope enters today, by their own accounts (`account`) and by delegations.
_PLACES = f"""places AS MATERIALIZED (
          SELECT m.establishment_id AS id, m.id AS account, m.profile = 'administrateur' AS administers
            FROM access_membership m WHERE m.person_id = {_ME} AND {OPEN_SQL}
          UNION SELECT d.establishment_id, 0, false FROM {MANDATE_FROM}
            WHERE m.person_id = {_ME} AND {IN_FORCE_SQL} AND {OPEN_SQL})"""

# Of those, where the services are closed for want of accepting the terms: nobody has anything there, but as an author.
_SHUT = f"shut AS MATERIALIZED (SELECT p.id FROM places p WHERE {CLOSES_ON_SQL.format(place='p.id')} <= today)"

# What is given to the person in those places today, for the services `offered` (service → theme and funds): by a right
# or a colleague's absence (`account`), by a delegation. And, by place, all of it and the themes that an account gives.
_GIVEN = f"""offers AS MATERIALIZED (SELECT o.key AS code, o.value ->> 'theme' AS theme, f.fund
          FROM jsonb_each(offered) o LEFT JOIN LATERAL jsonb_array_elements_text(o.value -> 'funds') f (fund) ON true),
        given (id, service, account) AS (
          SELECT p.id, r.service, true FROM places p JOIN access_right r ON r.membership_id = p.account
            WHERE (r.starts_on IS NULL OR r.starts_on <= today) AND (r.ends_on IS NULL OR r.ends_on >= today)
          UNION ALL SELECT p.id, ar.service, true FROM places p
            JOIN access_absence a ON a.receiver_id = p.account AND {COVERING_SQL}
            JOIN access_absenceright ar ON ar.absence_id = a.id
          UNION ALL SELECT d.establishment_id, s.service, false FROM {MANDATE_FROM}
            WHERE m.person_id = {_ME} AND {IN_FORCE_SQL} AND {OPEN_SQL}),
        mine AS MATERIALIZED (SELECT DISTINCT g.id, g.service::text AS service, o.theme, g.account
          FROM given g JOIN offers o ON o.code = g.service
          WHERE (o.fund IS NULL OR {_OFFERED.format(place="g.id")}) AND g.id <> ALL (SELECT shut.id FROM shut)),
        may AS MATERIALIZED (SELECT mine.id, array_agg(mine.service)
          || array_agg('{of_theme("")}' || mine.theme) FILTER (WHERE mine.account) AS services
          FROM mine GROUP BY mine.id)"""

_UNANSWERED = """d.accepted_at IS NULL AND d.refused_at IS NULL AND d.withdrawn_at IS NULL AND d.lapsed_at IS NULL
          AND d.ends_on >= today"""

# What waits and has a day, by the source of « À faire » that it goes by: establishment and day.
DATED = {
    "obligations": f"""SELECT o.establishment_id, o.due_on FROM places p
        JOIN obligations_occurrence o ON o.establishment_id = p.id
        JOIN obligations_computation c ON c.establishment_id = o.establishment_id
        WHERE o.placed_on BETWEEN greatest(c.follows_from, today - late) AND today + soon
          AND o.due_on IS NOT NULL AND o.done_at IS NULL AND o.withdrawn_on IS NULL AND o.act IN ({_OWED})""",
    "letters": """SELECT l.establishment_id, l.deposited_at::date FROM places p
        JOIN letters_fundletter l ON l.establishment_id = p.id
        JOIN letters_lettertype t ON t.id = l.type_id AND t.about_money
        WHERE l.first_opened_at IS NULL AND l.withdrawn_at IS NULL AND l.archived_at IS NULL""",
    "exchanges.asked": """SELECT x.establishment_id, x.due_on FROM places p
        JOIN exchanges_exchange x ON x.establishment_id = p.id WHERE x.state = 'asked'""",
    # Without a day of its own: after what is due soon.
    "dossiers.waiting": f"""SELECT x.establishment_id, coalesce(x.due_on, today + soon) FROM places p
        JOIN dossiers_dossier x ON x.establishment_id = p.id
        WHERE x.state IN ('draft', 'employer', 'centraliser', 'asked')
          AND NOT (x.state = 'draft' AND x.taken_by IS DISTINCT FROM {_ME})""",
    "review": """SELECT v.establishment_id, v.due_on FROM places p
        JOIN access_review v ON v.establishment_id = p.id WHERE p.administers AND v.closed_at IS NULL""",
    "requests": """SELECT q.establishment_id, q.asked_at::date FROM places p
        JOIN access_rightrequest q ON q.establishment_id = p.id WHERE p.administers AND q.outcome = ''""",
    "delegation": f"""SELECT p.id, d.proposed_at::date FROM places p
        JOIN access_delegation d ON d.establishment_id = p.id AND d.proposed_side = 'organisation'
        WHERE p.administers AND {_UNANSWERED}
      UNION ALL SELECT p.id, d.proposed_at::date FROM places p
        JOIN access_delegation d ON d.organisation_id = p.id AND d.proposed_side = 'establishment'
        WHERE p.administers AND {_UNANSWERED}""",
}
# What waits without a day: it changes nothing in the order, and is asked for where only what waits is wanted.
UNDATED = {
    "exchanges.unread": f"""SELECT x.establishment_id FROM places p
        JOIN exchanges_exchange x ON x.establishment_id = p.id
        LEFT JOIN exchanges_reader r ON r.exchange_id = x.id AND r.person_id = {_ME}
        WHERE x.fund_at IS NOT NULL AND x.state IN ('answered', 'closed')
          AND (r.read_at IS NULL OR r.read_at < x.fund_at)
          AND (x.person_id = {_ME} OR x.taken_by = {_ME} OR r.follows)""",
    "review.suspended": """SELECT s.establishment_id FROM places p
        JOIN access_suspendedright s ON s.establishment_id = p.id WHERE p.administers""",
    "openings": """SELECT c.establishment_id FROM places p
        JOIN establishments_contract c ON c.establishment_id = p.id
        WHERE p.administers AND c.starts_on <= today AND c.starts_on > opened""",
    "request-answers": """SELECT q.establishment_id FROM places p
        JOIN access_rightrequest q ON q.membership_id = p.account WHERE q.read_at IS NULL AND q.outcome <> ''""",
    "deputy": """SELECT d.establishment_id FROM places p JOIN access_deputyship d ON d.deputy_id = p.account
        WHERE d.closed_at IS NULL AND d.accepted_at IS NULL""",
    "first-steps": """SELECT f.establishment_id FROM places p
        JOIN registration_firststeps f ON f.establishment_id = p.id WHERE p.administers AND f.closed_at IS NULL""",
    "agents": """SELECT f.establishment_id FROM places p JOIN agents_affiliation f ON f.establishment_id = p.id
        WHERE f.state = 'incomplete' OR f.left_on IS NULL AND f.claimed_on IS NOT NULL""",
    "declarations": """SELECT a.establishment_id FROM places p
        JOIN service_declarations_anomaly a ON a.establishment_id = p.id WHERE a.state = 'open'""",
    # What is to be paid stands in the obligations.
    "contributions": """SELECT b.establishment_id FROM places p
        JOIN ledger_bankpayment b ON b.establishment_id = p.id WHERE b.state = 'waiting'""",
    "organisation.unattended": f"""SELECT p.id FROM places p JOIN access_delegation d ON d.organisation_id = p.id
        WHERE p.administers AND {IN_FORCE_SQL}""",
}
_WAITING = "\n          UNION ALL ".join(DATED.values())
_UNDATED = "\n          UNION ALL ".join(UNDATED.values())
# The terms to accept are told beside the sources: a day from which the services close, or none yet.
_TERMS_DUE = f"SELECT p.id, {CLOSES_ON_SQL.format(place='p.id')} FROM places p WHERE p.administers"
_TERMS_ASKED = f"SELECT p.id FROM places p WHERE p.administers AND {ASKED_SQL.format(place='p.id')}"

# Two of the places that an item n of the news may concern, among `those`.
_CONCERNED = f"""SELECT e.id, p.administers FROM places p
            JOIN establishments_establishment e ON e.id = p.id AND e.access_closed_at IS NULL
          WHERE {{those}}
            AND (n.funds = '{{{{}}}}' OR EXISTS (SELECT 1 FROM establishments_contract c WHERE c.establishment_id = e.id
              AND c.fund = ANY (n.funds) AND c.starts_on <= today AND (c.ends_on IS NULL OR c.ends_on >= today)))
            AND (n.kinds = '{{{{}}}}' OR e.kind = ANY (n.kinds))
            AND (n.themes = '{{{{}}}}' OR p.administers
              OR EXISTS (SELECT 1 FROM access_right r WHERE r.membership_id = p.account
                AND themes_of ->> r.service = ANY (n.themes::text[]))
              OR EXISTS (SELECT 1 FROM access_absence a JOIN access_absenceright ar ON ar.absence_id = a.id
                WHERE a.receiver_id = p.account AND {COVERING_SQL}
                  AND themes_of ->> ar.service = ANY (n.themes::text[]))
              OR p.account = 0 AND EXISTS (SELECT 1 FROM access_delegationservice s
                WHERE s.establishment_id = p.id AND themes_of ->> s.service = ANY (n.themes::text[]))) LIMIT 2"""

# The letters l and the exchanges x of the place p that the person may open: the latter as `exchanges.rights.readable`
# has it.
_LETTERS_SQL = "l.establishment_id = p.id AND l.withdrawn_at IS NULL AND l.type_id = ANY (p.types)"
_EXCHANGES_SQL = f"""x.establishment_id = p.id AND (x.service = ANY (may.services)
                OR p.account > 0 AND x.person_id = {_ME}
                OR p.administers AND p.id <> ALL (SELECT shut.id FROM shut)
                  AND (x.service = '' OR starts_with(x.service, '{of_theme("")}')))"""
# Each word typed is in y as French has it, part of one of its words, or a letter away from one.
_NEARLY_SQL = f"""NOT EXISTS (SELECT FROM unnest(typed, forms) AS w (one, form) WHERE NOT (y.vector @@ w.form
              OR strpos(y.key, w.one) > 0 OR {answers_sql("y.key", "ARRAY[w.one]")}))"""
# So many of each place that all of them together cost the same, however many they are.
_EACH = "(SELECT greatest(1, {of} / greatest(1, count(*))) FROM places)"

INBOX_CROSSINGS = [
    # The establishments that the person in scope enters today and that answer a search, by the day on which the first
    # of what may wait there falls due; how many they are. `wanted`: those alone where something may be to do
    # ('a-faire'), or not read ('non-lues'). `opened`: the day since which a contract brings new services.
    crossing(
        "inbox_places(today date, months int, words text[], wanted_fund text, wanted text, soon int, late int, "
        "opened date, terms jsonb, grace int, most int, skipped int)",
        "TABLE (id bigint, siret varchar, name varchar, due date, found bigint)",
        # In plpgsql, which keeps the plan for the connection: planning it takes longer than running it.
        f"""#variable_conflict use_column
        BEGIN RETURN QUERY WITH {_PLACES},
        waiting (id, due) AS ({_WAITING}
          UNION ALL {_TERMS_DUE}),
        undated (id) AS (SELECT u.id FROM ({_UNDATED}
          UNION ALL {_TERMS_ASKED}) u (id) WHERE wanted = 'a-faire')
        SELECT e.id, e.siret, e.name, w.due, count(*) OVER ()
        FROM establishments_establishment e
        LEFT JOIN (SELECT waiting.id, min(waiting.due) AS due FROM waiting GROUP BY waiting.id) w ON w.id = e.id
        WHERE e.id IN (SELECT p.id FROM places p) AND e.access_closed_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM unnest(words) word WHERE strpos(e.sort_key, word) = 0
            AND strpos(e.siret, word) <> 1)
          AND (wanted_fund = '' OR EXISTS (SELECT 1 FROM establishments_contract c WHERE c.establishment_id = e.id
            AND c.fund = wanted_fund AND c.starts_on <= today AND (c.ends_on IS NULL OR c.ends_on >= today)))
          AND (wanted <> 'a-faire' OR w.due IS NOT NULL OR e.id IN (SELECT undated.id FROM undated))
          AND (wanted <> 'non-lues' OR EXISTS (SELECT 1 FROM notices_notice n WHERE n.establishment_id = e.id
            AND NOT EXISTS (SELECT 1 FROM notices_reader r WHERE r.notice_id = n.id AND r.person_id = {_ME}
              AND r.read_at IS NOT NULL)))
        ORDER BY w.due NULLS LAST, e.sort_key, e.id LIMIT most OFFSET skipped; END""",
        roles="parvis_person",
        language="plpgsql",
    ),
    # Of the latest news, the first that may concern an establishment of the person in scope, each with two of those
    # that it may concern, where they administer first: by fund and kind, and by whether anything of its themes
    # (`themes_of`: service → theme) was given there. Whether it does is for the rights of the day to say, in their own
    # scope.
    crossing(
        "inbox_news(today date, months int, themes_of jsonb, looked int, most int)",
        "TABLE (id bigint, wanted varchar[], places bigint[])",
        f"""#variable_conflict use_column
        BEGIN RETURN QUERY WITH {_PLACES}
        SELECT n.id, n.themes, c.ids FROM (
          SELECT n.*, row_number() OVER (ORDER BY n.pinned DESC, n.starts_on DESC, n.published_at DESC, n.id DESC)
            AS place
          FROM information_news n WHERE {SHOWN_SQL.replace("%(today)s", "today")} ORDER BY place LIMIT looked) n
        CROSS JOIN LATERAL (SELECT array_agg(x.id ORDER BY x.administers DESC, x.id) AS ids FROM (
          SELECT y.id, y.administers FROM (({_CONCERNED.format(those="p.administers")})
            UNION ALL ({_CONCERNED.format(those="NOT p.administers")})) y
          ORDER BY y.administers DESC, y.id LIMIT 2) x) c
        WHERE c.ids IS NOT NULL ORDER BY n.place LIMIT most; END""",
        roles="parvis_person",
        language="plpgsql",
    ),
    # The establishments of the person in scope that have a letter or an exchange with all that was typed (`sought`, for
    # to_tsquery), the latest first; where none has, those whose latest (so many of all) have it as part of a word or
    # with a letter wrong, as each one's own search forgives it (`typed`: the words); then those where one of the
    # services `codes` was given. Of what their rights give alone: how many there are says nothing of what they may not
    # read, nor whether a word stands there. What it is, their own scope says.
    crossing(
        "inbox_holding(today date, months int, offered jsonb, sought text, typed text[], terms jsonb, grace int, "
        "codes text[], letters_looked int, exchanges_looked int, most int, skipped int)",
        "TABLE (id bigint, found bigint)",
        f"""#variable_conflict use_column
        DECLARE q tsquery := to_tsquery('french', sought);
          forms tsquery[] := ARRAY(SELECT plainto_tsquery('french', w) FROM unnest(typed) AS w);
        BEGIN RETURN QUERY WITH {_PLACES},
        {_SHUT},
        {_GIVEN},
        -- As `letters.reading.service_of` has it: where a type's own service is not offered, another stands in.
        read (id, types) AS MATERIALIZED (SELECT m.id, array_agg(t.id) FROM mine m JOIN letters_lettertype t
          ON t.service = m.service OR m.service = '{LETTERS}' AND NOT EXISTS (SELECT 1 FROM offers o
            WHERE o.code = t.service AND (o.fund IS NULL OR {_OFFERED.format(place="m.id")})) GROUP BY m.id),
        held (id, at) AS MATERIALIZED (
          SELECT p.id, x.at FROM read p CROSS JOIN LATERAL (SELECT max(l.deposited_at) AS at
            FROM letters_fundletter l WHERE {_LETTERS_SQL} AND l.words @@ q) x
            WHERE x.at IS NOT NULL
          UNION ALL SELECT p.id, x.at FROM places p LEFT JOIN may ON may.id = p.id
            CROSS JOIN LATERAL (SELECT max(x.moved_at) AS at FROM exchanges_exchange x
              WHERE {_EXCHANGES_SQL} AND x.vector @@ q) x
            WHERE x.at IS NOT NULL),
        nearly (id, at) AS (
          SELECT p.id, x.at FROM read p CROSS JOIN LATERAL (SELECT max(y.deposited_at) AS at FROM (
            SELECT l.deposited_at, l.search_key AS key, l.words AS vector FROM letters_fundletter l
              WHERE {_LETTERS_SQL} ORDER BY l.dated_on DESC, l.id DESC LIMIT {_EACH.format(of="letters_looked")}) y
            WHERE {_NEARLY_SQL}) x
            WHERE x.at IS NOT NULL AND NOT EXISTS (SELECT FROM held)
          UNION ALL SELECT p.id, x.at FROM places p LEFT JOIN may ON may.id = p.id
            CROSS JOIN LATERAL (SELECT max(y.moved_at) AS at FROM (
              SELECT x.moved_at, x.search AS key, x.vector FROM exchanges_exchange x
                WHERE {_EXCHANGES_SQL} ORDER BY x.moved_at DESC LIMIT {_EACH.format(of="exchanges_looked")}) y
              WHERE {_NEARLY_SQL}) x
            WHERE x.at IS NOT NULL AND NOT EXISTS (SELECT FROM held)),
        met (id, at) AS (SELECT held.id, held.at FROM held UNION ALL SELECT nearly.id, nearly.at FROM nearly
          UNION ALL SELECT may.id, NULL FROM may WHERE may.services && codes)
        SELECT e.id, count(*) OVER () FROM establishments_establishment e
        JOIN (SELECT met.id, max(met.at) AS at FROM met GROUP BY met.id) h ON h.id = e.id
        WHERE e.access_closed_at IS NULL
        ORDER BY h.at DESC NULLS LAST, e.sort_key, e.id LIMIT most OFFSET skipped; END""",
        roles="parvis_person",
        language="plpgsql",
    ),
]
