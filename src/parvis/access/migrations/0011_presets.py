from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0010_delegations")]

    operations: list[migrations.operations.base.Operation] = []
