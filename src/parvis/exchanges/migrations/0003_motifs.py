from typing import Any

from django.db import migrations

from parvis.exchanges.seed import load


def fill(apps: Any, editor: Any) -> None:
    load(apps.get_model("exchanges", "Theme"), apps.get_model("exchanges", "Motif"))


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0002_policies")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
