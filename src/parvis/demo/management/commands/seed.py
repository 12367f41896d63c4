"""`parvis seed`: fill the demo once, and write who signs in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from parvis.demo.seeding import OutsideTheDemo, seed


class Command(BaseCommand):
    """Seeds the demo's database; run again, it only writes `demo.json` anew."""

    help = "Démonstration : écrire les employeurs de Haute-Savoie et des personnes fictives."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, then say what was done."""
        try:
            written = seed()
        except OutsideTheDemo as refusal:
            raise CommandError(str(refusal)) from refusal
        done = "Données de démonstration écrites." if written else "Les données de démonstration sont déjà là."
        self.stdout.write(f"{done} Personnes et mots de passe : {settings.DATA_DIR / 'demo.json'}")
