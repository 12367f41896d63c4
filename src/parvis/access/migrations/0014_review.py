from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0013_handing")]

    operations: list[migrations.operations.base.Operation] = []
