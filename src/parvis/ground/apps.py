from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from parvis.ground.database import grants


def _grant(using: str, **_: Any) -> None:
    grants.apply(connections[using])


class GroundConfig(AppConfig):
    name = "parvis.ground"
    label = "ground"

    def ready(self) -> None:
        post_migrate.connect(_grant, sender=self, dispatch_uid="parvis.ground.grants")
