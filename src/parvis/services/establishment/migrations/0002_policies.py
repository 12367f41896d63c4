from django.db import migrations

from parvis.ground.database.policies import protecting


class Migration(migrations.Migration):
    dependencies = [("service_establishment", "0001_initial"), ("establishments", "0002_policies")]

    operations = [
        # Neither UPDATE nor DELETE: what was declared stays; a correction is a declaration that follows.
        protecting(f"service_establishment_{table}", app_may="ra")
        for table in ("declaration", "coordinates", "representative", "payer", "headcount", "contribution")
    ]
