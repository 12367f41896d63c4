"""The correspondents of an establishment: whom a fund calls, for what. A correspondent needs no account.

The list of functions is a choice of Parvis: what other platforms call them is not established.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from parvis.access.models import Civility
from parvis.establishments.funds import FUNDS
from parvis.establishments.models import Establishment


class Function(models.TextChoices):
    """What a fund calls somebody for."""

    CAREERS = "careers", "Affiliation et carrières"
    CONTRIBUTIONS = "contributions", "Cotisations et déclarations"
    RETIREMENT = "retirement", "Retraite et invalidité"
    DISABILITY = "disability", "Handicap"
    ACCOUNTING = "accounting", "Comptabilité"


class Correspondent(models.Model):
    """Somebody whom these funds reach for these functions, from a date to a date (days included)."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    civility = models.CharField(max_length=3, choices=Civility.choices)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    function = models.CharField(max_length=120)
    phone = models.CharField(max_length=20)
    email = models.EmailField(max_length=254)
    functions = ArrayField(models.CharField(max_length=20, choices=Function.choices))
    funds = ArrayField(models.CharField(max_length=10))
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()
    sort_key = models.CharField(max_length=250)

    class Meta:
        db_table = "service_correspondents_correspondent"
        constraints = [
            models.CheckConstraint(
                condition=Q(functions__contained_by=Function.values, functions__len__gte=1),
                name="correspondent_functions_known",
            ),
            models.CheckConstraint(
                condition=Q(funds__contained_by=list(FUNDS), funds__len__gte=1), name="correspondent_funds_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="correspondent_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["establishment", "sort_key", "id"], name="correspondent_list")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def name(self) -> str:
        """As shown: first name, then family name."""
        return f"{self.first_name} {self.last_name}"
