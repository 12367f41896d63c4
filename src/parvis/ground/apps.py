from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from parvis.ground.database import grants


def _claim(using: str, **_: Any) -> None:
    grants.claim_schema(connections[using])


def _grant(using: str, **_: Any) -> None:
    grants.apply(connections[using])


class GroundConfig(AppConfig):
    name = "parvis.ground"
    label = "ground"

    def ready(self) -> None:
        pre_migrate.connect(_claim, sender=self, dispatch_uid="parvis.ground.claim")
        post_migrate.connect(_grant, sender=self, dispatch_uid="parvis.ground.grants")
