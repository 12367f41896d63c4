from django.db import migrations, models

from parvis.ground.database.policies import APP_ESTABLISHMENT, OF_FUNDS, protecting
from parvis.post.crossings import POSTAL_CROSSINGS


class Migration(migrations.Migration):
    dependencies = [("post", "0003_telephone")]

    operations = [
        migrations.CreateModel(
            name="PostalLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("establishment_id", models.BigIntegerField()),
                ("fund", models.CharField(max_length=10)),
                ("kind", models.CharField(max_length=60)),
                ("object_id", models.CharField(max_length=40)),
                ("reference", models.CharField(max_length=12, unique=True)),
                ("address", models.JSONField(default=list)),
                ("code", models.TextField(blank=True)),
                ("code_hash", models.CharField(max_length=64)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("to_print", "À imprimer"),
                            ("printed", "Imprimé"),
                            ("used", "Code utilisé"),
                            ("dead", "Annulé après trop d’essais"),
                            ("stolen", "Signalé"),
                            ("replaced", "Remplacé"),
                            ("expired", "Expiré"),
                        ],
                        default="to_print",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("drawn_at", models.DateTimeField(null=True)),
                ("drawn_by", models.UUIDField(null=True)),
                ("printed_at", models.DateTimeField(null=True)),
                ("printed_by", models.UUIDField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "post_postalletter",
                "indexes": [
                    models.Index(fields=["state", "created_at"], name="postalletter_queue"),
                    models.Index(fields=["kind", "object_id", "-id"], name="postalletter_latest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["to_print", "printed"])),
                        fields=("kind", "object_id"),
                        name="postalletter_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), ("state", "to_print"), _connector="OR"),
                        name="postalletter_code_until_printed",
                    ),
                ],
            },
        ),
        # An adviser of the fund prints it; the establishment's side writes it, uses its code and ends it.
        protecting("post_postalletter", app=APP_ESTABLISHMENT, app_may="raw", adviser=OF_FUNDS, adviser_may="rw"),
        *POSTAL_CROSSINGS,
    ]
