"""`parvis demo clock +20d|-3h|reset`: move the demo's clock, for web, worker and rules together."""

import argparse
import datetime
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from parvis.ground import clock

_MOVE = re.compile(r"([+-]?)(\d{1,6})([wdhm])", re.ASCII)
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}


def parse(word: str) -> datetime.timedelta:
    """`+20d` (days), `-3h` (hours), `10m` (minutes), `2w` (weeks). Raises CommandError, a French sentence."""
    found = _MOVE.fullmatch(word)
    if found is None:
        raise CommandError(f"« {word} » n’est pas un déplacement : +20d (jours), -3h (heures), +10m, +2w, ou reset.")
    sign, count, unit = found.groups()
    by = datetime.timedelta(**{_UNITS[unit]: int(count)})
    return -by if sign == "-" else by


class Command(BaseCommand):
    """Moves the clock; without an argument, says what it shows."""

    help = "Démonstration : avancer, reculer ou remettre à l’heure l’horloge."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """One optional word."""
        parser.add_argument("move", nargs="?", default="", metavar="+20d|-3h|reset")

    def handle(self, *args: Any, **options: Any) -> None:
        """Move, then say what the clock shows."""
        word = options["move"]
        try:
            if word == "reset":
                clock.move(-clock.offset())
            elif word:
                clock.move(parse(word))
        except RuntimeError as refusal:
            raise CommandError(str(refusal)) from None
        except OverflowError:
            raise CommandError(f"« {word} » sort du calendrier.") from None
        shown = clock.now().astimezone(clock.PARIS)
        moved = int(clock.offset().total_seconds())
        sign = "+" if moved > 0 else "-"
        days, seconds = divmod(abs(moved), 86_400)
        by = f"{sign}{days} j {seconds // 3600} h {seconds % 3600 // 60} min" if moved else "aucun"
        self.stdout.write(f"Horloge de la démonstration : {shown:%d/%m/%Y %H:%M} (décalage : {by}).")
