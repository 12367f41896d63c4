"""Employers (« établissements ») and the contracts that bind them to the funds."""

from django.db import models

from parvis.establishments.funds import FUNDS


class Establishment(models.Model):
    """A public employer, known by its SIRET. The directory's data; what it declares of itself is a service's."""

    siret = models.CharField(max_length=14, unique=True)
    siren = models.CharField(max_length=9, db_index=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    legal_category = models.CharField(max_length=4, blank=True)
    insee_code = models.CharField(max_length=5, blank=True)
    department = models.CharField(max_length=3, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    population = models.PositiveIntegerField(null=True)
    parent_siren = models.CharField(max_length=9, blank=True)
    sort_key = models.CharField(max_length=200)
    # « Peut agir pour d’autres »: it may receive delegations. An adviser says so (`actions.mark_acting`).
    acts_for_others = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "establishments_establishment"
        constraints = [
            models.CheckConstraint(condition=models.Q(siret__regex=r"^\d{14}$"), name="establishment_siret_14_digits"),
        ]

    def __str__(self) -> str:
        return self.name


class Contract(models.Model):
    """A contract of an establishment with a fund (immatriculation or adhésion), from a date to a date."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    fund = models.CharField(max_length=10, choices=[(fund.code, fund.short) for fund in FUNDS.values()])
    number = models.CharField(max_length=30)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "establishments_contract"
        constraints = [
            models.UniqueConstraint(fields=["establishment", "fund", "starts_on"], name="contract_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="contract_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.number}"
