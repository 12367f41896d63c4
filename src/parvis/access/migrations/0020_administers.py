"""Who administers an establishment is asked on every page: found without walking all of its accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0019_places")]

    operations = [
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("profile", "administrateur")),
                fields=["establishment"],
                name="membership_administers",
            ),
        ),
    ]
