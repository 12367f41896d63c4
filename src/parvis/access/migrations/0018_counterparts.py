from django.db import migrations

from parvis.access.delegation.crossings import COUNTERPART_CROSSINGS


class Migration(migrations.Migration):
    dependencies = [("access", "0017_why")]

    operations: list[migrations.operations.base.Operation] = [*COUNTERPART_CROSSINGS]
