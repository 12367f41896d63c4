from django.db import migrations

from parvis.access.crossings import EXPIRY_CROSSINGS


class Migration(migrations.Migration):
    """Who is an active administrator depends on the expiry of accounts from here on."""

    dependencies = [("access", "0004_expiry")]

    operations = [
        # Those of the same name that knew end dates alone.
        migrations.RunSQL(
            [
                f"DROP FUNCTION IF EXISTS {signature}"
                for signature in (
                    "access_person_administrators(date)",
                    "access_demands(bigint, date)",
                    "access_payer(bigint, date)",
                    "access_told(bigint, date)",
                )
            ],
            migrations.RunSQL.noop,
        ),
        *EXPIRY_CROSSINGS,
    ]
