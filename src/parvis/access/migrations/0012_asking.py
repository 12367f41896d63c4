from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0011_presets")]

    operations: list[migrations.operations.base.Operation] = []
