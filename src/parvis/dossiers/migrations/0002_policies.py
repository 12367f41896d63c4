from django.db import migrations

from parvis.dossiers.crossings import DOSSIERS_CROSSINGS, TRIGGERS
from parvis.ground.database.policies import OF_FUNDS, OF_ORGANISATION, OF_PERSON, erasable, protecting

# A fund sees a dossier from the day on which it was sent, and of its words those that are for it.
SENT_TO_FUNDS = f"{OF_FUNDS} AND sent_at IS NOT NULL"
OF_DOSSIER = "EXISTS (SELECT 1 FROM dossiers_dossier x WHERE x.id = dossier_id)"

# Who began a dossier, has it or wrote in it is forgotten with the person; the dossier stays the establishment's.
WITH_PERSON = [
    f"ALTER TABLE dossiers_{table} ADD CONSTRAINT dossiers_{table}_{column} FOREIGN KEY ({column}) "
    "REFERENCES identity_person (id) ON DELETE SET NULL"
    for table, column in (
        ("dossier", "person_id"),
        ("dossier", "taken_by"),
        ("dossier", "worked_by"),
        ("entry", "person_id"),
        ("document", "person_id"),
    )
] + [
    f"CREATE INDEX dossier_{column} ON dossiers_dossier ({column}) WHERE {column} IS NOT NULL"
    for column in ("person_id", "taken_by", "worked_by")
]


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("advisers", "0002_policies"),
        ("establishments", "0006_predecessors"),
        ("dossiers", "0001_initial"),
        ("identity", "0009_recovery_selector"),
    ]

    operations = [
        protecting(
            "dossiers_dossier",
            app_may="rawd",
            person=OF_PERSON,
            portfolio=OF_ORGANISATION,
            adviser=SENT_TO_FUNDS,
        ),
        protecting("dossiers_entry", app_may="rad", person=OF_PERSON, adviser=f"audience = 'all' AND {OF_DOSSIER}"),
        protecting("dossiers_wanted", app_may="raw", adviser=OF_DOSSIER),
        protecting(
            "dossiers_document", app_may="rawd", person=OF_PERSON, adviser=f"sent_at IS NOT NULL AND {OF_DOSSIER}"
        ),
        protecting("dossiers_internalnote", app=None, adviser=OF_DOSSIER, adviser_may="ra"),
        protecting("dossiers_organisationcircuit", app_may="raw"),
        erasable("dossiers_dossier", reads="id, state, closed_at, moved_at"),
        erasable("dossiers_document", reads="id, dossier_id, key"),
        erasable("dossiers_entry", reads="id, dossier_id"),
        erasable("dossiers_wanted", reads="id, dossier_id"),
        erasable("dossiers_internalnote", reads="id, dossier_id"),
        migrations.RunSQL(
            ["GRANT USAGE ON SEQUENCE dossiers_internalnote_id_seq TO parvis_adviser", *WITH_PERSON],
            migrations.RunSQL.noop,
        ),
        *DOSSIERS_CROSSINGS,
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
    ]
