import uuid

import django.db.models.deletion
from django.db import migrations, models

from parvis.ground.database.policies import OF_FUNDS, OF_PERSON, erasable, protecting


class Migration(migrations.Migration):
    """Access requests: what was put together for whom, by whom, until when."""

    dependencies = [("advisers", "0002_policies"), ("journal", "0004_retention_role")]

    operations = [
        migrations.CreateModel(
            name="DataExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("person_id", models.BigIntegerField()),
                ("account", models.UUIDField()),
                ("fund", models.CharField(max_length=10)),
                ("key", models.CharField(blank=True, max_length=80)),
                ("size", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "act",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="advisers.sensitiveact"
                    ),
                ),
            ],
            options={
                "db_table": "advisers_dataexport",
                "indexes": [models.Index(fields=["fund", "-made_at"], name="data_export_list")],
            },
        ),
        # The person may know of it; nobody erases one but the retention job.
        protecting("advisers_dataexport", app=None, person=OF_PERSON, adviser=OF_FUNDS, adviser_may="raw"),
        erasable("advisers_dataexport", reads="id, key, made_at, expires_at, act_id", blanks="key"),
        migrations.RunSQL("GRANT DELETE ON advisers_dataexport TO parvis_retention", migrations.RunSQL.noop),
    ]
