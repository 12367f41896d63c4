import uuid

import django.db.models.deletion
from django.db import migrations, models

from parvis.ground.database.policies import protecting


class Migration(migrations.Migration):
    dependencies = [("access", "0014_review")]

    operations: list[migrations.operations.base.Operation] = [
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("author", models.UUIDField()),
                ("sealed", models.TextField(blank=True)),
                ("counts", models.JSONField(default=dict)),
                ("created", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="establishments.establishment"
                    ),
                ),
            ],
            options={
                "db_table": "access_import",
                "indexes": [models.Index(fields=["establishment", "author"], name="import_of_author")],
            },
        ),
        protecting("access_import"),
    ]
