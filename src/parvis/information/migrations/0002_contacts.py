import datetime
import json
import uuid

import django.contrib.postgres.fields
from django.db import migrations, models

from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import OF_FUNDS, protecting

FUNDS = [
    ("cnracl", "CNRACL"), ("ircantec", "Ircantec"), ("rafp", "RAFP"), ("atiacl", "ATIACL"), ("feh", "FEH"),
    ("fiphfp", "FIPHFP"), ("fnc", "FNC"), ("faefm", "FAEFM"),
]  # fmt: skip
AUDIENCES = [("employer", "Employeur"), ("active", "Agent en activité"), ("retired", "Retraité")]
CHANNELS = [("phone", "Téléphone"), ("email", "Courriel"), ("post", "Courrier"), ("site", "Site internet")]
# What everybody may read: whatever was not taken back before it began.
SHOWN = "withdrawn_at IS NULL"

OFFICE = [[[9 * 60, 17 * 60]]] * 5 + [[], []]
# What public pages say (read on 23 November 2026). The rest is not known, and is shown so until an adviser fills it in.
KNOWN = [
    ("cnracl", "phone", ["employer"], "Conseiller CNRACL", "+33970809329", OFFICE,
     "Page du centre de gestion de la Haute-Savoie", None),
    ("cnracl", "site", ["employer", "active", "retired"], "Site de la CNRACL", "https://www.cnracl.retraites.fr/", None,
     "Site de la CNRACL", "2026-11-23"),
    ("ircantec", "site", ["employer", "active", "retired"], "Site de l’Ircantec", "https://www.ircantec.retraites.fr/",
     None, "Site de l’Ircantec", "2026-11-23"),
    ("rafp", "site", ["employer", "active", "retired"], "Site de la RAFP", "https://www.rafp.fr/", None,
     "Site de la RAFP", "2026-11-23"),
    ("fiphfp", "site", ["employer"], "Site du FIPHFP, avec son formulaire de contact", "https://www.fiphfp.fr/", None,
     "Site du FIPHFP", "2026-11-23"),
]  # fmt: skip


def fill(apps, schema_editor):
    point = apps.get_model("information", "ContactPoint")
    for fund, channel, audiences, label, value, hours, source, source_on in KNOWN:
        point.objects.create(
            ref=uuid.uuid5(uuid.NAMESPACE_URL, f"{fund}:{channel}:{value}"),
            fund=fund,
            channel=channel,
            audiences=audiences,
            label=label,
            value=value,
            hours=json.loads(json.dumps(hours)),
            source=source,
            source_on=datetime.date.fromisoformat(source_on) if source_on else None,
            valid_from=datetime.date(2026, 1, 1),
            written_at=datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC),
        )


class Migration(migrations.Migration):
    dependencies = [("information", "0001_news")]

    operations = [
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4)),
                ("fund", models.CharField(choices=FUNDS, max_length=10)),
                ("channel", models.CharField(choices=CHANNELS, max_length=10)),
                (
                    "audiences",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(choices=AUDIENCES, max_length=10), size=None
                    ),
                ),
                ("label", models.CharField(max_length=100)),
                ("value", models.CharField(max_length=300)),
                ("hours", models.JSONField(null=True)),
                ("territory", models.CharField(default="hexagone", max_length=30)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("source_on", models.DateField(null=True)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(null=True)),
                ("written_at", models.DateTimeField()),
                ("written_by", models.UUIDField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "information_contactpoint",
                "indexes": [models.Index(fields=["fund", "ref", "valid_from"], name="contact_of_fund")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="contact_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("audiences__len__gte", 1),
                            ("audiences__contained_by", ["employer", "active", "retired"]),
                        ),
                        name="contact_is_for_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel", "phone"), ("hours__isnull", True), _connector="OR"),
                        name="contact_hours_of_a_telephone",
                    ),
                    models.CheckConstraint(condition=models.Q(("value", ""), _negated=True), name="contact_says_where"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactClosing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("fund", models.CharField(choices=FUNDS, max_length=10)),
                ("point", models.UUIDField(null=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("reason", models.CharField(max_length=100)),
                ("written_at", models.DateTimeField()),
                ("written_by", models.UUIDField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "information_contactclosing",
                "indexes": [models.Index(fields=["fund", "ends_on"], name="closing_of_fund")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="closing_ends_after_it_begins",
                    )
                ],
            },
        ),
        protecting(
            "information_contactpoint", app=SHOWN, app_may="r", person=SHOWN, adviser=OF_FUNDS, adviser_may="raw"
        ),
        protecting(
            "information_contactclosing", app=SHOWN, app_may="r", person=SHOWN, adviser=OF_FUNDS, adviser_may="raw"
        ),
        migrations.RunSQL(
            [
                "GRANT USAGE ON SEQUENCE information_contactpoint_id_seq TO parvis_adviser",
                "GRANT USAGE ON SEQUENCE information_contactclosing_id_seq TO parvis_adviser",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
    operations = at_once(operations)
