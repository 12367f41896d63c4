from django.db import migrations, models

from parvis.ground.database.at_once import at_once
from parvis.ground.database.policies import APP_ESTABLISHMENT, protecting
from parvis.post.crossings import CROSSINGS


class Migration(migrations.Migration):
    dependencies = [("post", "0002_policies")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="channel",
            field=models.CharField(blank=True, default="", max_length=5),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="message",
            name="receipt",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="message",
            name="status",
            field=models.CharField(
                choices=[
                    ("queued", "En attente d’envoi"),
                    ("sent", "Envoyé"),
                    ("delivered", "Remis"),
                    ("failed", "Non remis"),
                    ("dropped", "Sans objet"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Expense",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("establishment_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("cents", models.PositiveIntegerField()),
            ],
            options={
                "db_table": "post_expense",
                "constraints": [
                    models.UniqueConstraint(fields=("establishment_id", "day"), name="expense_once_per_day")
                ],
            },
        ),
        # An establishment may read what it spent; it is written through the crossing alone.
        protecting("post_expense", app=APP_ESTABLISHMENT, app_may="r"),
        *CROSSINGS,
    ]
    operations = at_once(operations)
