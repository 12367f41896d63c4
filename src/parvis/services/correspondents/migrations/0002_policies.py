from django.db import migrations

from parvis.ground.database.policies import protecting


class Migration(migrations.Migration):
    dependencies = [("service_correspondents", "0001_initial"), ("establishments", "0002_policies")]

    operations = [protecting("service_correspondents_correspondent")]
