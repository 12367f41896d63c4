import uuid

import django.db.models.deletion
from django.db import migrations, models

import parvis.access.levels
from parvis.access.review.crossings import REVIEW_CROSSINGS
from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import protecting

MINE = "membership_id = ANY ((SELECT access_person_memberships())::bigint[])"

# A closed review is a record: nobody changes it any more. Its lines and decisions can only be added (grants).
CLOSED = """
CREATE FUNCTION access_review_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a closed review is never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER review_closed BEFORE UPDATE ON access_review
  FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION access_review_closed();
"""

# Until the first day on which a use is noted, the last visit stands for it: nobody can have used a right later.
FIRST_USES = """
INSERT INTO access_rightuse (establishment_id, membership_id, service, last_used_on)
SELECT r.establishment_id, r.membership_id, r.service, (m.last_visit_at AT TIME ZONE 'Europe/Paris')::date
FROM access_right r JOIN access_membership m ON m.id = r.membership_id WHERE m.last_visit_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0013_handing")]

    operations: list[migrations.operations.base.Operation] = [
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("periodic", "Revue régulière"),
                            ("left", "Départ d’une personne qui administrait"),
                            ("asked", "Ouverte par une personne qui administre"),
                        ],
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.UUIDField(null=True)),
                ("due_on", models.DateField()),
                ("reminded_days", models.PositiveSmallIntegerField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("signed_by", models.UUIDField(null=True)),
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
            options={
                "db_table": "access_review",
            },
        ),
        migrations.CreateModel(
            name="ReviewLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("account", "Compte"), ("delegation", "Délégation")], max_length=10),
                ),
                ("ref", models.UUIDField()),
                ("title", models.CharField(blank=True, max_length=250)),
                ("carried", models.BooleanField(default=False)),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="establishments.establishment",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="access.review",
                    ),
                ),
            ],
            options={
                "db_table": "access_reviewline",
            },
        ),
        migrations.CreateModel(
            name="ReviewDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "choice",
                    models.CharField(
                        choices=[
                            ("kept", "Conservé"),
                            ("modified", "Modifié"),
                            ("emptied", "Droits retirés"),
                            ("deactivated", "Compte désactivé"),
                            ("gone", "Plus rien à décider"),
                        ],
                        max_length=12,
                    ),
                ),
                ("decided_at", models.DateTimeField()),
                ("decided_by", models.UUIDField(null=True)),
                ("seen", models.JSONField(default=dict)),
                ("left", models.JSONField(default=dict)),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="establishments.establishment",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="access.review",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="access.reviewline",
                    ),
                ),
            ],
            options={
                "db_table": "access_reviewdecision",
            },
        ),
        migrations.CreateModel(
            name="RightUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.CharField(max_length=40)),
                ("last_used_on", models.DateField()),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="establishments.establishment",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="access.membership",
                    ),
                ),
            ],
            options={
                "db_table": "access_rightuse",
            },
        ),
        migrations.CreateModel(
            name="SuspendedRight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.CharField(max_length=40)),
                ("level", models.PositiveSmallIntegerField()),
                ("starts_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("origin", models.CharField(blank=True, default="", max_length=40)),
                ("suspended_at", models.DateTimeField()),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="establishments.establishment",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="access.membership",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="access.review",
                    ),
                ),
            ],
            options={
                "db_table": "access_suspendedright",
            },
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["establishment", "-opened_at"], name="review_list"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)), fields=("establishment",), name="review_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause__in", ["periodic", "left", "asked"])), name="review_cause_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("signed_by", None), ("closed_at__isnull", False), _connector="OR"),
                name="review_signed_is_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewline",
            constraint=models.UniqueConstraint(fields=("review", "ref"), name="reviewline_once"),
        ),
        migrations.AddConstraint(
            model_name="reviewline",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["account", "delegation"])), name="reviewline_kind_known"
            ),
        ),
        migrations.AddIndex(
            model_name="reviewdecision",
            index=models.Index(fields=["review"], name="reviewdecision_of_review"),
        ),
        migrations.AddConstraint(
            model_name="reviewdecision",
            constraint=models.UniqueConstraint(fields=("line", "number"), name="reviewdecision_one_after_the_other"),
        ),
        migrations.AddConstraint(
            model_name="reviewdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("choice__in", ["kept", "modified", "emptied", "deactivated", "gone"])),
                name="reviewdecision_choice_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rightuse",
            constraint=models.UniqueConstraint(fields=("membership", "service"), name="rightuse_once_per_service"),
        ),
        migrations.AddIndex(
            model_name="suspendedright",
            index=models.Index(fields=["establishment"], name="suspendedright_list"),
        ),
        migrations.AddConstraint(
            model_name="suspendedright",
            constraint=models.UniqueConstraint(
                fields=("membership", "service"), name="suspendedright_once_per_service"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspendedright",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("level__in", [parvis.access.levels.Level["READ"], parvis.access.levels.Level["WRITE"]])
                ),
                name="suspendedright_level_known",
            ),
        ),
        protecting("access_rightuse", person=MINE),
        protecting("access_review", app_may="raw"),
        protecting("access_reviewline", app_may="ra"),
        protecting("access_reviewdecision", app_may="ra"),
        protecting("access_suspendedright", app_may="rd"),
        migrations.RunSQL(CLOSED, migrations.RunSQL.noop),
        migrations.RunSQL(FIRST_USES, migrations.RunSQL.noop),
        *REVIEW_CROSSINGS,
    ]
    operations = at_once(operations)
