from django.db import migrations

from parvis.inbox.crossings import INBOX_CROSSINGS


class Migration(migrations.Migration):
    """What waits of agents, dossiers, declarations and transfers counts among what is to be done."""

    dependencies = [
        ("inbox", "0003_held"),
        ("agents", "0001_initial"),
        ("dossiers", "0001_initial"),
        ("ledger", "0001_initial"),
        ("service_declarations", "0001_initial"),
    ]

    operations = [*INBOX_CROSSINGS]
