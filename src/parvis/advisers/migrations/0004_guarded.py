"""What a mistake of the application must not undo: who decides an act, that it is decided once, who is an adviser."""

from django.db import migrations, models

from parvis.ground.database.policies import of_adviser

# Advisers decide acts; what was asked, by whom and for which fund does not change any more. The decider is locked until
# the end of the transaction: whoever is closed at this moment either decided before, or not at all.
ACTS = """
REVOKE UPDATE ON advisers_sensitiveact FROM parvis_adviser;
GRANT UPDATE (state, decided_by_id, decided_at, note) ON advisers_sensitiveact TO parvis_adviser;
CREATE FUNCTION advisers_act_guarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  who advisers_adviser;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO who FROM advisers_adviser a WHERE a.id = NEW.opened_by_id FOR SHARE;
    IF NEW.state = 'waiting' AND who.closed_at IS NULL AND NEW.fund = ANY (string_to_array(who.funds, ',')) THEN
      RETURN NEW;
    END IF;
  ELSIF OLD.state = 'waiting' THEN
    SELECT * INTO who FROM advisers_adviser a WHERE a.id = NEW.decided_by_id FOR SHARE;
    IF who.closed_at IS NULL AND NEW.fund = ANY (string_to_array(who.funds, ',')) AND (
      (NEW.state = 'withdrawn' AND who.id = OLD.opened_by_id) OR (
        NEW.state IN ('approved', 'refused') AND who.role IN ('second', 'supervisor') AND who.id <> OLD.opened_by_id
        AND NOT EXISTS (SELECT FROM advisers_sensitiveedit e WHERE e.act_id = NEW.id AND e.adviser_id = who.id)
      )
    ) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'this adviser may not do that with this act' USING ERRCODE = 'check_violation',
    CONSTRAINT = 'sensitive_act_guarded';
END $$;
REVOKE ALL ON FUNCTION advisers_act_guarded() FROM PUBLIC;
CREATE TRIGGER advisers_act_guarded BEFORE INSERT OR UPDATE ON advisers_sensitiveact
  FOR EACH ROW EXECUTE FUNCTION advisers_act_guarded();
"""
# Opening a closed adviser again is looked at as making one is.
APART = """
DROP TRIGGER advisers_apart ON advisers_adviser;
CREATE TRIGGER advisers_apart BEFORE INSERT OR UPDATE OF person_id, closed_at ON advisers_adviser
  FOR EACH ROW WHEN (NEW.closed_at IS NULL) EXECUTE FUNCTION advisers_apart();
"""
# An adviser's own role writes events of the establishment in scope, of their funds, and of no other.
JOURNAL = [
    "DROP POLICY adviser ON journal_event",
    f"CREATE POLICY adviser ON journal_event TO parvis_adviser USING ({of_adviser('journal_event')}) "
    f"WITH CHECK (origin = 'conseiller' AND {of_adviser('journal_event')})",
]


class Migration(migrations.Migration):
    dependencies = [("advisers", "0003_data_export"), ("backoffice", "0001_shown_to_advisers")]

    operations = [
        migrations.AddConstraint(
            model_name="sensitiveact",
            constraint=models.UniqueConstraint(
                fields=("kind", "establishment_id", "subject"),
                condition=models.Q(state="waiting"),
                nulls_distinct=False,
                name="sensitive_act_waits_once",
            ),
        ),
        migrations.RunSQL(ACTS, migrations.RunSQL.noop),
        migrations.RunSQL(APART, migrations.RunSQL.noop),
        migrations.RunSQL(JOURNAL, migrations.RunSQL.noop),
    ]
