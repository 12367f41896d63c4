import uuid

import django.contrib.postgres.fields
from django.db import migrations, models

from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import protecting
from parvis.information.search.schema import LEARN, VECTORS

OF_THEIR_FUNDS = "funds::text[] <@ string_to_array(current_setting('parvis.funds'), ',')"
# The text of public pages, and its words: see `GLOBAL_TABLES`.
READ_BY_ALL = [
    f"GRANT SELECT ON {table} TO parvis_app, parvis_person, parvis_adviser"
    for table in ("information_helppage", "information_word")
]
KEY = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    # What tells two words that are one letter apart is the office's search's (backoffice/search/words.py).
    dependencies = [("information", "0002_contacts"), ("backoffice", "0002_search")]

    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                KEY,
                ("ref", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("question", models.CharField(max_length=200)),
                ("answer", models.TextField()),
                ("theme", models.CharField(blank=True, max_length=40)),
                ("service", models.CharField(blank=True, max_length=60)),
                (
                    "funds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), blank=True, default=list, size=None
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(default=100)),
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
                ("written_by", models.UUIDField()),
                ("search_title", models.TextField(blank=True)),
                ("search_text", models.TextField(blank=True)),
            ],
            options={
                "db_table": "information_question",
                "indexes": [models.Index(fields=["state", "service", "theme", "rank"], name="question_list")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("starts_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="question_ends_after_it_starts",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HelpPage",
            fields=[
                KEY,
                ("key", models.CharField(max_length=100, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("href", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("search_title", models.TextField()),
                ("search_text", models.TextField()),
            ],
            options={"db_table": "information_helppage"},
        ),
        migrations.CreateModel(
            name="Word",
            fields=[("word", models.CharField(max_length=40, primary_key=True, serialize=False))],
            options={"db_table": "information_word"},
        ),
        migrations.RunSQL(VECTORS, migrations.RunSQL.noop),
        migrations.RunSQL(LEARN, migrations.RunSQL.noop),
        protecting(
            "information_question",
            app="state = 'published'",
            app_may="r",
            person="state = 'published'",
            adviser=OF_THEIR_FUNDS,
            adviser_may="raw",
        ),
        migrations.RunSQL(READ_BY_ALL, migrations.RunSQL.noop),
    ]
    operations = at_once(operations)
