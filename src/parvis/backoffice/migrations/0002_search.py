from django.db import migrations

from parvis.backoffice.search.crossings import SEARCH_CROSSINGS
from parvis.backoffice.search.words import ALL_NEAR, INDEXES, KEYS, NEAR


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0001_shown_to_advisers")]

    operations = [
        *(migrations.RunSQL(made, migrations.RunSQL.noop) for made in (KEYS, NEAR, ALL_NEAR)),
        migrations.RunSQL(INDEXES, migrations.RunSQL.noop),
        *SEARCH_CROSSINGS,
    ]
