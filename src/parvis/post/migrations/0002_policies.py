from django.db import migrations

from parvis.ground.database.policies import APP_ESTABLISHMENT, OF_PERSON, protecting


class Migration(migrations.Migration):
    dependencies = [("post", "0001_initial")]

    operations = [
        protecting("post_message", app=APP_ESTABLISHMENT, app_may="raw", person=OF_PERSON, person_may="raw"),
    ]
