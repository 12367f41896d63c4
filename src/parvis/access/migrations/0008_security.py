from django.db import migrations, models
from django.db.models.functions import Lower

from parvis.access.crossings import SECURITY_CROSSINGS


class Migration(migrations.Migration):
    """Which accounts are blocked, which wait for their password."""

    dependencies = [("access", "0007_factor_reset"), ("identity", "0008_unblock_links")]

    operations = [
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                Lower("email"), condition=models.Q(("confirmed_at__isnull", True)), name="membership_waiting"
            ),
        ),
        *SECURITY_CROSSINGS,
    ]
