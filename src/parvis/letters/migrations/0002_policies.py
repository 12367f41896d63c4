from django.db import migrations

from parvis.ground import clock
from parvis.ground.database.policies import OF_FUNDS, OF_PERSON, erasable, protecting

# What the platform begins with; advisers change and complete them.
TYPES = [
    # code, name, theme, service, about money, years kept
    ("releve-de-compte", "Relevé de compte de cotisations", "cotisations", "courriers", True, 10),
    ("facture", "Facture", "cotisations", "courriers", True, 10),
    ("relance", "Relance de paiement", "cotisations", "courriers", True, 10),
    ("information", "Information réglementaire", "relation", "courriers", False, 3),
    ("demande-de-pieces", "Demande de pièces", "carrieres", "courriers", False, 5),
    ("decision", "Décision sur un dossier", "retraite", "courriers", False, 10),
    ("aide", "Décision d’aide", "handicap", "courriers", False, 10),
    ("contrat", "Contrat ou avenant", "relation", "contrats", False, 30),
    ("fiche-employeur", "Fiche de l’établissement", "relation", "mon-etablissement", False, 5),
    ("correspondants", "Désignation des correspondants", "relation", "correspondants", False, 3),
]


def begin(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO letters_lettertype (code, name, theme, service, about_money, kept_years, changed_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [(*one, clock.now()) for one in TYPES],
        )


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial"), ("advisers", "0001_initial"), ("journal", "0004_retention_role")]

    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        # Which kinds of letters there are is no secret; advisers alone change them.
        protecting("letters_lettertype", app="true", app_may="r", adviser="true", adviser_may="raw"),
        protecting("letters_campaign", app=None, adviser=OF_FUNDS, adviser_may="ra"),
        protecting("letters_fundletter", app_may="rawd", adviser=OF_FUNDS),
        # Advisers know that a letter was opened, never by whom.
        protecting("letters_reading", app_may="rawd", person=OF_PERSON),
        protecting("letters_uploaded", app=None, adviser=OF_FUNDS, adviser_may="rad"),
        erasable("letters_lettertype", reads="id, kept_years", only_reads=True),
        erasable("letters_fundletter", reads="id, type_id, deposited_at, key"),
        erasable("letters_reading", reads="id, letter_id"),
        erasable("letters_uploaded", reads="id, at, key"),
    ]
