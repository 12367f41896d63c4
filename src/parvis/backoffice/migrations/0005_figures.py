from django.db import migrations

from parvis.backoffice.figures.crossings import FIGURES_CROSSINGS


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0004_retention"),
        ("recovery", "0001_initial"),
        ("registration", "0001_initial"),
    ]

    operations = [*FIGURES_CROSSINGS]
