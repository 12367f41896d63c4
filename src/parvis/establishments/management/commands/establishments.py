"""`parvis establishments mark SIRET`, `parvis establishments unmark SIRET`."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from parvis.establishments.acting import mark_acting
from parvis.ground.identifiers.numbers import parse_siret
from parvis.ground.tenancy import Refused


class Command(BaseCommand):
    """An adviser's act: who may act for others. Exit code 1 and nothing written where it is refused."""

    help = "Établissements : indiquer qui peut agir pour d’autres, et recevoir des délégations de droits."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`mark SIRET` and `unmark SIRET`."""
        actions = parser.add_subparsers(dest="what", required=True, metavar="mark|unmark")
        for word, text in (
            ("mark", "Indiquer que l’établissement peut agir pour d’autres."),
            ("unmark", "Indiquer qu’il ne le peut plus : ses délégations n’ouvrent plus rien."),
        ):
            actions.add_parser(word, help=text).add_argument("siret", metavar="SIRET")

    def handle(self, *args: Any, **options: Any) -> None:
        """Mark or unmark, then say what changed."""
        acts = options["what"] == "mark"
        try:
            where, changed = mark_acting(siret=parse_siret(options["siret"]), acts=acts)
        except (Refused, ValueError) as refusal:
            self.stderr.write(str(refusal))
            sys.exit(1)
        said = "peut agir pour d’autres" if acts else "ne peut plus agir pour d’autres"
        self.stdout.write(f"{where.name} {said}." if changed else f"Rien à changer : {where.name} {said} déjà.")
