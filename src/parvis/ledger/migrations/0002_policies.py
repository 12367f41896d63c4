"""Row-level security, and what the database itself holds of the accounts: balanced, whole, and only ever added to."""

from django.db import migrations

from parvis.ground.database.policies import OF_FUNDS, erasable, protecting

# A line is of the movement's own establishment and fund.
SAME_PLACE = """
ALTER TABLE ledger_line ADD CONSTRAINT ledger_line_place FOREIGN KEY (movement_id, establishment_id, fund)
  REFERENCES ledger_movement (id, establishment_id, fund) DEFERRABLE INITIALLY DEFERRED;
"""

APPEND_ONLY = """
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the accounts are only ever added to: write a counter-entry' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER ledger_row BEFORE UPDATE OR DELETE ON ledger_movement
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_row BEFORE UPDATE OR DELETE ON ledger_line
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_truncate BEFORE TRUNCATE ON ledger_movement
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_truncate BEFORE TRUNCATE ON ledger_line
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
"""

# At the end of the transaction, whatever scope is in force by then: hence the triggers' SECURITY DEFINER, to see the
# lines at all; what they call runs as they do, and nobody else may call it.
BALANCED = """
CREATE FUNCTION ledger_check(which bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE total numeric; sides bigint; wanted bigint;
BEGIN
  SELECT m.sides INTO wanted FROM ledger_movement m WHERE m.id = which;
  SELECT coalesce(sum(l.amount), 0), count(*) INTO total, sides FROM ledger_line l WHERE l.movement_id = which;
  IF total <> 0 OR sides <> wanted THEN
    RAISE EXCEPTION 'movement % is not balanced: % sides of %, sum %', which, sides, wanted, total
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
  END IF;
END $$;
REVOKE ALL ON FUNCTION ledger_check FROM PUBLIC;
CREATE FUNCTION ledger_movement_balanced() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE moved numeric; sides bigint; funds bigint; places bigint;
BEGIN
  PERFORM ledger_check(NEW.id);
  IF NEW.pair IS NOT NULL THEN
    SELECT coalesce(sum(l.amount), 0), count(DISTINCT m.id), count(DISTINCT m.fund), count(DISTINCT m.establishment_id)
      INTO moved, sides, funds, places
      FROM ledger_movement m JOIN ledger_line l ON l.movement_id = m.id AND l.account = 'transfers'
      WHERE m.pair = NEW.pair;
    IF moved <> 0 OR sides <> 2 OR funds <> 2 OR places <> 1 THEN
      RAISE EXCEPTION 'transfer % lacks its other side', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_balanced';
    END IF;
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger_movement_balanced FROM PUBLIC;
CREATE FUNCTION ledger_line_balanced() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM ledger_check(NEW.movement_id);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger_line_balanced FROM PUBLIC;
CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON ledger_movement DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION ledger_movement_balanced();
-- The first line of a movement is written after it: the movement's own check sees them all. Lines that come in a
-- transaction of their own meet this one.
CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON ledger_line DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION ledger_line_balanced();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("advisers", "0001_initial"), ("journal", "0004_retention_role")]

    operations = [
        protecting("ledger_movement", app_may="ra", adviser=OF_FUNDS),
        protecting("ledger_line", app_may="ra", adviser=OF_FUNDS),
        protecting("ledger_bankfile", app=None, adviser=OF_FUNDS),
        # The establishment sees the transfers recognised as its own; an adviser of the fund decides on those that wait.
        protecting("ledger_bankpayment", app_may="r", adviser=OF_FUNDS, adviser_may="rw"),
        erasable("ledger_bankpayment", reads="id, received_at, state, payer, label", blanks="payer, label"),
        migrations.RunSQL([SAME_PLACE, APPEND_ONLY, BALANCED], migrations.RunSQL.noop),
    ]
