import django.db.models.deletion
from django.db import migrations, models

from parvis.establishments.office_crossings import OFFICE_CROSSINGS
from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import of_adviser, protecting


class Migration(migrations.Migration):
    dependencies = [("establishments", "0004_sirene")]

    operations = [
        migrations.AddField(
            model_name="establishment",
            name="access_closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="EstablishmentDomain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.CharField(max_length=253)),
                ("verified_at", models.DateTimeField()),
                ("verified_by", models.UUIDField()),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="domains",
                        to="establishments.establishment",
                    ),
                ),
            ],
            options={
                "db_table": "establishments_establishmentdomain",
                "constraints": [
                    models.UniqueConstraint(fields=("establishment", "domain"), name="domain_once_per_establishment"),
                    models.CheckConstraint(
                        condition=models.Q(("domain__regex", "^[a-z0-9-]+(\\.[a-z0-9-]+)+$")), name="domain_form"
                    ),
                ],
            },
        ),
        protecting(
            "establishments_establishmentdomain",
            app_may="rad",
            adviser=of_adviser("establishments_establishmentdomain"),
        ),
        *OFFICE_CROSSINGS,
    ]
    operations = at_once(operations)
