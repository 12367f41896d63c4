import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import OF_PERSON, protecting
from parvis.identity.crossings import MINE_CROSSINGS


class Migration(migrations.Migration):
    """« Mon compte »: changed coordinates, and what crosses for them and for codes told on the telephone."""

    dependencies = [("identity", "0005_counters")]

    operations = [
        migrations.CreateModel(
            name="CoordinateChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "field",
                    models.CharField(choices=[("email", "Adresse électronique"), ("phone", "Téléphone")], max_length=5),
                ),
                ("old", models.CharField(blank=True, max_length=254)),
                ("new", models.CharField(max_length=254)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "identity_coordinatechange"},
        ),
        migrations.CreateModel(
            name="ChangeToken",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                (
                    "change",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="identity.coordinatechange"),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "identity_changetoken"},
        ),
        protecting("identity_coordinatechange", app=None, person=OF_PERSON, person_may="rawd"),
        protecting("identity_changetoken", app=None, person=OF_PERSON, person_may="rawd"),
        *MINE_CROSSINGS,
    ]
    operations = at_once(operations)
