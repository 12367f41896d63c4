import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from parvis.access.crossings import FACTOR_RESET_CROSSINGS
from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import OF_PERSON, protecting


class Migration(migrations.Migration):
    """Resets of a lost second factor; a person is forgotten with them, and with their changed coordinates."""

    dependencies = [("access", "0006_terms"), ("identity", "0006_mine"), ("establishments", "0002_policies")]

    operations = [
        migrations.CreateModel(
            name="FactorReset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_by", models.UUIDField()),
                ("asked_at", models.DateTimeField()),
                ("effective_at", models.DateTimeField()),
                ("confirmed_by", models.UUIDField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="establishments.establishment"
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="access.membership"
                    ),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "db_table": "access_factorreset",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at", None), ("done_at", None), ("refused_at", None)),
                        fields=("membership",),
                        name="factorreset_one_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactorResetToken",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="establishments.establishment"
                    ),
                ),
                (
                    "reset",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="access.factorreset"),
                ),
            ],
            options={"db_table": "access_factorresettoken"},
        ),
        # The person sees their own: at sign-in, and to refuse.
        protecting("access_factorreset", person=OF_PERSON, person_may="r"),
        protecting("access_factorresettoken"),
        *FACTOR_RESET_CROSSINGS,
    ]
    operations = at_once(operations)
