from django.db import migrations

from parvis.access.places.crossings import PLACES_CROSSINGS


class Migration(migrations.Migration):
    dependencies = [("access", "0018_counterparts")]

    operations = [*PLACES_CROSSINGS]
