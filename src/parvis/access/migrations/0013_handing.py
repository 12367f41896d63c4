import uuid

import django.db.models.deletion
from django.db import migrations, models

from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import protecting

_PLANNED = models.Q(("cancelled_at", None), ("done_at", None), ("failed_at", None))


def _number() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _establishment() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="establishments.establishment"
    )


def _account() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.SET_NULL,
        related_name="+",
        to="access.membership",
    )


class Migration(migrations.Migration):
    dependencies = [("access", "0012_asking")]

    operations: list[migrations.operations.base.Operation] = [
        migrations.AddField(model_name="absence", name="begun_at", field=models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", _number()),
                ("ref", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("leaver_name", models.CharField(max_length=250)),
                ("receiver_name", models.CharField(max_length=250)),
                ("on", models.DateField()),
                ("profile", models.BooleanField()),
                ("created_at", models.DateTimeField()),
                ("created_by", models.UUIDField()),
                ("done_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancelled_by", models.UUIDField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("fault", models.CharField(blank=True, max_length=20)),
                ("left", models.JSONField(default=list)),
                ("establishment", _establishment()),
                ("leaver", _account()),
                ("receiver", _account()),
            ],
            options={"db_table": "access_handover"},
        ),
        migrations.CreateModel(
            name="Deputyship",
            fields=[
                ("id", _number()),
                ("ref", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("deputy_name", models.CharField(max_length=250)),
                ("named_at", models.DateTimeField()),
                ("named_by", models.UUIDField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("warned_for", models.DateField(null=True)),
                ("warned_days", models.PositiveSmallIntegerField(null=True)),
                ("warned_on", models.DateField(null=True)),
                ("serving_since", models.DateTimeField(null=True)),
                ("serving_name", models.CharField(blank=True, max_length=250)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.UUIDField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=10)),
                ("deputy", _account()),
                ("establishment", _establishment()),
                ("serving_for", _account()),
            ],
            options={"db_table": "access_deputyship"},
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                condition=_PLANNED, fields=("leaver",), name="handover_one_planned_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fault__in", ["", "leaver_gone", "receiver_gone", "receiver_closed", "last_administrator"])
                ),
                name="handover_fault_known",
            ),
        ),
        migrations.AddIndex(
            model_name="handover", index=models.Index(fields=["establishment", "-on"], name="handover_list")
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(condition=_PLANNED, fields=["on"], name="handover_due"),
        ),
        migrations.AddConstraint(
            model_name="deputyship",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)), fields=("establishment",), name="deputyship_one_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="deputyship",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("serving_since", None),
                    models.Q(("accepted_at__isnull", False), ("closed_at", None)),
                    _connector="OR",
                ),
                name="deputyship_serves_once_accepted",
            ),
        ),
        migrations.AddConstraint(
            model_name="deputyship",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["", "refused", "resigned", "withdrawn", "gone", "promoted"])),
                name="deputyship_outcome_known",
            ),
        ),
        migrations.AddIndex(
            model_name="deputyship",
            index=models.Index(fields=["establishment", "-named_at"], name="deputyship_list"),
        ),
        protecting("access_handover"),
        protecting("access_deputyship"),
    ]
    operations = at_once(operations)
