"""The establishment's own models of rights; those of the platform are data (`access/presets/platform.toml`)."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from parvis.access.levels import Level
from parvis.establishments.models import Establishment


class Preset(models.Model):
    """A model of rights (« modèle de droits »). Deleted ones stay, for rights name where they came from."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField()
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_preset"
        constraints = [
            models.UniqueConstraint(
                "establishment", Lower("name"), condition=Q(deleted_at=None), name="preset_named_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PresetRight(models.Model):
    """The level that a model gives on a service. No row: the model says nothing of it."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    preset = models.ForeignKey(Preset, on_delete=models.CASCADE, db_index=False, related_name="rights")
    service = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "access_presetright"
        constraints = [
            models.UniqueConstraint(fields=["preset", "service"], name="presetright_once_per_service"),
            models.CheckConstraint(condition=Q(level__in=[Level.READ, Level.WRITE]), name="presetright_level_known"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.level}"
