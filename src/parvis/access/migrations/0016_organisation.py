import uuid

import django.db.models.deletion
from django.db import migrations, models

from parvis.access.organisation.crossings import ORGANISATION_CROSSINGS
from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import protecting


class Migration(migrations.Migration):
    dependencies = [("access", "0015_bulk"), ("establishments", "0003_acts_for_others")]

    operations = [
        migrations.CreateModel(
            name="DelegationBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("picked", models.JSONField(default=list)),
                ("terms", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.UUIDField()),
                ("updated_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("proposed", models.PositiveIntegerField(default=0)),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="establishments.establishment",
                    ),
                ),
            ],
            options={"db_table": "access_delegationbatch"},
        ),
        migrations.AddIndex(
            model_name="delegationbatch",
            index=models.Index(fields=["establishment", "-updated_at"], name="delegationbatch_list"),
        ),
        protecting("access_delegationbatch"),
        *ORGANISATION_CROSSINGS,
    ]
    operations = at_once(operations)
