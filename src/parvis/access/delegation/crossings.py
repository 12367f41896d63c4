"""What must cross from an establishment to the organisations that act for it, and back.

Each has a test by a stranger.
"""

from parvis.access.status import active_administrator_sql, administers_sql, expires_sql
from parvis.ground.database.policies import crossing

_RULE = {"today": "today", "months": "months"}
_EXPIRES = expires_sql("m", months="months")

# Account m of the organisation is open today; « À renouveler » reads.
OPEN_SQL = f"""m.confirmed_at IS NOT NULL AND m.deactivated_at IS NULL
  AND (m.starts_on IS NULL OR m.starts_on <= today)
  AND ({_EXPIRES} >= today OR {active_administrator_sql("m", **_RULE)})"""
# Delegation d holds today.
IN_FORCE_SQL = """d.accepted_at IS NOT NULL AND d.replaced_at IS NULL AND d.ended_at IS NULL
  AND d.starts_on <= today AND d.ends_on >= today"""
# By which assignments account m works for the client of delegation d: one by one, and by each portfolio.
WORK_SQL = """SELECT a.level, '' AS portfolio, a.granted_at, a.granted_by FROM access_assignment a
    WHERE a.membership_id = m.id AND a.client_id = d.establishment_id
  UNION ALL SELECT pm.level, f.name, pm.granted_at, pm.granted_by FROM access_portfolioclient pc
    JOIN access_portfoliomember pm ON pm.portfolio_id = pc.portfolio_id AND pm.membership_id = m.id
    JOIN access_portfolio f ON f.id = pc.portfolio_id
    WHERE pc.client_id = d.establishment_id AND pc.establishment_id = d.organisation_id"""

MANDATE_COLUMNS = """service text, level int, delegated int, assigned int, delegation uuid, starts_on date,
  ends_on date, since timestamptz, by text, portfolio text, assigned_at timestamptz, assigned_by text, letters boolean,
  organisation_id bigint, organisation text, organisation_siret text, member uuid, member_name text,
  member_function text"""
# One row per path: delegation d → service s → account m of the organisation → assignment w.
MANDATE_SELECT = f"""s.service, least(s.level, w.level, CASE WHEN {_EXPIRES} < today THEN 1 ELSE 2 END)::int,
  s.level::int, w.level::int, d.ref, d.starts_on, d.ends_on, d.accepted_at,
  CASE WHEN d.proposed_side = 'establishment' THEN d.proposed_name ELSE d.answered_name END,
  w.portfolio, w.granted_at, coalesce((SELECT g.first_name || ' ' || g.last_name FROM access_membership g
    WHERE g.ref = w.granted_by), ''), d.letters, d.organisation_id, o.name, o.siret, m.ref,
  m.first_name || ' ' || m.last_name, m.function"""
MANDATE_FROM = f"""access_delegation d
  JOIN establishments_establishment o ON o.id = d.organisation_id AND o.acts_for_others
  JOIN access_membership m ON m.establishment_id = d.organisation_id
  JOIN access_delegationservice s ON s.delegation_id = d.id AND s.establishment_id = d.establishment_id
  CROSS JOIN LATERAL ({WORK_SQL}) w"""

DELEGATION_CROSSINGS = [
    # By which paths the person works in an establishment today: what `standing()` adds to their own account.
    crossing(
        "access_mandates(who bigint, wanted bigint, today date, months int)",
        f"TABLE ({MANDATE_COLUMNS})",
        f"""SELECT {MANDATE_SELECT} FROM {MANDATE_FROM}
        WHERE d.establishment_id = wanted AND m.person_id = who AND {IN_FORCE_SQL} AND {OPEN_SQL}
        ORDER BY s.service, w.portfolio, d.id""",
        roles="parvis_app",
    ),
    # The establishment of an address, for who has an account in it, or works for it by a delegation that was accepted
    # (its dates are looked at by `standing()`); nothing for anybody else (404).
    crossing(
        "access_enter(who bigint, wanted_siret text)",
        "bigint",
        """SELECT e.id FROM establishments_establishment e WHERE e.siret = wanted_siret AND (
        EXISTS (SELECT 1 FROM access_membership m WHERE m.establishment_id = e.id AND m.person_id = who)
        OR EXISTS (SELECT 1 FROM access_delegation d JOIN access_membership m ON m.establishment_id = d.organisation_id
          WHERE d.establishment_id = e.id AND m.person_id = who AND d.accepted_at IS NOT NULL
            AND d.replaced_at IS NULL AND d.ended_at IS NULL))""",
    ),
    # Under `parvis_portfolio`: the names of the organisation in scope and of all whom a delegation binds to it.
    crossing(
        "access_clients()",
        "bigint[]",
        """SELECT coalesce(array_agg(DISTINCT d.establishment_id), '{}')
          || current_setting('parvis.establishment')::bigint
        FROM access_delegation d WHERE d.organisation_id = current_setting('parvis.establishment')::bigint""",
        roles="parvis_portfolio",
    ),
    # In the establishment in scope: everybody who may do something here by a delegation today, path by path.
    crossing(
        "access_delegates(today date, months int)",
        f"TABLE ({MANDATE_COLUMNS}, last_at timestamptz)",
        f"""SELECT {MANDATE_SELECT}, (SELECT v.last_at FROM access_delegatevisit v
            WHERE v.establishment_id = d.establishment_id AND v.member = m.ref) FROM {MANDATE_FROM}
        WHERE d.establishment_id = current_setting('parvis.establishment')::bigint AND {IN_FORCE_SQL} AND {OPEN_SQL}
        ORDER BY o.sort_key, m.sort_key, m.id, s.service""",
        roles="parvis_app",
    ),
    # Under `parvis_portfolio`: everybody of the organisation in scope who works for others, path by path, for all
    # clients, or for those alone whom one of its accounts works for (0: everybody).
    crossing(
        "access_organisation_mandates(today date, months int, only_member bigint)",
        f"TABLE (client_id bigint, {MANDATE_COLUMNS}, last_at timestamptz)",
        f"""SELECT d.establishment_id, {MANDATE_SELECT}, (SELECT v.last_at FROM access_delegatevisit v
            WHERE v.establishment_id = d.establishment_id AND v.member = m.ref) FROM {MANDATE_FROM}
        WHERE d.organisation_id = current_setting('parvis.establishment')::bigint AND {IN_FORCE_SQL} AND {OPEN_SQL}
          AND (only_member = 0 OR m.id = only_member)
        ORDER BY d.establishment_id, m.sort_key, m.id, s.service""",
        roles="parvis_portfolio",
    ),
    # Under `parvis_person`: whom the person in scope works for today, by their organisations, with the highest level.
    crossing(
        "access_person_clients(today date, months int)",
        "TABLE (siret text, name text, sort_key text, organisation text, organisation_siret text, level int, "
        "services int, ends_on date)",
        f"""SELECT e.siret, e.name, e.sort_key, o.name, o.siret,
          max(least(s.level, w.level, CASE WHEN {_EXPIRES} < today THEN 1 ELSE 2 END))::int,
          count(DISTINCT s.service)::int, min(d.ends_on)
        FROM {MANDATE_FROM} JOIN establishments_establishment e ON e.id = d.establishment_id
        WHERE m.person_id = current_setting('parvis.person')::bigint AND {IN_FORCE_SQL} AND {OPEN_SQL}
        GROUP BY e.id, o.id ORDER BY e.sort_key, e.id""",
        roles="parvis_person",
    ),
    # Whom a delegate asks: the active administrators of their own organisation, never the establishment's.
    crossing(
        "access_organisation_administrators(who bigint, organisation bigint, today date, months int)",
        "TABLE (name text, function varchar, email varchar, phone varchar)",
        f"""SELECT m.first_name || ' ' || m.last_name, m.function, m.email, m.phone FROM access_membership m
        WHERE m.establishment_id = organisation AND m.person_id IS DISTINCT FROM who
          AND EXISTS (SELECT 1 FROM access_membership mine WHERE mine.establishment_id = organisation
            AND mine.person_id = who)
          AND {administers_sql("m", today="today")} AND {active_administrator_sql("m", **_RULE)}
        ORDER BY m.sort_key, m.id""",
        roles="parvis_app",
    ),
    # Who receives delegations, for whoever proposes one: facts of the public directory, nothing else.
    crossing(
        "access_directory(words text[], acting boolean, wanted_department text, most int)",
        "TABLE (id bigint, siret text, name text, kind text, department text, postcode text)",
        """SELECT e.id, e.siret, e.name, e.kind, e.department, e.postcode FROM establishments_establishment e
        WHERE (NOT acting OR e.acts_for_others) AND (wanted_department = '' OR e.department = wanted_department)
          AND NOT EXISTS (SELECT 1 FROM unnest(words) w WHERE strpos(e.sort_key, w) = 0 AND strpos(e.siret, w) <> 1)
        ORDER BY e.sort_key, e.id LIMIT most""",
        roles="parvis_app, parvis_portfolio",
    ),
]

COUNTERPART_CROSSINGS = [
    # Establishments as the public directory knows them, for whoever stands in front of one; nothing that they say of
    # themselves, and none of their people.
    crossing(
        "access_employers(wanted bigint[])",
        "TABLE (id bigint, siret text, name text, acts boolean)",
        "SELECT e.id, e.siret, e.name, e.acts_for_others FROM establishments_establishment e WHERE e.id = ANY(wanted)",
        roles="parvis_app, parvis_portfolio",
    ),
    # Whether one more proposal may wait for an answer between the organisation and anybody. Proposals of one
    # organisation are counted one after the other; yes or no is all that is learnt.
    crossing(
        "access_proposal_place(organisation bigint, most int, since timestamptz, today date)",
        "boolean",
        """SELECT pg_advisory_xact_lock(hashtext('delegation'), (organisation % 2147483647)::int);
        SELECT count(*) < most FROM access_delegation d WHERE d.organisation_id = organisation
          AND d.accepted_at IS NULL AND d.refused_at IS NULL AND d.withdrawn_at IS NULL AND d.lapsed_at IS NULL
          AND d.proposed_at >= since AND d.ends_on >= today""",
        roles="parvis_app",
    ),
    # What waits for the answer of the establishment in scope, on whichever side it stands, the oldest first: reference,
    # who proposes, last day to answer.
    crossing(
        "access_waiting_proposals(today date, days int)",
        "json",
        """SELECT json_agg(json_build_array(w.ref, w.name, w.until) ORDER BY w.until, w.ref) FROM (
          SELECT d.ref, f.name,
            least((d.proposed_at AT TIME ZONE 'Europe/Paris')::date + days, d.ends_on) AS until
          FROM (SELECT g.*, g.organisation_id AS proposer FROM access_delegation g
              WHERE g.establishment_id = current_setting('parvis.establishment')::bigint
                AND g.proposed_side = 'organisation'
            UNION ALL SELECT r.*, r.establishment_id FROM access_delegation r
              WHERE r.organisation_id = current_setting('parvis.establishment')::bigint
                AND r.proposed_side = 'establishment') d
          JOIN establishments_establishment f ON f.id = d.proposer
          WHERE d.accepted_at IS NULL AND d.refused_at IS NULL AND d.withdrawn_at IS NULL AND d.lapsed_at IS NULL) w
        WHERE w.until >= today""",
        roles="parvis_app",
    ),
    # Under `parvis_portfolio`: everybody of the organisation in scope who may do something for one of its clients
    # today, path by path; nothing of a client whose delegation is another's.
    crossing(
        "access_client_mandates(client bigint, today date, months int)",
        f"TABLE ({MANDATE_COLUMNS}, last_at timestamptz)",
        f"""SELECT {MANDATE_SELECT}, (SELECT v.last_at FROM access_delegatevisit v
            WHERE v.establishment_id = d.establishment_id AND v.member = m.ref) FROM {MANDATE_FROM}
        WHERE d.organisation_id = current_setting('parvis.establishment')::bigint AND d.establishment_id = client
          AND {IN_FORCE_SQL} AND {OPEN_SQL}
        ORDER BY m.sort_key, m.id, s.service""",
        roles="parvis_portfolio",
    ),
]
