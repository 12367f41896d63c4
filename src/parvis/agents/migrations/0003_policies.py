"""Row-level security, what the retention job may erase, and bases by month that are added and never altered."""

from django.db import migrations

from parvis.agents.crossings import AGENTS_CROSSINGS
from parvis.ground.database.policies import erasable, protecting

# Whatever the role: a base changes hands with its establishment (`agents_succeed`), and goes with its agent's term.
NEVER_ALTERED = """
CREATE FUNCTION agents_base_never_altered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_user = 'parvis_retention' THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'establishment_id' = to_jsonb(OLD) - 'establishment_id'
      AND EXISTS (SELECT 1 FROM establishments_succession s WHERE s.predecessor_id = OLD.establishment_id
        AND s.successor_id = NEW.establishment_id AND s.done_at IS NOT NULL) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a declared base is never altered: add one that supersedes it'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER agents_base_row BEFORE UPDATE OR DELETE ON agents_monthlybase
  FOR EACH ROW EXECUTE FUNCTION agents_base_never_altered();
CREATE SEQUENCE agents_affiliation_number;
GRANT USAGE ON SEQUENCE agents_affiliation_number TO parvis_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0002_bases"),
        ("establishments", "0006_predecessors"),
        ("journal", "0004_retention_role"),
    ]

    operations = [
        protecting("agents_agent", app_may="rawd"),
        protecting("agents_affiliation", app_may="rawd"),
        protecting("agents_post", app_may="rawd"),
        protecting("agents_monthlybase", app_may="ra"),
        erasable("agents_agent", reads="id, born_on, created_at"),
        erasable("agents_affiliation", reads="id, agent_id, left_on"),
        erasable("agents_post", reads="id, agent_id"),
        erasable("agents_monthlybase", reads="id, agent_id"),
        migrations.RunSQL(NEVER_ALTERED, migrations.RunSQL.noop),
        *AGENTS_CROSSINGS,
    ]
