from django.db import migrations, models


class Migration(migrations.Migration):
    """A link may unblock an account; the few counters that are blocked are found at once."""

    dependencies = [("identity", "0007_spent")]

    operations = [
        migrations.AlterField(
            model_name="link",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("password", "Choisir un nouveau mot de passe"),
                    ("email", "Confirmer une adresse"),
                    ("unblock", "Débloquer le compte"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="counter",
            index=models.Index(condition=models.Q(("blocked", True)), fields=["key"], name="counter_blocked"),
        ),
    ]
