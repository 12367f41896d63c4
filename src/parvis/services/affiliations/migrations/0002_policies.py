from django.db import migrations

from parvis.ground.database.policies import OF_PERSON, erasable, protecting


class Migration(migrations.Migration):
    dependencies = [
        ("service_affiliations", "0001_initial"),
        ("identity", "0009_recovery_selector"),
        ("journal", "0004_retention_role"),
    ]

    operations = [
        protecting("service_affiliations_draft", app_may="rawd", person=OF_PERSON),
        protecting("service_affiliations_agentfile", app_may="rawd"),
        erasable("service_affiliations_draft", reads="id, updated_at"),
        erasable("service_affiliations_agentfile", reads="id, expires_at"),
        # What somebody is writing goes with them, whatever erases them.
        migrations.RunSQL(
            "ALTER TABLE service_affiliations_draft ADD CONSTRAINT service_affiliations_draft_person "
            "FOREIGN KEY (person_id) REFERENCES identity_person (id) ON DELETE CASCADE",
            migrations.RunSQL.noop,
        ),
    ]
