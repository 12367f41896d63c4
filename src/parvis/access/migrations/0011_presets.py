import uuid

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import parvis.access.levels
from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import protecting


class Migration(migrations.Migration):
    dependencies = [("access", "0010_portfolios")]

    operations: list[migrations.operations.base.Operation] = [
        migrations.AddField(
            model_name="right",
            name="origin",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.CreateModel(
            name="Preset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("purpose", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.UUIDField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.UUIDField()),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="establishments.establishment",
                    ),
                ),
            ],
            options={"db_table": "access_preset"},
        ),
        migrations.CreateModel(
            name="PresetRight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.CharField(max_length=40)),
                ("level", models.PositiveSmallIntegerField()),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="establishments.establishment",
                    ),
                ),
                (
                    "preset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rights",
                        to="access.preset",
                    ),
                ),
            ],
            options={"db_table": "access_presetright"},
        ),
        migrations.AddConstraint(
            model_name="preset",
            constraint=models.UniqueConstraint(
                models.F("establishment"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("deleted_at", None)),
                name="preset_named_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="presetright",
            constraint=models.UniqueConstraint(fields=("preset", "service"), name="presetright_once_per_service"),
        ),
        migrations.AddConstraint(
            model_name="presetright",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("level__in", [parvis.access.levels.Level["READ"], parvis.access.levels.Level["WRITE"]])
                ),
                name="presetright_level_known",
            ),
        ),
        protecting("access_preset"),
        protecting("access_presetright"),
    ]
    operations = at_once(operations)
