from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0012_asking")]

    operations: list[migrations.operations.base.Operation] = []
