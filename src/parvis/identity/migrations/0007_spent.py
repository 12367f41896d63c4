from django.db import migrations, models

from parvis.ground.database.policies import protecting
from parvis.identity.crossings import PROVIDER_CROSSINGS


class Migration(migrations.Migration):
    """Identity providers: values that serve once."""

    dependencies = [("identity", "0006_mine")]

    operations = [
        migrations.CreateModel(
            name="Spent",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
            ],
            options={"db_table": "identity_spent"},
        ),
        # Nobody reads or writes it but the crossing.
        protecting("identity_spent", app=None, person=None),
        *PROVIDER_CROSSINGS,
    ]
