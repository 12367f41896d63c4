from django.db import migrations

from parvis.inbox.crossings import INBOX_CROSSINGS


class Migration(migrations.Migration):
    """The search over all forgives a wrong letter; where the services are closed for the terms is told apart."""

    dependencies = [("inbox", "0004_monthly_life")]

    operations = [
        migrations.RunSQL(
            [
                "DROP FUNCTION IF EXISTS inbox_places(date, int, text[], text, text, int, int, date, int, int)",
                "DROP FUNCTION IF EXISTS inbox_holding(date, int, jsonb, text, text[], int, int)",
            ],
            migrations.RunSQL.noop,
        ),
        *INBOX_CROSSINGS,
    ]
