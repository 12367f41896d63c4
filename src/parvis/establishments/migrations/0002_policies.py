from django.db import migrations

from parvis.ground.database.policies import protecting

OWN = "id = current_setting('parvis.establishment')::bigint"


class Migration(migrations.Migration):
    dependencies = [("establishments", "0001_initial")]

    operations = [
        protecting("establishments_establishment", app=OWN, app_may="r"),
        # For the lock of `guards.locked` alone (FOR NO KEY UPDATE asks for it on one column): the policy holds the id
        # to the one in scope, so that nothing can be changed; the directory is the owner's.
        migrations.RunSQL("GRANT UPDATE (id) ON establishments_establishment TO parvis_app", migrations.RunSQL.noop),
        protecting("establishments_contract", app_may="r"),
    ]
