"""What an employer declares to the ATIACL and the FEH, which no DSN carries: the base of a period, or a year."""

import uuid

from django.db import models
from django.db.models import Q

from parvis.establishments.models import Establishment

FUNDS = (("atiacl", "ATIACL"), ("feh", "FEH"))


class FundDeclaration(models.Model):
    """The base on which contributions of a period were counted; the last version counts, the others stay.

    `months`: 1 or 3 from `starts_on`, 12 for the recap of a year. `base`, `amount`: cents; of a recap the whole year's.
    """

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    fund = models.CharField(max_length=10, choices=FUNDS)
    starts_on = models.DateField()
    months = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    agents = models.PositiveIntegerField()
    base = models.BigIntegerField()
    amount = models.BigIntegerField()
    note = models.CharField(max_length=500, blank=True)
    declared_at = models.DateTimeField()
    declared_by = models.UUIDField()

    class Meta:
        db_table = "service_contributions_funddeclaration"
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "fund", "starts_on", "months", "version"], name="fund_declaration_version"
            ),
            models.CheckConstraint(condition=Q(fund__in=["atiacl", "feh"]), name="fund_declaration_fund"),
            models.CheckConstraint(condition=Q(months__in=[1, 3, 12]), name="fund_declaration_months"),
            models.CheckConstraint(condition=Q(starts_on__day=1), name="fund_declaration_starts"),
            models.CheckConstraint(condition=Q(base__gte=0, amount__gte=0), name="fund_declaration_amounts"),
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.starts_on} v{self.version}"
