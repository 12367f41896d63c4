"""`parvis sirene import UNITES ETABLISSEMENTS [SUCCESSIONS]`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from parvis.establishments.lines import Rejected
from parvis.establishments.sirene.running import Busy, import_sirene


class Command(BaseCommand):
    """Follows INSEE's monthly stock files; exit code 1 and the directory untouched where a line is wrong."""

    help = "Répertoire Sirene : suivre les fichiers mensuels de l’Insee."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`import UNITES ETABLISSEMENTS [SUCCESSIONS]`."""
        actions = parser.add_subparsers(dest="what", required=True, metavar="import")
        importing = actions.add_parser(
            "import",
            help="Lire les fichiers stock (.csv, .zip ou .gz), et suivre ce qui a changé.",
        )
        importing.add_argument("units", type=Path, metavar="UNITES", help="StockUniteLegale")
        importing.add_argument("establishments", type=Path, metavar="ETABLISSEMENTS", help="StockEtablissement")
        importing.add_argument(
            "links", type=Path, nargs="?", metavar="SUCCESSIONS", help="StockEtablissementLiensSuccession"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, saying how far it is; then what was done, or every line to correct."""
        try:
            report = import_sirene(options["units"], options["establishments"], options["links"], say=self.stdout.write)
        except Rejected as rejected:
            others = ["… et une autre."] if rejected.more == 1 else [f"… et {rejected.more} autres."]
            said = [*rejected.errors, *(others if rejected.more else []), "Le répertoire n’a pas changé."]
        except Busy:
            said = ["Un import Sirene est déjà en cours : attendez qu’il finisse."]
        except FileNotFoundError as fault:
            said = [f"Le fichier {fault.filename} n’existe pas."]
        except OSError as fault:
            said = [f"Le fichier {fault.filename} ne peut pas être lu : {fault.strerror}."]
        else:
            self.stdout.write(str(report))
            return
        self.stderr.write("\n".join(said))
        sys.exit(1)
