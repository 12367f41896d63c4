from django.db import migrations

from parvis.ground.database.policies import OF_PERSON, protecting
from parvis.identity.crossings import FACTOR_CROSSINGS


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_second_factors")]

    operations = [
        *[
            protecting(table, app=None, person=OF_PERSON, person_may="rawd")
            for table in (
                "identity_totp",
                "identity_passkey",
                "identity_phonefactor",
                "identity_recoverycode",
                "identity_code",
                "identity_browser",
                "identity_provideraccount",
                "identity_notificationchoice",
                "identity_callcode",
            )
        ],
        # Nobody reads or writes these but the crossings.
        protecting("identity_counter", app=None, person=None),
        protecting("identity_rate", app=None, person=None),
        *FACTOR_CROSSINGS,
    ]
