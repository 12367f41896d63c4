from django.db import migrations

from parvis.access.crossings import CROSSINGS
from parvis.ground.database.policies import OF_PERSON, protecting

MINE = "CREATE POLICY person ON {0} FOR SELECT TO parvis_person USING ({1} = ANY ((SELECT {2})::bigint[]))"


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("identity", "0002_policies"),
        ("establishments", "0002_policies"),
        ("post", "0002_policies"),
    ]

    operations = [
        protecting("access_membership", person=OF_PERSON, person_may="r"),
        protecting("access_right"),
        protecting("access_draft"),
        protecting("access_link"),
        protecting("access_linktoken"),
        protecting("access_proposal"),
        *CROSSINGS,
        # « Mes établissements » and « Mon compte »: one's own rights, and the names of the establishments where one is.
        migrations.RunSQL(
            [
                "GRANT SELECT ON establishments_establishment, access_right TO parvis_person",
                MINE.format("establishments_establishment", "id", "access_person_establishments()"),
                MINE.format("access_right", "membership_id", "access_person_memberships()"),
            ],
            migrations.RunSQL.noop,
        ),
    ]
