from django.db import migrations

from parvis.identity.crossings import COUNTER_CROSSINGS


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_second_factors_policies"), ("journal", "0002_policies")]

    operations = [*COUNTER_CROSSINGS]
