from django.db import migrations

from parvis.ground.database.policies import erasable, protecting


class Migration(migrations.Migration):
    dependencies = [
        ("service_declarations", "0001_initial"),
        ("establishments", "0002_policies"),
        ("agents", "0003_policies"),
        ("journal", "0004_retention_role"),
    ]

    operations = [
        # The operator's command alone knows of files.
        protecting("service_declarations_sending", app=None),
        protecting("service_declarations_declaration"),
        protecting("service_declarations_individual"),
        protecting("service_declarations_anomaly"),
        protecting("service_declarations_correction"),
        erasable("service_declarations_declaration", reads="id, received_at"),
        erasable("service_declarations_individual", reads="id, declaration_id"),
        erasable("service_declarations_anomaly", reads="id, declaration_id, individual_id"),
        erasable("service_declarations_correction", reads="id, individual_id"),
    ]
