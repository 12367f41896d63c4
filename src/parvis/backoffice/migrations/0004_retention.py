from django.db import migrations

from parvis.ground.database.policies import erasable


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0003_office")]

    operations = [
        erasable("backoffice_call", reads="id, began_at"),
        erasable("backoffice_opening", reads="id, at"),
    ]
