import uuid

import django.db.models.deletion
from django.db import migrations, models

from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import OF_FUNDS, erasable, protecting
from parvis.recovery.crossings import RECOVERY_CROSSINGS

KEY = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def _establishment(**options: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="establishments.establishment", **options)


def _case(name: str) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name=name, to="recovery.case")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0021_limited_administrators"),
        ("advisers", "0002_policies"),
        ("establishments", "0005_domains_and_closing"),
        ("journal", "0004_retention_role"),
        ("post", "0004_postal_letters"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                KEY,
                ("ref", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("reference", models.CharField(max_length=8, unique=True)),
                ("code_hash", models.CharField(max_length=64)),
                ("fund", models.CharField(max_length=10)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("left", "La personne qui administrait est partie"),
                            ("died", "La personne qui administrait est décédée"),
                            (
                                "lost",
                                "C’est moi qui administre, et j’ai tout perdu : mot de passe, second facteur, adresse électronique",
                            ),
                            ("other", "Autre situation"),
                        ],
                        max_length=10,
                    ),
                ),
                ("coordinates", models.TextField()),
                ("explanation", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "En cours"),
                            ("granted", "Accès rétabli"),
                            ("refused", "Refusée"),
                            ("withdrawn", "Retirée par la personne"),
                            ("abandoned", "Abandonnée"),
                            ("needless", "Sans objet"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.UUIDField(null=True)),
                ("target_on", models.DateField()),
                ("moved_at", models.DateTimeField()),
                ("letters", models.PositiveSmallIntegerField(default=0)),
                ("code_right_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("account", models.UUIDField(null=True)),
                ("establishment", _establishment()),
            ],
            options={
                "db_table": "recovery_case",
                "indexes": [models.Index(fields=["state", "opened_at"], name="recovery_queue")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("account__isnull", False), ("code_right_at__isnull", False), ("state", "granted")
                        )
                        | models.Q(("state", "granted"), _negated=True),
                        name="recovery_granted_was_proven",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("settled_at__isnull", True), ("state", "open"))
                        | models.Q(models.Q(("state", "open"), _negated=True), ("settled_at__isnull", False)),
                        name="recovery_settled_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                KEY,
                ("fund", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=10)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=80)),
                ("added_at", models.DateTimeField()),
                ("case", _case("proofs")),
                ("establishment", _establishment(db_index=False)),
            ],
            options={"db_table": "recovery_proof"},
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                KEY,
                ("fund", models.CharField(max_length=10)),
                ("by", models.UUIDField()),
                ("text", models.TextField(blank=True)),
                ("made_at", models.DateTimeField()),
                ("set_aside_at", models.DateTimeField(null=True)),
                ("set_aside_by", models.BigIntegerField(null=True)),
                ("set_aside_why", models.CharField(blank=True, max_length=1000)),
                ("case", _case("objections")),
                ("establishment", _establishment(db_index=False)),
            ],
            options={
                "db_table": "recovery_objection",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "by"), name="objection_once_per_person"),
                ],
            },
        ),
        # Advisers read what they decide on; whatever they change goes through the establishment's scope.
        protecting("recovery_case", app_may="raw", adviser=OF_FUNDS),
        protecting("recovery_proof", app_may="ra", adviser=OF_FUNDS),
        protecting("recovery_objection", app_may="raw", adviser=OF_FUNDS),
        erasable("recovery_case", reads="id, settled_at"),
        erasable("recovery_proof", reads="id, case_id, key"),
        erasable("recovery_objection", reads="id, case_id"),
        *RECOVERY_CROSSINGS,
    ]
    operations = at_once(operations)
