"""`parvis health`: whether what the site needs is there, one line each."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from parvis.ground.health import State, findings


class Command(BaseCommand):
    """Prints each finding; exit code 1 where something is wrong. A warning alone is 0."""

    help = "Vérifier ce dont le site a besoin : base, disque, antivirus, envois."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at everything, and say it."""
        found = findings()
        for one in found:
            self.stdout.write(f"{one.name} : {one.state.label}. {one.text}")
        if any(one.state is State.WRONG for one in found):
            sys.exit(1)
