import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from parvis.access.levels import Level
from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import protecting

OF_ESTABLISHMENT = models.ForeignKey(
    db_index=False, on_delete=django.db.models.deletion.PROTECT, to="establishments.establishment"
)
NUMBER = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    """Rights that people ask for; services that opened."""

    dependencies = [("access", "0011_presets")]

    operations: list[migrations.operations.base.Operation] = [
        migrations.CreateModel(
            name="RightRequest",
            fields=[
                ("id", NUMBER),
                ("ref", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("service", models.CharField(max_length=40)),
                ("level", models.PositiveSmallIntegerField()),
                ("reason", models.CharField(max_length=500)),
                ("asked_at", models.DateTimeField()),
                ("reworded_at", models.DateTimeField(null=True)),
                ("recalled_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "En attente"),
                            ("accepted", "Acceptée"),
                            ("refused", "Refusée"),
                            ("withdrawn", "Retirée"),
                            ("lapsed", "Restée sans réponse"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.UUIDField(null=True)),
                ("word", models.CharField(blank=True, max_length=500)),
                ("given_level", models.PositiveSmallIntegerField(null=True)),
                ("given_until", models.DateField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("establishment", OF_ESTABLISHMENT.clone()),
                (
                    "membership",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to="access.membership",
                    ),
                ),
            ],
            options={
                "db_table": "access_rightrequest",
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(outcome=""), fields=("membership", "service"), name="rightrequest_one_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=Q(level__in=[Level.READ, Level.WRITE]), name="rightrequest_level_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(outcome__in=["", "accepted", "refused", "withdrawn", "lapsed"]),
                        name="rightrequest_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(outcome="", closed_at=None) | (~Q(outcome="") & Q(closed_at__isnull=False)),
                        name="rightrequest_closed_with_its_outcome",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["establishment", "-closed_at"], name="rightrequest_answered"),
                    models.Index(fields=["membership", "-asked_at"], name="rightrequest_of_account"),
                    models.Index(condition=Q(outcome=""), fields=["asked_at"], name="rightrequest_waiting"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", NUMBER.clone()),
                ("service", models.CharField(max_length=40)),
                ("told_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.UUIDField(null=True)),
                ("establishment", OF_ESTABLISHMENT.clone()),
            ],
            options={
                "db_table": "access_opening",
                "constraints": [
                    models.UniqueConstraint(fields=("establishment", "service"), name="opening_once_per_service")
                ],
            },
        ),
        protecting("access_rightrequest"),
        protecting("access_opening"),
        # The copy of a person's data holds what they asked for; `access_person_memberships` is theirs alone.
        migrations.RunSQL(
            "GRANT SELECT ON access_rightrequest TO parvis_person; CREATE POLICY person ON access_rightrequest "
            "FOR SELECT TO parvis_person USING (membership_id = ANY ((SELECT access_person_memberships())::bigint[]))",
            migrations.RunSQL.noop,
        ),
    ]
    operations = at_once(operations)
