import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import protecting
from parvis.information.search.schema import CLARIFICATIONS

OF_THEIR_FUNDS = "funds::text[] <@ string_to_array(current_setting('parvis.funds'), ',')"
# Seen through the policy of the clarification itself.
OF_ONE_SEEN = "EXISTS (SELECT 1 FROM information_clarification c WHERE c.id = clarification_id)"
KEY = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("information", "0003_help")]

    operations = [
        migrations.CreateModel(
            name="Clarification",
            fields=[
                KEY,
                ("ref", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("page", models.CharField(max_length=100)),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("before", "Avant le texte de la page"),
                            ("after", "Après le texte de la page"),
                            ("instead", "À la place du texte de la page"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=150)),
                ("body", models.TextField()),
                (
                    "funds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), blank=True, default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Brouillon"), ("published", "Publiée"), ("withdrawn", "Retirée")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("starts_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("search_title", models.TextField(blank=True)),
                ("search_text", models.TextField(blank=True)),
            ],
            options={
                "db_table": "information_clarification",
                "indexes": [models.Index(fields=["page", "state"], name="clarification_page")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("starts_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="clarification_ends_after_it_starts",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClarificationVersion",
            fields=[
                KEY,
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=150)),
                ("body", models.TextField()),
                ("place", models.CharField(max_length=10)),
                ("written_at", models.DateTimeField()),
                ("written_by", models.UUIDField()),
                (
                    "clarification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="information.clarification",
                    ),
                ),
            ],
            options={
                "db_table": "information_clarificationversion",
                "constraints": [
                    models.UniqueConstraint(fields=("clarification", "number"), name="clarification_version_once")
                ],
            },
        ),
        migrations.RunSQL(CLARIFICATIONS, migrations.RunSQL.noop),
        protecting(
            "information_clarification",
            app="state = 'published'",
            app_may="r",
            person="state = 'published'",
            adviser=OF_THEIR_FUNDS,
            adviser_may="raw",
        ),
        protecting("information_clarificationversion", app=None, adviser=OF_ONE_SEEN, adviser_may="ra"),
    ]
    operations = at_once(operations)
