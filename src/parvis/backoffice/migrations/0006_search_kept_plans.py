from django.db import migrations

from parvis.backoffice.search.crossings import SEARCH_CROSSINGS, SEARCH_PLANS
from parvis.backoffice.search.words import TIGHTER


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0005_figures")]

    operations = [migrations.RunSQL(TIGHTER, migrations.RunSQL.noop), *SEARCH_CROSSINGS, SEARCH_PLANS]
