"""What declarations say of an agent, month by month."""

import django.db.models.deletion
from django.db import migrations, models

from parvis.ground.database.at_once import at_once


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0001_initial"),
        ("establishments", "0006_predecessors"),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthlyBase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                (
                    "fund",
                    models.CharField(
                        choices=[("cnracl", "CNRACL"), ("ircantec", "Ircantec"), ("rafp", "RAFP")], max_length=10
                    ),
                ),
                ("code", models.CharField(max_length=3)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("amount", models.BigIntegerField()),
                ("agent_part", models.BigIntegerField()),
                ("employer_part", models.BigIntegerField()),
                ("contract", models.CharField(blank=True, max_length=30)),
                ("rank", models.PositiveSmallIntegerField(default=0)),
                ("declaration", models.UUIDField()),
                ("withdrawn", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bases",
                        to="agents.agent",
                    ),
                ),
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
                    "supersedes",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agents.monthlybase",
                    ),
                ),
            ],
            options={
                "db_table": "agents_monthlybase",
            },
        ),
        migrations.AddIndex(
            model_name="monthlybase",
            index=models.Index(fields=["agent", "month"], name="base_of_agent"),
        ),
        migrations.AddIndex(
            model_name="monthlybase",
            index=models.Index(fields=["establishment", "month", "fund"], name="base_of_month"),
        ),
        migrations.AddConstraint(
            model_name="monthlybase",
            constraint=models.UniqueConstraint(
                fields=("declaration", "agent", "code", "starts_on", "ends_on", "contract", "rank"),
                name="base_once_by_declaration",
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlybase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", False)), fields=("supersedes",), name="base_superseded_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlybase",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="base_ends_after_it_starts"
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlybase",
            constraint=models.CheckConstraint(condition=models.Q(("month__day", 1)), name="base_month_is_a_first_day"),
        ),
        migrations.AddConstraint(
            model_name="monthlybase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn", False),
                    models.Q(
                        ("agent_part", 0),
                        ("amount", 0),
                        ("employer_part", 0),
                        ("supersedes__isnull", False),
                        ("withdrawn", True),
                    ),
                    _connector="OR",
                ),
                name="base_withdrawn_is_nothing",
            ),
        ),
    ]
    operations = at_once(operations)
