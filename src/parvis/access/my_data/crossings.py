"""What establishments keep of the person in scope beside their accounts: read by nobody else, nobody else named."""

from parvis.ground.database.policies import crossing

_DECIDED = "SELECT d.choice FROM access_reviewdecision d WHERE d.line_id = t.id ORDER BY d.number DESC LIMIT 1"
_ENDED = "least(t.used_at, t.superseded_at, t.killed_at)"
_PARTS = (
    # Part, what it is there, level, from, until, at, over, table, whose.
    ("link", "''", "NULL", "NULL", "t.expires_at::date", "t.created_at", _ENDED,
     "access_link t", "t.membership_id = m.id"),
    ("absence", "CASE WHEN t.absent_id = m.id THEN 'absent' ELSE 'receiver' END", "NULL", "t.starts_on", "t.ends_on",
     "t.created_at", "t.ended_at", "access_absence t", "m.id IN (t.absent_id, t.receiver_id)"),
    ("handover", "CASE WHEN t.leaver_id = m.id THEN 'leaver' ELSE 'receiver' END", "NULL", 't."on"', "NULL",
     "t.created_at", "least(t.done_at, t.cancelled_at, t.failed_at)", "access_handover t",
     "m.id IN (t.leaver_id, t.receiver_id)"),
    ("deputyship", "CASE WHEN t.deputy_id = m.id THEN 'deputy' ELSE 'served' END", "NULL", "NULL", "NULL",
     "t.named_at", "t.closed_at", "access_deputyship t", "m.id IN (t.deputy_id, t.serving_for_id)"),
    ("suspended", "t.service", "t.level", "t.starts_on", "t.ends_on", "t.suspended_at", "NULL",
     "access_suspendedright t", "t.membership_id = m.id"),
    ("assignment", "(SELECT c.siret FROM establishments_establishment c WHERE c.id = t.client_id)", "t.level", "NULL",
     "NULL", "t.granted_at", "NULL", "access_assignment t", "t.membership_id = m.id"),
    ("portfolio", "(SELECT p.name FROM access_portfolio p WHERE p.id = t.portfolio_id)", "t.level", "NULL", "NULL",
     "t.granted_at", "NULL", "access_portfoliomember t", "t.membership_id = m.id"),
    ("review", _DECIDED, "NULL", "NULL", "r.due_on", "r.opened_at", "r.closed_at",
     "access_reviewline t JOIN access_review r ON r.id = t.review_id", "t.ref = m.ref"),
)  # fmt: skip
_ONE = """SELECT '{0}', e.siret, ({1})::text, ({2})::smallint, ({3})::date, ({4})::date, ({5})::timestamptz,
  ({6})::timestamptz FROM access_membership m JOIN establishments_establishment e ON e.id = m.establishment_id
  JOIN {7} ON t.establishment_id = m.establishment_id AND {8}
  WHERE m.person_id = current_setting('parvis.person')::bigint"""
MORE_CROSSINGS = [
    crossing(
        "access_person_more()",
        "TABLE (part text, siret varchar, what text, level smallint, starts_on date, ends_on date, at timestamptz, "
        "over_at timestamptz)",
        " UNION ALL ".join(_ONE.format(*part) for part in _PARTS) + " ORDER BY 1, 7",
        roles="parvis_person",
    ),
]
