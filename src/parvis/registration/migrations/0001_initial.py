import django.db.models.deletion
from django.db import migrations, models

from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import OF_FUNDS, erasable, protecting
from parvis.registration.crossings import REGISTRATION_CROSSINGS

KEY = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
ESTABLISHMENT = {"on_delete": django.db.models.deletion.PROTECT, "to": "establishments.establishment"}


class Migration(migrations.Migration):
    initial = True

    dependencies = [("establishments", "0005_domains_and_closing"), ("access", "0020_administers")]

    operations = [
        migrations.CreateModel(
            name="Registration",
            fields=[
                KEY,
                ("reference", models.CharField(max_length=8, unique=True)),
                ("code_hash", models.CharField(max_length=64)),
                ("establishment", models.ForeignKey(**ESTABLISHMENT)),
                ("fund", models.CharField(max_length=10)),
                (
                    "way",
                    models.CharField(
                        choices=[("classic", "Numéro de contrat"), ("provider", "Compte d’un autre site")],
                        max_length=10,
                    ),
                ),
                (
                    "proof",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Pas encore choisi"),
                            ("post", "Code par courrier"),
                            ("upload", "Document vérifié par un conseiller"),
                            ("provider", "Attestée par le compte d’un autre site"),
                        ],
                        max_length=10,
                    ),
                ),
                ("provider", models.CharField(blank=True, max_length=40)),
                ("contract_number", models.CharField(blank=True, max_length=30)),
                ("coordinates", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("started", "Commencée"),
                            ("posted", "Code attendu par courrier"),
                            ("checking", "À vérifier par un conseiller"),
                            ("stopped", "Suspendue : courrier signalé"),
                            ("accepted", "Acceptée"),
                            ("refused", "Refusée"),
                            ("lapsed", "Caduque"),
                            ("abandoned", "Abandonnée"),
                        ],
                        default="started",
                        max_length=10,
                    ),
                ),
                ("letters", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("account", models.UUIDField(null=True)),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("contested_at", models.DateTimeField(null=True)),
                ("contest", models.TextField(blank=True)),
                ("reported_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "registration_registration",
                "indexes": [models.Index(fields=["state", "submitted_at"], name="registration_queue")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["posted", "checking", "stopped"])),
                        fields=("establishment",),
                        name="registration_one_under_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("account__isnull", False), ("state", "accepted")),
                            models.Q(("state", "accepted"), _negated=True),
                            _connector="OR",
                        ),
                        name="registration_accepted_is_an_account",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegistrationDocument",
            fields=[
                KEY,
                ("establishment", models.ForeignKey(**ESTABLISHMENT, db_index=False)),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="registration.registration",
                    ),
                ),
                ("fund", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=10)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=80)),
                ("added_at", models.DateTimeField()),
            ],
            options={"db_table": "registration_document"},
        ),
        migrations.CreateModel(
            name="Belonging",
            fields=[
                KEY,
                ("establishment", models.ForeignKey(**ESTABLISHMENT)),
                ("address", models.TextField(blank=True)),
                ("address_hash", models.CharField(max_length=64)),
                ("code_hash", models.CharField(blank=True, max_length=64)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("passed_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "registration_belonging"},
        ),
        migrations.CreateModel(
            name="PassedRequest",
            fields=[
                KEY,
                ("establishment", models.ForeignKey(**ESTABLISHMENT)),
                ("content", models.TextField()),
                ("proven", models.BooleanField(default=False)),
                ("passed_at", models.DateTimeField()),
            ],
            options={"db_table": "registration_passedrequest"},
        ),
        migrations.CreateModel(
            name="FirstSteps",
            fields=[
                KEY,
                ("establishment", models.OneToOneField(**ESTABLISHMENT)),
                ("opened_at", models.DateTimeField()),
                ("marked", models.JSONField(default=list)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.UUIDField(null=True)),
            ],
            options={"db_table": "registration_firststeps"},
        ),
        # Advisers read what they decide on; whatever they change goes through the establishment's scope.
        protecting("registration_registration", app_may="raw", adviser=OF_FUNDS),
        protecting("registration_document", app_may="rad", adviser=OF_FUNDS),
        protecting("registration_belonging", app_may="raw"),
        protecting("registration_passedrequest", app_may="ra"),
        protecting("registration_firststeps", app_may="raw"),
        erasable("registration_document", reads="id, registration_id, key"),
        erasable("registration_registration", reads="id, submitted_at, updated_at, settled_at"),
        erasable("registration_belonging", reads="id, asked_at"),
        erasable("registration_passedrequest", reads="id, passed_at"),
        erasable("registration_firststeps", reads="id, opened_at"),
        *REGISTRATION_CROSSINGS,
    ]
    operations = at_once(operations)
