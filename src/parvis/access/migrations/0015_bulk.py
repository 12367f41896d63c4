from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0014_review")]

    operations: list[migrations.operations.base.Operation] = []
