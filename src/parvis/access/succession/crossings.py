"""What moves from an establishment to the one that takes its place, and what is said at its old address.

Each has a test by a stranger. A change here comes with a migration that runs the changed ones again.
"""

from parvis.ground.database.policies import crossing

# Their rows follow the account, whichever establishment it belongs to.
OF_ACCOUNT = ("right", "proposal", "expirywarning", "factorreset", "rightrequest", "suspendedright", "rightuse", "link")
# Rows of the establishment that go with its accounts.
WITH_ACCOUNTS = (
    *(*OF_ACCOUNT, "linktoken", "factorresettoken", "absence", "absenceright", "handover", "deputyship", "draft"),
    *("delegationbatch", "portfolio", "portfoliomember", "preset", "presetright"),
)
_OPEN = "accepted_at IS NULL AND refused_at IS NULL AND withdrawn_at IS NULL AND lapsed_at IS NULL"
_IN_FORCE = "accepted_at IS NOT NULL AND replaced_at IS NULL AND ended_at IS NULL"


def _conflicting(state: str) -> str:
    """Delegation d is between the two, or the successor has one in the same state with the same counterpart."""
    there = " AND ".join(f"x.{part}" for part in state.split(" AND "))
    return f"""((d.establishment_id, d.organisation_id) IN ((old_place, new_place), (new_place, old_place))
    OR (d.establishment_id = old_place AND EXISTS (SELECT 1 FROM access_delegation x
      WHERE x.establishment_id = new_place AND x.organisation_id = d.organisation_id AND {there}))
    OR (d.organisation_id = old_place AND EXISTS (SELECT 1 FROM access_delegation x
      WHERE x.organisation_id = new_place AND x.establishment_id = d.establishment_id AND {there})))"""


# The accounts of those who have one on both sides: `old` goes, `new` stays. What hangs on the old one follows.
_DOUBLES = """
  FOR pair IN SELECT o.id AS old, n.id AS new FROM unnest(olds, news) AS d (o, n)
      JOIN access_membership o ON o.id = d.o AND o.establishment_id = old_place
      JOIN access_membership n ON n.id = d.n AND n.establishment_id = new_place AND n.person_id = o.person_id LOOP
    UPDATE access_absence SET absent_id = pair.new WHERE absent_id = pair.old;
    UPDATE access_absence SET receiver_id = pair.new WHERE receiver_id = pair.old;
    UPDATE access_handover SET cancelled_at = happened
      WHERE leaver_id = pair.old AND done_at IS NULL AND cancelled_at IS NULL AND failed_at IS NULL
        AND EXISTS (SELECT 1 FROM access_handover h WHERE h.leaver_id = pair.new AND h.done_at IS NULL
          AND h.cancelled_at IS NULL AND h.failed_at IS NULL);
    UPDATE access_handover SET leaver_id = pair.new WHERE leaver_id = pair.old;
    UPDATE access_handover SET receiver_id = pair.new WHERE receiver_id = pair.old;
    UPDATE access_deputyship SET deputy_id = pair.new WHERE deputy_id = pair.old;
    UPDATE access_deputyship SET serving_for_id = pair.new WHERE serving_for_id = pair.old;
    DELETE FROM access_assignment a WHERE a.membership_id = pair.old AND EXISTS (SELECT 1 FROM access_assignment b
      WHERE b.membership_id = pair.new AND b.client_id = a.client_id);
    UPDATE access_assignment SET membership_id = pair.new WHERE membership_id = pair.old;
    UPDATE access_portfoliomember SET membership_id = pair.new WHERE membership_id = pair.old;
    DELETE FROM access_linktoken t USING access_link l WHERE t.link_id = l.id AND l.membership_id = pair.old;
    DELETE FROM access_factorresettoken t USING access_factorreset f WHERE t.reset_id = f.id
      AND f.membership_id = pair.old;
    UPDATE access_draft SET membership_id = NULL WHERE membership_id = pair.old;
"""


def _moved() -> str:
    return "\n".join(
        f"  UPDATE access_{name} SET establishment_id = new_place WHERE establishment_id = old_place;"
        for name in WITH_ACCOUNTS
    )


def _dropped() -> str:
    return "\n".join(f"    DELETE FROM access_{name} WHERE membership_id = pair.old;" for name in OF_ACCOUNT)


_SUCCEED = f"""
DECLARE
  told establishments_succession; pair record; old_place bigint; new_place bigint; old_siret text;
  accounts bigint; contracts bigint; given bigint; received bigint;
BEGIN
  SELECT * INTO told FROM establishments_succession s
    WHERE s.ref = wanted AND s.done_at IS NULL AND s.cancelled_at IS NULL AND s."on" <= today FOR UPDATE;
  -- Only what two advisers decide right now, and for an establishment that the one in scope may see.
  IF NOT FOUND OR NOT EXISTS (SELECT 1 FROM advisers_sensitiveact a WHERE a.kind = 'succession'
      AND a.subject = wanted::text AND a.state = 'waiting' AND a.establishment_id = told.predecessor_id)
    OR NOT EXISTS (SELECT 1 FROM establishments_contract c WHERE c.establishment_id = told.predecessor_id
      AND c.fund = ANY (string_to_array(current_setting('parvis.funds'), ',')))
    OR EXISTS (SELECT 1 FROM establishments_succession s
      WHERE s.predecessor_id = told.successor_id AND s.done_at IS NOT NULL) THEN
    RAISE EXCEPTION 'this succession is not to be carried out' USING ERRCODE = 'insufficient_privilege';
  END IF;
  old_place := told.predecessor_id; new_place := told.successor_id;
  SELECT siret INTO old_siret FROM establishments_establishment WHERE id = old_place;
{_DOUBLES}
{_dropped()}
    DELETE FROM access_membership WHERE id = pair.old;
  END LOOP;
  -- Things of which an establishment has one at a time.
  UPDATE access_deputyship SET closed_at = happened, outcome = 'withdrawn', serving_since = NULL
    WHERE establishment_id = old_place AND closed_at IS NULL AND EXISTS (SELECT 1 FROM access_deputyship d
      WHERE d.establishment_id = new_place AND d.closed_at IS NULL);
  UPDATE access_review SET closed_at = happened WHERE establishment_id = old_place AND closed_at IS NULL;
  DELETE FROM access_import WHERE establishment_id = old_place;
  UPDATE access_preset p SET name = left(p.name, 60) || ' (' || old_siret || ')' WHERE p.establishment_id = old_place
    AND p.deleted_at IS NULL AND EXISTS (SELECT 1 FROM access_preset q WHERE q.establishment_id = new_place
      AND q.deleted_at IS NULL AND lower(q.name) = lower(p.name));
  UPDATE access_portfolio p SET name = left(p.name, 60) || ' (' || old_siret || ')' WHERE p.establishment_id = old_place
    AND EXISTS (SELECT 1 FROM access_portfolio q WHERE q.establishment_id = new_place AND q.name = p.name);
  UPDATE access_membership SET establishment_id = new_place WHERE establishment_id = old_place;
  GET DIAGNOSTICS accounts = ROW_COUNT;
{_moved()}
  -- Delegations: between the two, and where the successor has one with the same counterpart, theirs ends.
  UPDATE access_delegation d SET ended_at = happened, word = ending WHERE {_IN_FORCE} AND {_conflicting(_IN_FORCE)};
  UPDATE access_delegation d SET lapsed_at = happened WHERE {_OPEN} AND {_conflicting(_OPEN)};
  SELECT count(*) INTO given FROM access_delegation d WHERE d.establishment_id = old_place
    AND d.organisation_id <> new_place AND {_IN_FORCE};
  SELECT count(*) INTO received FROM access_delegation d WHERE d.organisation_id = old_place
    AND d.establishment_id <> new_place AND {_IN_FORCE};
  UPDATE access_delegation SET establishment_id = new_place
    WHERE establishment_id = old_place AND organisation_id <> new_place;
  UPDATE access_delegation SET organisation_id = new_place
    WHERE organisation_id = old_place AND establishment_id <> new_place;
  UPDATE access_delegationservice s SET establishment_id = d.establishment_id, organisation_id = d.organisation_id
    FROM access_delegation d WHERE d.id = s.delegation_id
      AND (s.establishment_id, s.organisation_id) <> (d.establishment_id, d.organisation_id);
  UPDATE access_delegationdocument s SET establishment_id = d.establishment_id, organisation_id = d.organisation_id
    FROM access_delegation d WHERE d.id = s.delegation_id
      AND (s.establishment_id, s.organisation_id) <> (d.establishment_id, d.organisation_id);
  DELETE FROM access_delegatevisit v WHERE v.establishment_id = old_place AND EXISTS (
    SELECT 1 FROM access_delegatevisit w WHERE w.establishment_id = new_place AND w.member = v.member);
  UPDATE access_delegatevisit SET establishment_id = new_place WHERE establishment_id = old_place;
  UPDATE access_delegatevisit SET organisation_id = new_place WHERE organisation_id = old_place;
  DELETE FROM access_assignment a WHERE a.client_id = old_place AND EXISTS (SELECT 1 FROM access_assignment b
    WHERE b.membership_id = a.membership_id AND b.client_id = new_place);
  UPDATE access_assignment SET client_id = new_place WHERE client_id = old_place;
  UPDATE access_assignment SET establishment_id = new_place WHERE establishment_id = old_place;
  DELETE FROM access_portfolioclient a WHERE a.client_id = old_place AND EXISTS (SELECT 1 FROM access_portfolioclient b
    WHERE b.portfolio_id = a.portfolio_id AND b.client_id = new_place);
  UPDATE access_portfolioclient SET client_id = new_place WHERE client_id = old_place;
  UPDATE access_portfolioclient SET establishment_id = new_place WHERE establishment_id = old_place;
  DELETE FROM access_assignment WHERE client_id = new_place AND establishment_id = new_place;
  DELETE FROM access_portfolioclient WHERE client_id = new_place AND establishment_id = new_place;
  -- Contracts: the successor's begins where the predecessor's ends, unless it has one with the same fund.
  INSERT INTO establishments_contract (establishment_id, fund, number, starts_on, ends_on)
    SELECT new_place, c.fund, c.number, greatest(c.starts_on, told."on"), c.ends_on FROM establishments_contract c
    WHERE c.establishment_id = old_place AND (c.ends_on IS NULL OR c.ends_on >= told."on")
      AND NOT EXISTS (SELECT 1 FROM establishments_contract k WHERE k.establishment_id = new_place AND k.fund = c.fund
        AND (k.ends_on IS NULL OR k.ends_on >= told."on"))
    ON CONFLICT (establishment_id, fund, starts_on) DO NOTHING;
  GET DIAGNOSTICS contracts = ROW_COUNT;
  UPDATE establishments_contract SET ends_on = greatest(starts_on, told."on" - 1)
    WHERE establishment_id = old_place AND (ends_on IS NULL OR ends_on >= told."on");
  -- Letters; those that wait are sent from where they are now.
  UPDATE post_message SET establishment_id = new_place WHERE establishment_id = old_place;
  UPDATE procrastinate_jobs SET args = jsonb_set(args, '{{establishment}}', to_jsonb(new_place))
    WHERE status = 'todo' AND task_name = 'post.send' AND (args ->> 'establishment')::bigint = old_place;
  UPDATE establishments_establishment n SET acts_for_others = true FROM establishments_establishment o
    WHERE n.id = new_place AND o.id = old_place AND o.acts_for_others AND n.legal_category = ANY (acting);
  UPDATE establishments_establishment SET closed_on = coalesce(closed_on, told."on"), acts_for_others = false
    WHERE id = old_place;
  UPDATE establishments_succession SET done_at = happened, done_by = decider, moved = jsonb_build_object(
      'accounts', accounts, 'merged', coalesce(cardinality(olds), 0), 'contracts', contracts, 'given', given,
      'received', received)
    WHERE ref = wanted;
  RETURN (SELECT moved FROM establishments_succession WHERE ref = wanted);
END
"""

SUCCESSION_CROSSINGS = [
    # Everything that the predecessor of a prepared succession has moves to its successor, once, while the second
    # adviser decides it. `olds`, `news`: accounts of the same persons on both sides, whose rights are merged already.
    crossing(
        "access_succeed(wanted uuid, olds bigint[], news bigint[], acting text[], ending text, decider uuid, "
        "happened timestamptz, today date)",
        "jsonb",
        _SUCCEED,
        roles="parvis_adviser",
        language="plpgsql",
    ),
    # For the preview and the merging: who has an account on both sides; for advisers of the predecessor's funds.
    crossing(
        "access_in_both(old_place bigint, new_place bigint)",
        "TABLE (old_id bigint, new_id bigint)",
        """SELECT o.id, n.id FROM access_membership o
        JOIN access_membership n ON n.person_id = o.person_id AND n.establishment_id = new_place
        WHERE o.establishment_id = old_place AND EXISTS (SELECT 1 FROM establishments_contract c
          WHERE c.establishment_id = old_place
            AND c.fund = ANY (string_to_array(current_setting('parvis.funds'), ',')))
        ORDER BY o.sort_key, o.id""",
        roles="parvis_adviser",
    ),
    # The delegations in force that the predecessor received: from whom, and whether they end with the succession; for
    # advisers of its funds.
    crossing(
        "access_received(old_place bigint, new_place bigint, today date)",
        "TABLE (client_id bigint, ends_on date, doubled boolean)",
        """SELECT d.establishment_id, d.ends_on, d.establishment_id = new_place OR EXISTS (SELECT 1
            FROM access_delegation x WHERE x.organisation_id = new_place AND x.establishment_id = d.establishment_id
              AND x.accepted_at IS NOT NULL AND x.replaced_at IS NULL AND x.ended_at IS NULL)
        FROM access_delegation d WHERE d.organisation_id = old_place AND d.accepted_at IS NOT NULL
          AND d.replaced_at IS NULL AND d.ended_at IS NULL AND d.ends_on >= today
          AND EXISTS (SELECT 1 FROM establishments_contract c WHERE c.establishment_id = old_place
            AND c.fund = ANY (string_to_array(current_setting('parvis.funds'), ',')))
        ORDER BY d.establishment_id""",
        roles="parvis_adviser",
    ),
    # How many accounts and contracts an establishment of the directory has, and how many of these are of the adviser's
    # funds: what may be merged with it.
    crossing(
        "access_weight(place bigint)",
        "TABLE (accounts bigint, contracts bigint, own bigint)",
        """SELECT (SELECT count(*) FROM access_membership m WHERE m.establishment_id = place),
          (SELECT count(*) FROM establishments_contract c WHERE c.establishment_id = place),
          (SELECT count(*) FROM establishments_contract c WHERE c.establishment_id = place
            AND c.fund = ANY (string_to_array(current_setting('parvis.funds'), ',')))""",
        roles="parvis_adviser",
    ),
    # At the old address, for whoever may enter what took its place at last: what became of it, and where it leads.
    crossing(
        "access_became(who bigint, wanted_siret text)",
        "TABLE (name text, siret text, cause text, since date, successor text, successor_siret text)",
        """WITH RECURSIVE after_it(depth, id, "on", cause) AS (
          SELECT 1, s.successor_id, s."on", s.cause FROM establishments_succession s
            JOIN establishments_establishment p ON p.id = s.predecessor_id
            WHERE p.siret = wanted_siret AND s.done_at IS NOT NULL
          UNION SELECT a.depth + 1, s.successor_id, a."on", a.cause FROM after_it a
            JOIN establishments_succession s ON s.predecessor_id = a.id WHERE s.done_at IS NOT NULL)
        SELECT o.name, o.siret, a.cause, a."on", n.name, n.siret FROM after_it a
        JOIN establishments_establishment n ON n.id = a.id
        JOIN establishments_establishment o ON o.siret = wanted_siret
        WHERE access_enter(who, n.siret) = n.id ORDER BY a.depth DESC LIMIT 1""",
        roles="parvis_app",
    ),
]
