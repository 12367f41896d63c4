"""`parvis contracts import FILE`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from parvis.establishments.contracts import COLUMNS, import_contracts
from parvis.establishments.lines import Rejected


class Command(BaseCommand):
    """Imports contracts with the funds; exit code 1 and nothing written where a line is wrong."""

    help = "Contrats avec les fonds : importer un fichier CSV."
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
            report = import_contracts(path)
        except Rejected as rejected:
            others = ["… et une autre."] if rejected.more == 1 else [f"… et {rejected.more} autres."]
            self._fail("\n".join([*rejected.errors, *(others if rejected.more else []), "Rien n’a été importé."]))
        except FileNotFoundError:
            self._fail(f"Le fichier {path} n’existe pas.")
        except OSError as fault:
            self._fail(f"Le fichier {path} ne peut pas être lu : {fault.strerror}.")
        else:
            self.stdout.write(str(report))

    def _fail(self, text: str) -> NoReturn:
        # 1 is « nothing was imported »; the `parvis` command keeps 2 for what kept it from trying.
        self.stderr.write(text)
        sys.exit(1)
