from django.db import migrations

from parvis.access.crossings import EMPLOYERS_CROSSINGS


class Migration(migrations.Migration):
    """What identity asks of employers; a person is forgotten with their factors too."""

    dependencies = [("access", "0002_policies"), ("identity", "0004_second_factors_policies")]

    operations = [*EMPLOYERS_CROSSINGS]
