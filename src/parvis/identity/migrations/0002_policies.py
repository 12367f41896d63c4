from django.db import migrations

from parvis.ground.database.policies import OF_PERSON, protecting
from parvis.identity.crossings import CROSSINGS

OWN = "id = current_setting('parvis.person')::bigint"


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial"), ("journal", "0002_policies")]

    operations = [
        # No establishment reads or writes a person: only the person's own scope does.
        protecting("identity_person", app=None, person=OWN, person_may="raw"),
        *[
            protecting(table, app=None, person=OF_PERSON, person_may="rawd")
            for table in (
                "identity_credential",
                "identity_email",
                "identity_phone",
                "identity_link",
                "identity_linktoken",
            )
        ],
        migrations.RunSQL(
            [
                "GRANT SELECT, INSERT, UPDATE, DELETE ON identity_session TO parvis_app",
                "GRANT INSERT ON identity_identifier TO parvis_app",
                "GRANT USAGE ON SEQUENCE identity_person_id_seq TO parvis_app, parvis_person",
            ],
            migrations.RunSQL.noop,
        ),
        *CROSSINGS,
    ]
