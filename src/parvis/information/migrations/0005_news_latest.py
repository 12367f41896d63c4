"""The news on a home are read in the order of an index, however many there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("information", "0004_clarifications")]

    operations = [
        migrations.AddIndex(
            model_name="news",
            index=models.Index(
                fields=["-pinned", "-starts_on", "-published_at", "-id"],
                condition=models.Q(state="published"),
                name="news_latest",
            ),
        ),
    ]
