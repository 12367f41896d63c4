"""`parvis dsn generate DIR`: invented monthly declarations of real communes, for trials and measures.

`parvis dsn receive DIR`: the files that Net-entreprises handed over.
"""

import datetime
import sys
from argparse import ArgumentParser, ArgumentTypeError
from importlib import resources
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from parvis.dsn.generation.anomalies import Anomaly
from parvis.dsn.generation.employers import read_employers
from parvis.dsn.generation.posts import Employer
from parvis.dsn.generation.sending import Part, generate
from parvis.services.declarations.pace import steady
from parvis.services.declarations.receiving import receive

MOST_MONTHS = 36


class Command(BaseCommand):
    """Writes a file per employer and month; agents, NIR and names are invented, the communes are Haute-Savoie's.

    Or receives files; exit code 1 where a file or a declaration was refused, 2 where it could not begin.
    """

    help = "DSN : recevoir celles que remet Net-entreprises, ou en produire d’essai."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`generate` has its own options."""
        actions = parser.add_subparsers(dest="action", required=True)
        made = actions.add_parser("generate", help="écrire des DSN d’essai dans un dossier")
        made.add_argument("folder", type=Path, metavar="DIR", help="dossier où écrire les fichiers")
        made.add_argument("--siret", action="append", metavar="SIRET", help="employeur de Haute-Savoie ; répétable")
        made.add_argument("--month", type=_month, required=True, metavar="AAAA-MM", help="premier mois déclaré")
        made.add_argument("--months", type=int, default=1, metavar="N", help="nombre de mois qui se suivent (1)")
        made.add_argument("--agents", type=int, metavar="N", help="nombre d’agents, au lieu d’un selon la population")
        made.add_argument(
            "--anomaly",
            action="append",
            default=[],
            type=_anomaly,
            metavar="NOM[:N]",
            help="faute à commettre, N agents (1) ; répétable : " + ", ".join(one.name.lower() for one in Anomaly),
        )
        made.add_argument(
            "--seed", type=int, default=1, metavar="N", help="tirage : le même donne les mêmes agents (1)"
        )
        made.add_argument("--test", action="store_true", help="envoi d’essai, non réel")
        made.add_argument("--crlf", action="store_true", help="fins de ligne de Windows")
        received = actions.add_parser(
            "receive",
            help="Recevoir des DSN. Le même fichier deux fois ne change rien ; chacun arrive en entier ou pas. La même "
            "commande reprend où un arrêt l’a laissée.",
        )
        received.add_argument("folder", type=Path, metavar="DIR", help="dossier des fichiers reçus")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files, and say each; or receive them, and say what was refused."""
        if options["action"] == "receive":
            self._receive(options["folder"])
        else:
            self._generate(options)

    def _receive(self, folder: Path) -> None:
        steady()
        try:
            report = receive(folder, tell=self.stderr.write)
        except OSError as fault:
            self.stderr.write(f"{fault.filename or folder} ne peut pas être lu : {fault.strerror}.")
            sys.exit(2)
        self.stdout.write(str(report))
        if report.refused or report.rejected:
            sys.exit(1)

    def _generate(self, options: dict[str, Any]) -> None:
        employers = packaged_employers()
        wanted: list[str] = options["siret"] or []
        unknown = [siret for siret in wanted if siret not in employers]
        if unknown:
            raise CommandError(f"Employeur inconnu du générateur : {', '.join(unknown)}.")
        if not 1 <= options["months"] <= MOST_MONTHS:
            raise CommandError(f"De 1 à {MOST_MONTHS} mois.")
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        month: datetime.date = options["month"]
        for _ in range(options["months"]):
            for siret in wanted or employers:
                self._write(folder, employers[siret], month, options)
            month = (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)

    def _write(self, folder: Path, employer: Employer, month: datetime.date, options: dict[str, Any]) -> None:
        path = folder / f"dsn-{employer.siret}-{month:%Y%m}.txt"
        part = Part(employer, month, agents=options["agents"], anomalies=dict(options["anomaly"]))
        with path.open("wb") as out:
            planted = generate(out, [part], seed=options["seed"], test=options["test"], crlf=options["crlf"])
        faults = "".join(f" ; ligne {one.line} : {one.anomaly.value}" for one in planted)
        self.stdout.write(f"{path.name} : {employer.name}, {month:%m/%Y}{faults}.")


def packaged_employers() -> dict[str, Employer]:
    """The demo's communes and inter-communal bodies, by SIRET."""
    path = resources.files("parvis.demo") / "data" / "employers-74.csv"
    return read_employers(path.read_text(encoding="utf-8").splitlines())


def _month(text: str) -> datetime.date:
    try:
        return datetime.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  (a month, no moment)
    except ValueError as fault:
        raise ArgumentTypeError("un mois s’écrit AAAA-MM") from fault


def _anomaly(text: str) -> tuple[Anomaly, int]:
    name, _, count = text.partition(":")
    try:
        return Anomaly[name.upper()], int(count or 1)
    except (KeyError, ValueError) as fault:
        raise ArgumentTypeError(f"anomalie inconnue : {text}") from fault
