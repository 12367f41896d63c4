from django.db import migrations

from parvis.access.crossings import MY_DATA_CROSSINGS


class Migration(migrations.Migration):
    """The copy of somebody's data: what their establishments' journals and acceptances say of them."""

    dependencies = [("access", "0008_security"), ("journal", "0002_policies")]

    operations = [*MY_DATA_CROSSINGS]
