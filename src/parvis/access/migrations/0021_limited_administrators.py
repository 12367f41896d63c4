"""Until when somebody who got the administrator's profile through a recovery may change nothing yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0020_administers")]

    operations = [
        migrations.AddField(
            model_name="membership", name="limited_until", field=models.DateField(blank=True, null=True)
        ),
    ]
