from django.db import migrations

from parvis.ground.database.policies import protecting

OWN = "id = current_setting('parvis.establishment')::bigint"


class Migration(migrations.Migration):
    dependencies = [("establishments", "0001_initial")]

    operations = [
        # UPDATE for the lock of `guards.locked` (FOR NO KEY UPDATE asks for it); the directory itself is the owner's.
        protecting("establishments_establishment", app=OWN, app_may="rw"),
        protecting("establishments_contract", app_may="r"),
    ]
