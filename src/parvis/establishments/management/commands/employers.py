"""`parvis employers import FILE`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from parvis.establishments.importing import COLUMNS, Rejected, import_employers


class Command(BaseCommand):
    """Imports the directory of employers; exit code 1 and nothing written where a line is wrong."""

    help = "Répertoire des employeurs : importer un fichier CSV."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`import FILE`."""
        actions = parser.add_subparsers(dest="what", required=True, metavar="import")
        importing = actions.add_parser(
            "import",
            help="Importer un fichier CSV : UTF-8, virgules, première ligne : " + ", ".join(COLUMNS) + ".",
        )
        importing.add_argument("file", type=Path, metavar="FICHIER")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, then say what was done, or every line to correct."""
        path: Path = options["file"]
        try:
            report = import_employers(path)
        except Rejected as rejected:
            more = (
                f"\n… et {rejected.more} autres." if rejected.more > 1 else "\n… et une autre." if rejected.more else ""
            )
            raise CommandError("\n".join(rejected.errors) + more + "\nRien n’a été importé.") from rejected
        except FileNotFoundError as fault:
            raise CommandError(f"Le fichier {path} n’existe pas.") from fault
        except OSError as fault:
            raise CommandError(f"Le fichier {path} ne peut pas être lu : {fault.strerror}.") from fault
        self.stdout.write(str(report))
