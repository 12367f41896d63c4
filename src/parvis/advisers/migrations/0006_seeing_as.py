import uuid

import django.db.models.deletion
from django.db import migrations, models

from parvis.advisers.crossings import SEEING_CROSSINGS
from parvis.ground.database.policies import erasable, protecting

OWN = "EXISTS (SELECT 1 FROM advisers_adviser a WHERE a.id = adviser_id AND a.person_id = current_setting('parvis.person')::bigint)"


class Migration(migrations.Migration):
    dependencies = [("advisers", "0005_apart")]

    operations = [
        migrations.CreateModel(
            name="SeeingAs",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("establishment_id", models.BigIntegerField()),
                ("person_id", models.BigIntegerField()),
                ("account", models.UUIDField()),
                ("name", models.CharField(max_length=250)),
                ("reason", models.CharField(max_length=40)),
                ("began_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "adviser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="advisers.adviser"
                    ),
                ),
            ],
            options={
                "db_table": "advisers_seeingas",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("adviser",),
                        name="seeing_one_at_a_time_per_adviser",
                    )
                ],
            },
        ),
        protecting("advisers_seeingas", app=None, adviser=OWN, adviser_may="raw"),
        erasable("advisers_seeingas", reads="id, until"),
        *SEEING_CROSSINGS,
    ]
