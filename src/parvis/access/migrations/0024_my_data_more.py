from django.db import migrations

from parvis.access.my_data.crossings import MORE_CROSSINGS


class Migration(migrations.Migration):
    """The copy of somebody's data: absences, hand-overs, deputies, reviews, clients, links of each account."""

    dependencies = [("access", "0023_succession")]

    operations = [*MORE_CROSSINGS]
