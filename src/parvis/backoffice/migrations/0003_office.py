import uuid

import django.db.models.deletion
from django.db import migrations, models

from parvis.backoffice.people.crossings import PEOPLE_CROSSINGS
from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import OF_FUNDS, protecting

FUNDS = [
    ("cnracl", "CNRACL"), ("ircantec", "Ircantec"), ("rafp", "RAFP"), ("atiacl", "ATIACL"), ("feh", "FEH"),
    ("fiphfp", "FIPHFP"), ("fnc", "FNC"), ("faefm", "FAEFM"),
]  # fmt: skip
ANSWERS = [
    ("done", "Répondu"), ("passed", "Transmis au second niveau"), ("back", "À rappeler"),
    ("refused", "Renseignements généraux seulement"),
]  # fmt: skip
# Rows of whoever works: the adviser of the person in scope.
OWN = "EXISTS (SELECT 1 FROM advisers_adviser a WHERE a.id = adviser_id AND a.person_id = current_setting('parvis.person')::bigint)"


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0020_administers"),
        ("advisers", "0002_policies"),
        ("backoffice", "0002_search"),
        ("identity", "0009_recovery_selector"),
    ]

    operations = [
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object", models.UUIDField()),
                ("at", models.DateTimeField()),
                (
                    "adviser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="advisers.adviser"
                    ),
                ),
            ],
            options={
                "db_table": "backoffice_opening",
                "constraints": [models.UniqueConstraint(fields=("adviser", "object"), name="opening_once_per_object")],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("fund", models.CharField(choices=FUNDS, max_length=10)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("proven", models.BooleanField(default=False)),
                ("account", models.UUIDField(null=True)),
                ("motive", models.CharField(blank=True, max_length=40)),
                ("answer", models.CharField(blank=True, choices=ANSWERS, max_length=10)),
                ("note", models.CharField(blank=True, max_length=1000)),
                (
                    "adviser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="advisers.adviser"
                    ),
                ),
            ],
            options={
                "db_table": "backoffice_call",
                "indexes": [models.Index(fields=["fund", "-began_at"], name="call_list")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("adviser",),
                        name="call_one_at_a_time_per_adviser",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None),
                            models.Q(models.Q(("motive", ""), _negated=True), models.Q(("answer", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="call_ends_with_motive_and_answer",
                    ),
                ],
            },
        ),
        protecting("backoffice_opening", app=None, adviser=OWN, adviser_may="raw"),
        # The calls of the adviser's funds, whoever answered; nobody erases one by hand.
        protecting("backoffice_call", app=None, adviser=OF_FUNDS, adviser_may="raw"),
        migrations.RunSQL(
            [
                "GRANT EXECUTE ON FUNCTION access_blocked() TO parvis_adviser",
                "GRANT USAGE ON SEQUENCE backoffice_opening_id_seq TO parvis_adviser",
            ],
            migrations.RunSQL.noop,
        ),
        *PEOPLE_CROSSINGS,
    ]
    operations = at_once(operations)
