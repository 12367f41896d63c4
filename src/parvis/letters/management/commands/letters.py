"""`parvis letters import MANIFEST FOLDER`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from parvis.establishments.lines import Rejected
from parvis.letters.importing import COLUMNS, OPTIONAL, Busy, Unsettled, import_letters

SHOWN = 200


class Command(BaseCommand):
    """Imports letters; exit code 0 where all are there, 1 where lines were refused, 2 where it could not begin."""

    help = "Courriers des fonds : déposer un lot décrit par un fichier CSV."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`import MANIFEST FOLDER [--report FILE]`."""
        actions = parser.add_subparsers(dest="what", required=True, metavar="import")
        importing = actions.add_parser(
            "import",
            help="Déposer des courriers. La même commande reprend où un arrêt l’a laissée ; rien n’arrive deux fois.",
            description=(
                "Le bordereau est un CSV : UTF-8, virgules, première ligne : "
                f"{', '.join(COLUMNS)} (et, facultatif, {OPTIONAL})."
            ),
        )
        importing.add_argument("manifest", type=Path, metavar="BORDEREAU")
        importing.add_argument("folder", type=Path, metavar="DOSSIER")
        importing.add_argument("--report", type=Path, metavar="FICHIER", help="écrire là les lignes refusées")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, telling each refused line and what to do about it."""
        refused: list[str] = []

        def tell(line: int, sentence: str) -> None:
            refused.append(f"ligne {line} : {sentence}")
            if len(refused) <= SHOWN:
                self.stderr.write(refused[-1])

        try:
            report = import_letters(options["manifest"], options["folder"], tell=tell, say=self.stdout.write)
        except Rejected as rejected:
            self._fail("\n".join([*rejected.errors, "Aucun courrier n’a été déposé depuis ce message."]))
        except Busy:
            self._fail("Un autre import de courriers est en cours : attendez sa fin, puis recommencez.")
        except Unsettled:
            self._fail(
                "Le répertoire ou les courriers changent pendant l’import : attendez un moment, puis relancez la même "
                "commande. Ce qui est déposé le reste."
            )
        except FileNotFoundError as fault:
            self._fail(f"{fault.filename} n’existe pas.")
        except OSError as fault:
            self._fail(f"{fault.filename or 'Le bordereau'} ne peut pas être lu : {fault.strerror}.")
        if len(refused) > SHOWN:
            self.stderr.write(f"… et {len(refused) - SHOWN} autres lignes refusées.")
        if options["report"] is not None:
            options["report"].write_text("".join(f"{line}\n" for line in refused), encoding="utf-8")
        self.stdout.write(str(report))
        if report.refused:
            self.stderr.write("Corrigez ces lignes, puis relancez la même commande : le reste est déjà déposé.")
            sys.exit(1)

    def _fail(self, text: str) -> NoReturn:
        self.stderr.write(text)
        sys.exit(2)
