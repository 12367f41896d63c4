from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0016_organisation")]

    operations: list[migrations.operations.base.Operation] = []
