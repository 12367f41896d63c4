import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import OF_PERSON, erasable, protecting
from parvis.obligations.crossings import OBLIGATIONS_CROSSINGS

MINE = "membership_id = ANY ((SELECT access_person_memberships())::bigint[])"
# What is of an account or of a person goes with it, whoever erases it.
WITH_THEIRS = [
    f"ALTER TABLE obligations_{table} ADD CONSTRAINT {table}_of FOREIGN KEY ({column}) REFERENCES {whose} (id) "
    "ON DELETE CASCADE"
    for table, column, whose in (
        ("reminderchoice", "membership_id", "access_membership"),
        ("reminder", "membership_id", "access_membership"),
        ("calendaraddress", "person_id", "identity_person"),
    )
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0024_my_data_more"),
        ("establishments", "0006_predecessors"),
        ("journal", "0004_retention_role"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Computation",
            fields=[
                (
                    "establishment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="establishments.establishment",
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("follows_from", models.DateField()),
                ("computed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "obligations_computation",
            },
        ),
        migrations.CreateModel(
            name="Occurrence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                ("fund", models.CharField(max_length=10)),
                ("act", models.CharField(max_length=20)),
                ("label", models.CharField(max_length=120)),
                ("period_starts_on", models.DateField()),
                ("period_ends_before", models.DateField()),
                ("due_on", models.DateField(null=True)),
                ("opens_on", models.DateField(null=True)),
                ("placed_on", models.DateField()),
                ("uncertain", models.BooleanField()),
                ("changed_at", models.DateTimeField()),
                ("due_before", models.DateField(null=True)),
                ("moved_on", models.DateField(null=True)),
                ("withdrawn_on", models.DateField(null=True)),
                ("taken_by", models.UUIDField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("done_by", models.UUIDField(null=True)),
                ("done_on", models.DateField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("done_reason", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("note", models.CharField(blank=True, db_default="", default="", max_length=500)),
                ("late_told_at", models.DateTimeField(null=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="establishments.establishment"
                    ),
                ),
            ],
            options={
                "db_table": "obligations_occurrence",
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("delay", models.PositiveSmallIntegerField()),
                ("sent_at", models.DateTimeField()),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="establishments.establishment"
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to="access.membership"
                    ),
                ),
                (
                    "occurrence",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="obligations.occurrence"
                    ),
                ),
            ],
            options={
                "db_table": "obligations_reminder",
            },
        ),
        migrations.CreateModel(
            name="ReminderChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "delays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "funds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None
                    ),
                ),
                ("chosen_at", models.DateTimeField()),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="establishments.establishment"
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="access.membership",
                    ),
                ),
            ],
            options={
                "db_table": "obligations_reminderchoice",
            },
        ),
        migrations.CreateModel(
            name="CalendarAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="establishments.establishment",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "obligations_calendaraddress",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("person", "establishment"),
                        name="calendaraddress_one_serves",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Facts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("version", models.PositiveIntegerField()),
                ("authority", models.CharField(blank=True, max_length=15)),
                ("headcount", models.PositiveIntegerField(null=True)),
                ("full_time_equivalent", models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ("inhabitants", models.PositiveIntegerField(null=True)),
                ("seconded", models.PositiveIntegerField(null=True)),
                ("called_by_fiphfp", models.BooleanField(null=True)),
                ("paid_within_month", models.BooleanField(null=True)),
                ("pays_allowances", models.BooleanField(null=True)),
                ("said_at", models.DateTimeField()),
                ("said_by", models.UUIDField()),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="establishments.establishment"
                    ),
                ),
            ],
            options={
                "db_table": "obligations_facts",
                "constraints": [
                    models.UniqueConstraint(fields=("establishment", "year", "version"), name="facts_one_per_version"),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="facts_version_from_1"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("full_time_equivalent__isnull", True), ("full_time_equivalent__gte", 0), _connector="OR"
                        ),
                        name="facts_full_time_not_negative",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="occurrence",
            index=models.Index(fields=["establishment", "placed_on"], name="occurrence_by_day"),
        ),
        migrations.AddIndex(
            model_name="occurrence",
            index=models.Index(
                condition=models.Q(("done_at", None), ("withdrawn_on", None)), fields=["due_on"], name="occurrence_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.UniqueConstraint(fields=("establishment", "key"), name="occurrence_once"),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__isnull", False), ("opens_on__isnull", False), _connector="OR"),
                name="occurrence_has_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("done_at__isnull", True),
                        ("done_by__isnull", True),
                        ("done_on__isnull", True),
                        ("done_reason", ""),
                        ("note", ""),
                    ),
                    models.Q(
                        ("done_at__isnull", False),
                        ("done_on__isnull", False),
                        models.Q(
                            ("done_by__isnull", False), models.Q(("done_reason", ""), _negated=True), _connector="OR"
                        ),
                    ),
                    _connector="OR",
                ),
                name="occurrence_done_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_at__isnull", True), ("taken_by__isnull", True)),
                    models.Q(("taken_at__isnull", False), ("taken_by__isnull", False)),
                    _connector="OR",
                ),
                name="occurrence_taken_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(fields=("occurrence", "membership", "delay"), name="reminder_once"),
        ),
        migrations.AddConstraint(
            model_name="reminderchoice",
            constraint=models.UniqueConstraint(fields=("membership",), name="reminderchoice_once"),
        ),
        migrations.RunSQL(WITH_THEIRS, migrations.RunSQL.noop),
        protecting("obligations_computation", app_may="raw"),
        protecting("obligations_occurrence"),
        protecting("obligations_facts", app_may="ra"),
        protecting("obligations_reminderchoice", person=MINE),
        protecting("obligations_reminder", app_may="ra", person=MINE),
        # Under the person's own role alone: a colleague does not even see that there is an address.
        protecting("obligations_calendaraddress", app=None, person=OF_PERSON, person_may="raw"),
        erasable("obligations_occurrence", reads="id, placed_on"),
        erasable("obligations_reminder", reads="occurrence_id"),
        erasable("obligations_facts", reads="id, establishment_id, year, version, said_at"),
        erasable("obligations_calendaraddress", reads="id, revoked_at"),
        *OBLIGATIONS_CROSSINGS,
    ]
    operations = at_once(operations)
