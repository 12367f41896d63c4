"""An import of accounts under way in the demo: previewed this morning, not confirmed; its day ends by itself."""

import csv
import io

from parvis.access.bulk.actions import preview, read_file
from parvis.access.bulk.queries import download_columns, download_rows
from parvis.access.models import Import, Membership
from parvis.access.standing import Standing
from parvis.demo.invented import ref_of
from parvis.ground.tables import csv_file

# One more account, and two that the file changes.
NEW = {
    "Civilité": "Madame",
    "Nom": "Gavard-Perret",
    "Prénom": "Lison",
    "Fonction": "Gestionnaire paie",
    "Service de rattachement": "Service paie et carrières",
    "Adresse électronique": "lison.gavard-perret@annecy.example",
    "Téléphone": "06 39 98 90 27",
    "Profil": "Utilisateur",
    "Correspondants": "Lecture seule",
}
CHANGED = {
    "a05": {"Fonction": "Gestionnaire ressources humaines", "Correspondants": "Modification"},
    "a16": {"Contrats avec les fonds": "Lecture seule"},
}


def seed_import(who: Standing) -> None:
    """As if they had downloaded the file, edited it and sent it; in the scope of their establishment."""
    content = csv_file(download_columns(who, typed_cells=False), download_rows(who)).decode("utf-8-sig")
    reader = csv.DictReader(io.StringIO(content), delimiter=";")
    lines = {line["Identifiant"].lstrip("'").replace("-", ""): line for line in reader}
    for key, cells in CHANGED.items():
        lines[Membership.objects.get(ref=ref_of(key)).identifier].update(cells)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(reader.fieldnames or ()), delimiter=";", restval="")
    writer.writeheader()
    writer.writerows([*lines.values(), NEW])
    made = preview(who=who, file=read_file(out.getvalue().encode(), who))
    # Everybody's demo has it under the same address.
    Import.objects.filter(pk=made.pk).update(id=ref_of("import"))
