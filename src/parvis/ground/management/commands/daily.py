"""`parvis daily`: the jobs of each day, of every package that has some.

A package declares them in its `daily.py`: `JOBS = {"what it does, in French": function}`; a function takes nothing and
may return how much it did. They run as the owner, one after the other; one that fails does not stop the others.
"""

from importlib import import_module
from typing import Any

import structlog
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import module_has_submodule

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """Runs them all, in the order of the installed applications."""

    help = "Les travaux de chaque jour : relances, expirations, conservation."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Run each; CommandError at the end if any failed."""
        failed = []
        for config in apps.get_app_configs():
            if config.module is None or not module_has_submodule(config.module, "daily"):
                continue
            for name, job in import_module(f"{config.name}.daily").JOBS.items():
                try:
                    done = job()
                except Exception:
                    log.exception("daily job failed", package=config.label, job=job.__name__)
                    failed.append(name)
                else:
                    self.stdout.write(f"{name} : {'fait' if done is None else done}")
        if failed:
            raise CommandError(f"Travaux en échec : {', '.join(failed)}. Le détail est dans le journal technique.")
