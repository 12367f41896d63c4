from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("letters", "0002_policies")]

    operations = [
        migrations.AddField(model_name="reading", name="opened", field=models.BooleanField(default=True)),
    ]
