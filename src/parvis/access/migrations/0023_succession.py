"""What moves when an establishment takes another's place, and what is said at the old address."""

from django.db import migrations

from parvis.access.succession.crossings import SUCCESSION_CROSSINGS


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0021_limited_administrators"),
        ("advisers", "0002_policies"),
        ("establishments", "0004_sirene"),
    ]

    operations = [*SUCCESSION_CROSSINGS]
