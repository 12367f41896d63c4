"""Comparing what was kept of INSEE's files with the directory, and writing what differs, in one transaction.

An establishment with a contract keeps its name and its address until an adviser takes the new ones over: letters with
codes go to that address. For all others, and for every other fact, Sirene is followed at once.
"""

import datetime
from typing import Any

from parvis.establishments.lines import SHOWN_ERRORS, Errors

# The order of `Establishment.sirene`: name, address (lines), commune, postcode, commune's code, category, closed since.
SAID = ("name", "address", "commune", "postcode", "insee_code", "category", "closed_on")

# Each establishment that was kept, as the directory would have it.
_READ = """(
  SELECT w.*, ARRAY[w.name, array_to_string(w.address, E'\\n'), w.commune, w.postcode, w.insee_code, w.category,
    coalesce(w.closed_on::text, '')] AS said
  FROM (
    SELECT k.siret, k.siren, left(CASE WHEN k.head OR k.own = '' THEN u.name ELSE u.name || ' – ' || k.own END, 200)
        AS name,
      left(CASE WHEN k.head OR k.own = '' THEN u.sort_key ELSE u.sort_key || ' – ' || k.own_key END, 200) AS sort_key,
      u.kind, u.category, k.address, k.commune, k.postcode, k.insee_code, k.department, k.closed_on, k.since
    FROM establishments_sirenekept k JOIN establishments_sireneunit u ON u.siren = k.siren) w)"""

_DIFFERING = f"""
CREATE TEMPORARY TABLE sirene_differing ON COMMIT DROP AS
SELECT n.*, e.id, e.sirene AS was, e.name AS name_now, array_to_string(e.address, E'\\n') AS address_now,
  EXISTS (SELECT 1 FROM establishments_contract c WHERE c.establishment_id = e.id) AS followed
FROM {_READ} n JOIN establishments_establishment e ON e.siret = n.siret WHERE e.sirene IS DISTINCT FROM n.said
"""

_LATEST_LINK = """(SELECT l.successor FROM establishments_sirenelink l WHERE l.predecessor = {0}
  ORDER BY l."on" DESC NULLS LAST, l.line DESC LIMIT 1)"""

# What did not come true, or came back: nobody has to see to it any more.
_GONE = """
UPDATE establishments_sirenechange c SET state = 'gone', decided_at = %(now)s
FROM sirene_differing d
WHERE c.establishment_id = d.id AND c.state = 'waiting' AND CASE c.kind
  WHEN 'name' THEN d.said[1] = d.name_now
  WHEN 'address' THEN d.said[2] = d.address_now
  WHEN 'category' THEN d.said[6] = c.before
  WHEN 'closed' THEN d.said[7] = ''
  ELSE d.said[7] <> '' END
"""

_CHANGES = f"""
INSERT INTO establishments_sirenechange AS x
  (ref, establishment_id, run_id, kind, before, after, "on", successor, found_at, state, note)
SELECT gen_random_uuid(), d.id, %(run)s, c.kind, c.before, c.after, d.since,
  CASE WHEN c.kind = 'closed' THEN coalesce({_LATEST_LINK.format("d.siret")}, '') ELSE '' END, %(now)s, 'waiting', ''
FROM sirene_differing d CROSS JOIN LATERAL (VALUES
  ('name', d.name_now, d.said[1], d.was[1] <> d.said[1] AND d.name_now <> d.said[1]),
  ('address', d.address_now, d.said[2], d.was[2] <> d.said[2] AND d.address_now <> d.said[2]),
  ('category', d.was[6], d.said[6], d.was[6] <> d.said[6]),
  ('closed', '', d.said[7], d.was[7] = '' AND d.said[7] <> ''),
  ('reopened', d.was[7], '', d.was[7] <> '' AND d.said[7] = '')) AS c (kind, before, after, changed)
WHERE d.followed AND d.was IS NOT NULL AND c.changed
ON CONFLICT (establishment_id, kind) WHERE state = 'waiting' DO UPDATE SET after = excluded.after,
  run_id = excluded.run_id, "on" = excluded."on", successor = excluded.successor, found_at = excluded.found_at
RETURNING x.kind
"""

# A succession may reach Sirene months after the closing.
_LATE_SUCCESSORS = f"""
UPDATE establishments_sirenechange c SET successor = f.successor FROM (
  SELECT w.id, {_LATEST_LINK.format("e.siret")} AS successor
  FROM establishments_sirenechange w JOIN establishments_establishment e ON e.id = w.establishment_id
  WHERE w.state = 'waiting' AND w.kind = 'closed' AND w.successor = '') f
WHERE c.id = f.id AND f.successor IS NOT NULL
"""

_UPDATED = """
UPDATE establishments_establishment e SET siren = d.siren, legal_category = d.category, insee_code = d.insee_code,
  department = d.department, closed_on = d.closed_on, sirene = d.said,
  name = CASE WHEN d.followed THEN e.name ELSE d.name END,
  sort_key = CASE WHEN d.followed THEN e.sort_key ELSE d.sort_key END,
  kind = CASE WHEN d.followed THEN e.kind ELSE d.kind END,
  address = CASE WHEN d.followed AND d.was IS NOT NULL THEN e.address ELSE d.address END,
  commune = CASE WHEN d.followed AND d.was IS NOT NULL THEN e.commune ELSE d.commune END,
  postcode = CASE WHEN d.followed AND d.was IS NOT NULL THEN e.postcode ELSE d.postcode END
FROM sirene_differing d WHERE e.id = d.id
"""

_CREATED = f"""
INSERT INTO establishments_establishment (siret, siren, name, kind, legal_category, insee_code, department, postcode,
  parent_siren, sort_key, address, commune, closed_on, sirene)
SELECT n.siret, n.siren, n.name, n.kind, n.category, n.insee_code, n.department, n.postcode, '', n.sort_key, n.address,
  n.commune, n.closed_on, n.said
FROM {_READ} n WHERE NOT EXISTS (SELECT 1 FROM establishments_establishment e WHERE e.siret = n.siret)
"""

_ABSENT = """
SELECT count(*) FROM establishments_establishment e WHERE e.sirene IS NOT NULL AND e.closed_on IS NULL
  AND NOT EXISTS (SELECT 1 FROM establishments_sirenekept k JOIN establishments_sireneunit u ON u.siren = k.siren
    WHERE k.siret = e.siret)
"""

# What was written waits beside the keys of the advisers' search, and each search would go through it: put in its place.
_SETTLED = """
SELECT gin_clean_pending_list(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am a ON a.oid = c.relam WHERE i.indrelid = 'establishments_establishment'::regclass AND a.amname = 'gin'
"""


def twice(cursor: Any, errors: Errors, table: str, column: str) -> None:
    """Note the numbers that two lines of a file bear."""
    cursor.execute(
        f"SELECT {column}, min(line), max(line) FROM {table} GROUP BY {column} HAVING count(*) > 1 "
        f"ORDER BY max(line) LIMIT {SHOWN_ERRORS}"
    )
    for number, earlier, line in cursor.fetchall():
        errors.add(line, f"{number} est déjà à la ligne {earlier}.")


def apply(cursor: Any, run: int, now: datetime.datetime) -> dict[str, int]:
    """Write what differs, inside the caller's transaction; returns how much of each."""
    cursor.execute("SET LOCAL work_mem = '64MB'")
    cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'")
    for table in ("unit", "kept", "link"):
        cursor.execute(f"ANALYZE establishments_sirene{table}")
    cursor.execute("CREATE INDEX sirene_link_of ON establishments_sirenelink (predecessor)")
    cursor.execute("DROP TABLE IF EXISTS sirene_differing")
    cursor.execute(_DIFFERING)
    cursor.execute("ANALYZE sirene_differing")
    values = {"run": run, "now": now}
    cursor.execute(_GONE, values)
    cursor.execute(_CHANGES, values)
    found = [kind for (kind,) in cursor.fetchall()]
    cursor.execute(_LATE_SUCCESSORS)
    cursor.execute(_UPDATED)
    changed = cursor.rowcount
    cursor.execute(_CREATED)
    created = cursor.rowcount
    cursor.execute(_ABSENT)
    (absent,) = cursor.fetchone()
    cursor.execute(_SETTLED)
    cursor.execute("DROP TABLE sirene_differing")
    cursor.execute("DROP INDEX sirene_link_of")
    kinds = {f"to_see_{kind}": found.count(kind) for kind in sorted(set(found))}
    return {"created": created, "changed": changed, "absent": absent, "to_see": len(found), **kinds}
