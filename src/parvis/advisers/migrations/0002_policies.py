from django.db import migrations

from parvis.advisers.crossings import ADVISERS_CROSSINGS
from parvis.ground.database.policies import OF_FUNDS, OF_PERSON, protecting

# Whoever decides for the schemes never belongs to an establishment too: whichever of the two comes second is refused.
APART = """
CREATE FUNCTION advisers_apart() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
  IF NEW.person_id IS NOT NULL THEN
    PERFORM 1 FROM identity_person WHERE id = NEW.person_id FOR UPDATE;
    IF TG_TABLE_NAME = 'advisers_adviser' THEN
      IF EXISTS (SELECT 1 FROM access_membership m WHERE m.person_id = NEW.person_id) THEN
        RAISE EXCEPTION 'a member of an establishment cannot be an adviser' USING ERRCODE = 'check_violation',
          CONSTRAINT = 'adviser_is_no_member';
      END IF;
    ELSIF EXISTS (SELECT 1 FROM advisers_adviser a WHERE a.person_id = NEW.person_id AND a.closed_at IS NULL) THEN
      RAISE EXCEPTION 'an adviser cannot be a member of an establishment' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'adviser_is_no_member';
    END IF;
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION advisers_apart() FROM PUBLIC;
CREATE TRIGGER advisers_apart BEFORE INSERT OR UPDATE OF person_id ON advisers_adviser
  FOR EACH ROW EXECUTE FUNCTION advisers_apart();
CREATE TRIGGER advisers_apart BEFORE INSERT OR UPDATE OF person_id ON access_membership
  FOR EACH ROW EXECUTE FUNCTION advisers_apart();
"""

COLLEAGUES = "current_setting('parvis.funds') <> ''"
OF_ACT = "EXISTS (SELECT 1 FROM advisers_sensitiveact a WHERE a.id = act_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("advisers", "0001_initial"),
        ("access", "0020_administers"),
        ("establishments", "0003_acts_for_others"),
    ]

    operations = [
        protecting("advisers_adviser", app=None, person=OF_PERSON, adviser=COLLEAGUES),
        # An adviser opens and decides the acts of their funds; nobody erases one.
        protecting("advisers_sensitiveact", app=None, adviser=OF_FUNDS, adviser_may="raw"),
        protecting("advisers_sensitiveedit", app=None, adviser=OF_ACT, adviser_may="ra"),
        *ADVISERS_CROSSINGS,
        migrations.RunSQL(APART, migrations.RunSQL.noop),
    ]
