from django.db import migrations

from parvis.inbox.crossings import INBOX_CROSSINGS


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0024_my_data_more"),
        ("exchanges", "0002_policies"),
        ("letters", "0002_policies"),
        ("obligations", "0001_initial"),
    ]

    operations = [*INBOX_CROSSINGS]
