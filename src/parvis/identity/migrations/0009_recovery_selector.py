from django.db import migrations, models

from parvis.ground.database.at_once import at_once


class Migration(migrations.Migration):
    """Recovery codes are kept as passwords are; the first characters find the row. None was given out before."""

    dependencies = [("identity", "0008_unblock_links")]

    operations = [
        migrations.RunSQL("DELETE FROM identity_recoverycode", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="recoverycode", name="recoverycode_once_per_person"),
        migrations.AddField(
            model_name="recoverycode",
            name="selector",
            field=models.CharField(default="", max_length=3),
            preserve_default=False,
        ),
        migrations.AlterField(model_name="recoverycode", name="hash", field=models.CharField(max_length=128)),
        migrations.AddConstraint(
            model_name="recoverycode",
            constraint=models.UniqueConstraint(fields=("person", "selector"), name="recoverycode_once_per_person"),
        ),
    ]
    operations = at_once(operations)
