import django.db.models.deletion
from django.db import migrations, models

from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import protecting


class Migration(migrations.Migration):
    """Acceptances of the terms, and what each establishment was told of a version."""

    dependencies = [("access", "0005_expiry_crossings"), ("establishments", "0002_policies")]

    operations = [
        migrations.CreateModel(
            name="TermsAcceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("accepted_at", models.DateTimeField()),
                ("accepted_by", models.UUIDField()),
                ("name", models.CharField(max_length=250)),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="establishments.establishment"
                    ),
                ),
            ],
            options={
                "db_table": "access_termsacceptance",
                "constraints": [
                    models.UniqueConstraint(fields=("establishment", "version"), name="terms_accepted_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="TermsNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "step",
                    models.CharField(
                        choices=[("announced", "Annoncée"), ("reminded", "Rappelée"), ("closed", "Services fermés")],
                        max_length=10,
                    ),
                ),
                ("noticed_on", models.DateField()),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="establishments.establishment"
                    ),
                ),
            ],
            options={
                "db_table": "access_termsnotice",
                "constraints": [
                    models.UniqueConstraint(fields=("establishment", "version", "step"), name="terms_told_once"),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["announced", "reminded", "closed"])),
                        name="terms_step_known",
                    ),
                ],
            },
        ),
        # Append-only: what was accepted stays as it was, and the application tells nobody by itself.
        protecting("access_termsacceptance", app_may="ra"),
        protecting("access_termsnotice", app_may="r"),
    ]
    operations = at_once(operations)
