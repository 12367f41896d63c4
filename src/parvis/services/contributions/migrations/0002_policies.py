from django.db import migrations

from parvis.ground import clock
from parvis.ground.database.policies import OF_FUNDS, protecting

# The kinds of letters that « Cotisations » sends, besides « Facture » and « Relevé de compte ».
TYPES = [("avis-d-echeance", "Avis d’échéance", "cotisations", "cotisations", True, 10)]


def begin(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO letters_lettertype (code, name, theme, service, about_money, kept_years, changed_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (code) DO NOTHING",
            [(*one, clock.now()) for one in TYPES],
        )


class Migration(migrations.Migration):
    dependencies = [
        ("service_contributions", "0001_initial"),
        ("letters", "0002_policies"),
        ("advisers", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        # Versions are only ever added.
        protecting("service_contributions_funddeclaration", app_may="ra", adviser=OF_FUNDS),
    ]
