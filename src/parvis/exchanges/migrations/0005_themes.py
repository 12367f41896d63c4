from typing import Any

from django.db import migrations

from parvis.exchanges.seed import follow, load


def fill(apps: Any, editor: Any) -> None:
    theme, motif = apps.get_model("exchanges", "Theme"), apps.get_model("exchanges", "Motif")
    load(theme, motif)
    follow(theme, motif)


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0004_words")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
