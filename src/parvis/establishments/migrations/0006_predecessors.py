"""Whose place an establishment has taken, by name: what those declared and reviewed stays readable."""

from django.db import migrations

from parvis.establishments.crossings import PREDECESSORS_CROSSINGS


class Migration(migrations.Migration):
    dependencies = [("establishments", "0005_domains_and_closing")]

    operations = [*PREDECESSORS_CROSSINGS]
