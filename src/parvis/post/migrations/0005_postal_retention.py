from django.db import migrations

from parvis.ground.database.policies import erasable


class Migration(migrations.Migration):
    dependencies = [("post", "0004_postal_letters")]

    operations = [erasable("post_postalletter", reads="id, settled_at")]
