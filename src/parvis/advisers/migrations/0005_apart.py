from django.db import migrations

from parvis.advisers.crossings import APART_CROSSINGS


class Migration(migrations.Migration):
    dependencies = [("advisers", "0004_guarded")]

    operations = [*APART_CROSSINGS]
