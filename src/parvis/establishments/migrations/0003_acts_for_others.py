from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("establishments", "0002_policies")]

    operations = [
        migrations.AddField(
            model_name="establishment",
            name="acts_for_others",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
