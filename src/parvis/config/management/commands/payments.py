"""`parvis payments import FILE …`: what the funds' bank accounts received."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from parvis.ledger.payments.importing import import_statement
from parvis.ledger.payments.statements import Unreadable
from parvis.ledger.payments.tabular import COLUMNS
from parvis.services.contributions.following import follow


class Command(BaseCommand):
    """Imports bank statements; exit code 1 where a file was refused, and nothing of that file is there."""

    help = "Virements reçus par les fonds : importer leurs relevés bancaires."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`import FILE …`."""
        actions = parser.add_subparsers(dest="what", required=True, metavar="import")
        importing = actions.add_parser(
            "import",
            help="Importer des relevés. Le même relevé deux fois ne change rien ; un relevé arrive en entier ou pas.",
            description=(
                "CAMT.053 (XML), ou un tableau CSV, ODS ou XLSX dont la première ligne nomme les colonnes : "
                f"{', '.join(COLUMNS)}. Les comptes des fonds : fichier PARVIS_BANK_ACCOUNTS."
            ),
        )
        importing.add_argument("files", type=Path, nargs="+", metavar="FICHIER")

    def handle(self, *args: Any, **options: Any) -> None:
        """Each file in turn; what was paid then has its surcharges and ticks at once."""
        refused, places = 0, set()
        for path in options["files"]:
            try:
                report = import_statement(path)
            except Unreadable as fault:
                refused += 1
                self.stderr.write(f"{path.name} : {fault} Rien de ce fichier n’est importé.")
            except FileNotFoundError:
                refused += 1
                self.stderr.write(f"Le fichier {path} n’existe pas.")
            except OSError as fault:
                refused += 1
                self.stderr.write(f"Le fichier {path} ne peut pas être lu : {fault.strerror}.")
            else:
                places |= report.places
                self.stdout.write(f"{path.name} : {report}")
        if places:
            self.stdout.write(str(follow(sorted(places))))
        if refused:
            sys.exit(1)
