"""What another employer claims is told to who had it: the crossing says whose affiliations were not claimed before."""

from django.db import migrations

from parvis.agents.crossings import AGENTS_CROSSINGS


class Migration(migrations.Migration):
    dependencies = [("agents", "0005_born")]

    operations = [
        migrations.RunSQL("DROP FUNCTION IF EXISTS agents_claim(bigint[])", migrations.RunSQL.noop),
        *AGENTS_CROSSINGS,
    ]
