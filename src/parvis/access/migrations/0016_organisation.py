from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0015_bulk")]

    operations: list[migrations.operations.base.Operation] = []
