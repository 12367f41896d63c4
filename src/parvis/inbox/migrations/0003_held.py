from django.db import migrations

from parvis.inbox.crossings import INBOX_CROSSINGS


class Migration(migrations.Migration):
    dependencies = [("inbox", "0002_everywhere")]

    operations = [
        migrations.RunSQL(
            "DROP FUNCTION IF EXISTS inbox_holding(date, int, text, text[], int, int)", migrations.RunSQL.noop
        ),
        *INBOX_CROSSINGS,
    ]
