from django.db import migrations

from parvis.access.why.crossings import WHY_CROSSINGS


class Migration(migrations.Migration):
    dependencies = [("access", "0016_organisation")]

    operations: list[migrations.operations.base.Operation] = [*WHY_CROSSINGS]
