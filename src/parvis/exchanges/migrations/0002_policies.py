from django.db import migrations

from parvis.exchanges.crossings import EXCHANGES_CROSSINGS
from parvis.ground.database.policies import OF_FUNDS, OF_PERSON, erasable, protecting

# Motifs say nothing of anybody: whoever is in some establishment reads them, advisers those of their funds.
SOMEWHERE = "current_setting('parvis.establishment') <> '0'"
ADVISERS = "current_setting('parvis.funds') <> ''"
OF_THEIR_FUNDS = "funds::text[] && string_to_array(current_setting('parvis.funds'), ',')"
# What hangs on an exchange is seen with it: a transfer to another fund takes everything along.
OF_EXCHANGE = "EXISTS (SELECT 1 FROM exchanges_exchange x WHERE x.id = exchange_id)"

# What somebody is writing and has read goes with them, whatever erases them; what they wrote to a fund stays its thread.
WITH_PERSON = [
    *(
        f"ALTER TABLE exchanges_{table} ADD CONSTRAINT exchanges_{table}_person FOREIGN KEY (person_id) "
        f"REFERENCES identity_person (id) ON DELETE {what}"
        for table, what in (
            ("draft", "CASCADE"),
            ("reader", "CASCADE"),
            ("exchange", "SET NULL"),
            ("entry", "SET NULL"),
        )
    ),
    "ALTER TABLE exchanges_exchange ADD CONSTRAINT exchanges_taken_person FOREIGN KEY (taken_by) "
    "REFERENCES identity_person (id) ON DELETE SET NULL",
    # The files themselves are swept as those that no row knows.
    "ALTER TABLE exchanges_attachment ADD CONSTRAINT exchanges_attachment_draft FOREIGN KEY (draft_id) "
    "REFERENCES exchanges_draft (id) ON DELETE CASCADE",
    "CREATE INDEX exchange_taken ON exchanges_exchange (taken_by) WHERE taken_by IS NOT NULL",
    "CREATE INDEX exchange_person ON exchanges_exchange (person_id)",
]


class Migration(migrations.Migration):
    dependencies = [
        ("advisers", "0002_policies"),
        ("establishments", "0006_predecessors"),
        ("exchanges", "0001_initial"),
        ("identity", "0009_recovery_selector"),
    ]

    operations = [
        protecting("exchanges_theme", app=SOMEWHERE, app_may="r", adviser=ADVISERS, adviser_may="raw"),
        protecting("exchanges_motif", app=SOMEWHERE, app_may="r", adviser=OF_THEIR_FUNDS, adviser_may="raw"),
        protecting("exchanges_draft", app_may="rawd", person=OF_PERSON),
        protecting("exchanges_exchange", app_may="raw", person=OF_PERSON, adviser=OF_FUNDS),
        protecting("exchanges_entry", app_may="ra", person=OF_PERSON, adviser=OF_EXCHANGE),
        protecting("exchanges_attachment", app_may="rawd", adviser=OF_EXCHANGE),
        protecting("exchanges_reader", app_may="raw", person=OF_PERSON),
        protecting("exchanges_internalnote", app=None, adviser=OF_EXCHANGE, adviser_may="ra"),
        protecting("exchanges_standardreply", app=None, adviser=OF_FUNDS, adviser_may="rawd"),
        erasable("exchanges_draft", reads="id, updated_at"),
        erasable("exchanges_exchange", reads="id, closed_at"),
        erasable("exchanges_attachment", reads="id, draft_id, exchange_id, key"),
        erasable("exchanges_entry", reads="id, exchange_id"),
        erasable("exchanges_reader", reads="id, exchange_id"),
        erasable("exchanges_internalnote", reads="id, exchange_id"),
        migrations.RunSQL(
            [
                *(
                    f"GRANT USAGE ON SEQUENCE exchanges_{table}_id_seq TO parvis_adviser"
                    for table in ("theme", "motif", "internalnote", "standardreply")
                ),
                *WITH_PERSON,
            ],
            migrations.RunSQL.noop,
        ),
        *EXCHANGES_CROSSINGS,
    ]
