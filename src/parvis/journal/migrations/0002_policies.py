"""Row-level security, and the triggers that make the journal append-only."""

from django.db import migrations

from parvis.ground.database.policies import APP_ESTABLISHMENT, OF_PERSON, protecting

APPEND_ONLY = """
CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER journal_row BEFORE UPDATE OR DELETE ON journal_event
  FOR EACH ROW EXECUTE FUNCTION journal_append_only();
CREATE TRIGGER journal_truncate BEFORE TRUNCATE ON journal_event
  FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
"""

RETENTION = [
    # The retention job alone blanks names: it sees names and the events that say how old they are, nothing else.
    "GRANT SELECT ON journal_event TO parvis_retention",
    "CREATE POLICY retention ON journal_event FOR SELECT TO parvis_retention USING (true)",
    "GRANT SELECT, UPDATE (name) ON journal_name TO parvis_retention",
    "CREATE POLICY retention ON journal_name TO parvis_retention USING (true) WITH CHECK (true)",
]


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        protecting("journal_event", app=APP_ESTABLISHMENT, app_may="ra", person=OF_PERSON, person_may="ra"),
        protecting("journal_name", app=APP_ESTABLISHMENT, app_may="ra"),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(RETENTION, migrations.RunSQL.noop),
    ]
