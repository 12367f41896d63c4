from django.db import migrations

from parvis.inbox.crossings import INBOX_CROSSINGS


class Migration(migrations.Migration):
    dependencies = [
        ("exchanges", "0004_words"),
        ("inbox", "0001_overview"),
        ("information", "0001_news"),
        ("notices", "0001_initial"),
        ("registration", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "DROP FUNCTION IF EXISTS inbox_places(date, int, text[], int, int, int, int)", migrations.RunSQL.noop
        ),
        *INBOX_CROSSINGS,
    ]
