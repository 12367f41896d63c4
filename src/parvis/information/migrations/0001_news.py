import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import OF_PERSON, erasable, protecting

# Advisers write for their own funds; what is for everybody names none, and every adviser sees it.
OF_THEIR_FUNDS = "funds::text[] <@ string_to_array(current_setting('parvis.funds'), ',')"
OF_NEWS = "EXISTS (SELECT 1 FROM information_news n WHERE n.id = news_id)"
# What the search asks: a title counts for more. The keys have no accents (ground.identifiers.text.search_key).
VECTOR = """
ALTER TABLE information_news ADD COLUMN vector tsvector GENERATED ALWAYS AS (
  setweight(to_tsvector('french', search_title), 'A') || setweight(to_tsvector('french', search_text), 'C')) STORED
"""
# Who is erased takes their readings along, whatever erases them.
WITH_PERSON = """
ALTER TABLE information_newsreading ADD CONSTRAINT news_reading_person
  FOREIGN KEY (person_id) REFERENCES identity_person (id) ON DELETE CASCADE
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("identity", "0009_recovery_selector"), ("establishments", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="News",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("slug", models.CharField(blank=True, max_length=80)),
                ("title", models.CharField(max_length=150)),
                ("summary", models.CharField(max_length=400)),
                ("body", models.TextField(blank=True)),
                (
                    "funds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), blank=True, default=list, size=None
                    ),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                (
                    "themes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("public", models.BooleanField(default=True)),
                ("pinned", models.BooleanField(default=False)),
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
                ("picture_alt", models.CharField(blank=True, max_length=250)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                ("written_by", models.UUIDField()),
                ("search_title", models.TextField(blank=True)),
                ("search_text", models.TextField(blank=True)),
            ],
            options={
                "db_table": "information_news",
                "indexes": [models.Index(fields=["state", "-starts_on"], name="news_list")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("slug", ""), _negated=True), fields=("slug",), name="news_address_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"),
                            models.Q(
                                ("published_at__isnull", False),
                                ("starts_on__isnull", False),
                                models.Q(("slug", ""), _negated=True),
                            ),
                            ("state", "withdrawn"),
                            _connector="OR",
                        ),
                        name="news_published_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="news_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NewsPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=80)),
                ("digest", models.CharField(max_length=40)),
                (
                    "news",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pictures", to="information.news"
                    ),
                ),
            ],
            options={
                "db_table": "information_newspicture",
                "constraints": [
                    models.UniqueConstraint(fields=("news", "width"), name="news_picture_once_a_width"),
                    models.UniqueConstraint(fields=("digest", "news"), name="news_picture_address"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NewsReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("read_at", models.DateTimeField()),
                (
                    "news",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="information.news",
                    ),
                ),
            ],
            options={
                "db_table": "information_newsreading",
                "constraints": [models.UniqueConstraint(fields=("person_id", "news"), name="news_read_once")],
            },
        ),
        migrations.RunSQL(VECTOR, migrations.RunSQL.noop),
        migrations.RunSQL(WITH_PERSON, migrations.RunSQL.noop),
        protecting(
            "information_news",
            app="state = 'published'",
            app_may="r",
            person="state = 'published'",
            adviser=OF_THEIR_FUNDS,
            adviser_may="raw",
        ),
        protecting(
            "information_newspicture", app=OF_NEWS, app_may="r", person=OF_NEWS, adviser=OF_NEWS, adviser_may="rad"
        ),
        protecting("information_newsreading", app=OF_PERSON, app_may="ra", person=OF_PERSON, person_may="ra"),
        erasable("information_newsreading", reads="id, read_at"),
    ]
    operations = at_once(operations)
