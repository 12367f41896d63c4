from django.db import migrations

# The retention role alone erases events, and none younger than a year, whatever asks for it.
RETENTION = """
CREATE OR REPLACE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_user = 'parvis_retention' AND OLD.at < now() - interval '1 year' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
GRANT DELETE ON journal_event TO parvis_retention;
DROP POLICY retention ON journal_event;
CREATE POLICY retention ON journal_event TO parvis_retention USING (true);
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_policies")]

    operations = [migrations.RunSQL(RETENTION, migrations.RunSQL.noop)]
