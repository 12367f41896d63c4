import django.db.models.deletion
from django.db import migrations, models

from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import protecting


class Migration(migrations.Migration):
    """Renewals, and the warnings that left before an account expires."""

    dependencies = [
        ("access", "0003_employers"),
        ("establishments", "0002_policies"),
    ]

    operations = [
        migrations.AddField(model_name="membership", name="renewed_at", field=models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="ExpiryWarning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("expires_on", models.DateField()),
                ("stage", models.CharField(max_length=20)),
                ("sent_at", models.DateTimeField()),
                (
                    "establishment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="establishments.establishment",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="access.membership"
                    ),
                ),
            ],
            options={
                "db_table": "access_expirywarning",
                "indexes": [models.Index(fields=["establishment", "sent_at"], name="expirywarning_sent_together")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("membership", "expires_on", "stage"), name="expirywarning_once_per_stage"
                    )
                ],
            },
        ),
        protecting("access_expirywarning", app_may="rad"),
    ]
    operations = at_once(operations)
