from django.db import migrations

# Exchanges sent before motifs had themes (0005): who holds a service of the theme reads them as they read new ones.
# Whoever read them still does: their author, who administers. Motifs about an agent's health or about accounts have no
# theme; an exchange sent since keeps what its motif said on that day.
FOLLOW = """UPDATE exchanges_exchange x SET service = m.service
  FROM exchanges_motif m, django_migrations d
  WHERE m.id = x.motif_id AND x.service = '' AND starts_with(m.service, 'theme:')
    AND d.app = 'exchanges' AND d.name = '0005_themes' AND x.sent_at < d.applied"""


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0006_notices_of_funds")]

    operations = [migrations.RunSQL(FOLLOW, migrations.RunSQL.noop)]
