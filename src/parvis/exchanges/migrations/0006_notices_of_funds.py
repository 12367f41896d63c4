from django.db import migrations

# Notices left before they named their fund: « Voir comme » shows an adviser those of their own funds alone.
FILL = """UPDATE notices_notice n SET detail = n.detail || jsonb_build_object('fund', x.fund)
  FROM exchanges_exchange x
  WHERE n.kind LIKE 'exchange.%' AND x.id = n.object_id AND NOT jsonb_exists(n.detail, 'fund')"""


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0005_themes"), ("notices", "0001_initial")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
