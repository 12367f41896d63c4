from typing import Any

from django.db import migrations

from parvis.exchanges.seed import nearer

# What was sent while anybody of « Relations avec les fonds » followed it is read by who holds a service of what it is
# about, as is what will be sent. Its author and who administers read it as before.
FOLLOW = """UPDATE exchanges_exchange x SET service = m.service
  FROM exchanges_motif m
  WHERE m.id = x.motif_id AND m.version = 1 AND x.service = 'theme:relations' AND m.service <> x.service
    AND starts_with(m.service, 'theme:')"""


def fill(apps: Any, editor: Any) -> None:
    nearer(apps.get_model("exchanges", "Motif"))


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0007_older_follow")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
    ]
