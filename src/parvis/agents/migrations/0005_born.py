"""Somebody's namesakes born on the same day are looked for among tens of thousands of agents: by that day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agents", "0004_withdrawn_apart")]

    operations = [
        migrations.AddIndex(
            model_name="agent",
            index=models.Index(
                condition=models.Q(("same_as", None)), fields=["establishment", "born_on"], name="agent_born"
            ),
        ),
    ]
