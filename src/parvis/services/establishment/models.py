"""What an establishment declares of itself. Nothing is ever overwritten: a declaration follows the previous one.

`Declaration` says which block, for which year, in which version, when and by whom; its values are in the block's own
table. The application's role may add and read, never change nor delete: the history cannot be rewritten.
"""

from django.db import models
from django.db.models import Q

from parvis.access.models import Civility
from parvis.establishments.funds import FUNDS
from parvis.establishments.models import Establishment

LARGEST_COUNT = 999_999


class BlockCode(models.TextChoices):
    """What is declared at once, on one page."""

    COORDINATES = "coordinates", "Coordonnées"
    REPRESENTATIVE = "representative", "Représentant légal"
    PAYER = "payer", "Paie et déclarations"
    HEADCOUNT = "headcount", "Effectifs au 1ᵉʳ janvier"
    CONTRIBUTIONS = "contributions", "Cotisations de l’année"


YEARLY = (BlockCode.HEADCOUNT, BlockCode.CONTRIBUTIONS)


class Declaration(models.Model):
    """A block as declared by someone at an instant; the highest version is the one in force."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    block = models.CharField(max_length=20, choices=BlockCode.choices)
    year = models.PositiveSmallIntegerField(null=True)
    version = models.PositiveIntegerField()
    declared_at = models.DateTimeField()
    declared_by = models.UUIDField()

    class Meta:
        db_table = "service_establishment_declaration"
        constraints = [
            # Also what stops two declarations of the same version under parallel requests.
            models.UniqueConstraint(
                fields=["establishment", "block", "year", "version"],
                nulls_distinct=False,
                name="declaration_one_per_version",
            ),
            models.CheckConstraint(condition=Q(block__in=BlockCode.values), name="declaration_block_known"),
            models.CheckConstraint(
                condition=Q(block__in=YEARLY, year__isnull=False) | (~Q(block__in=YEARLY) & Q(year__isnull=True)),
                name="declaration_year_of_yearly",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="declaration_version_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.block} {self.year or ''} v{self.version}"


class Part(models.Model):
    """Values of a declaration."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, db_index=False)

    class Meta:
        abstract = True


class Coordinates(Part):
    """Where the establishment is and how to reach it."""

    address = models.CharField(max_length=120)
    complement = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=5)
    city = models.CharField(max_length=100)
    phone = models.CharField(max_length=20)
    email = models.EmailField(max_length=254)
    website = models.CharField(max_length=250, blank=True)

    class Meta:
        db_table = "service_establishment_coordinates"
        constraints = [
            models.UniqueConstraint(fields=["establishment", "declaration"], name="coordinates_one_per_declaration"),
            models.CheckConstraint(condition=Q(postcode__regex=r"^\d{5}$"), name="coordinates_postcode_5_digits"),
        ]

    def __str__(self) -> str:
        return f"{self.address}, {self.postcode} {self.city}"


class Representative(Part):
    """Who represents the establishment in law: the mayor, the president, the director."""

    civility = models.CharField(max_length=3, choices=Civility.choices)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    function = models.CharField(max_length=120)
    since = models.DateField(null=True)

    class Meta:
        db_table = "service_establishment_representative"
        constraints = [
            models.UniqueConstraint(fields=["establishment", "declaration"], name="representative_one_per_declaration"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Payer(Part):
    """Who pays the agents and declares for the establishment: itself (no SIRET), or a third party (« tiers »)."""

    siret = models.CharField(max_length=14, blank=True)
    name = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "service_establishment_payer"
        constraints = [
            models.UniqueConstraint(fields=["establishment", "declaration"], name="payer_one_per_declaration"),
            models.CheckConstraint(condition=Q(siret__regex=r"^(\d{14})?$"), name="payer_siret_14_digits"),
        ]

    def __str__(self) -> str:
        return self.siret


class Headcount(Part):
    """How many agents contribute to a fund at 1 January of the declaration's year."""

    fund = models.CharField(max_length=10, choices=[(fund.code, fund.short) for fund in FUNDS.values()])
    count = models.PositiveIntegerField()

    class Meta:
        db_table = "service_establishment_headcount"
        constraints = [
            models.UniqueConstraint(fields=["establishment", "declaration", "fund"], name="headcount_once_per_fund"),
            models.CheckConstraint(condition=Q(fund__in=list(FUNDS)), name="headcount_fund_known"),
            models.CheckConstraint(condition=Q(count__lte=LARGEST_COUNT), name="headcount_sensible"),
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.count}"


class Contribution(Part):
    """The contributions due to a fund for the declaration's year, in euros and cents."""

    fund = models.CharField(max_length=10, choices=[(fund.code, fund.short) for fund in FUNDS.values()])
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        db_table = "service_establishment_contribution"
        constraints = [
            models.UniqueConstraint(fields=["establishment", "declaration", "fund"], name="contribution_once_per_fund"),
            models.CheckConstraint(condition=Q(fund__in=list(FUNDS)), name="contribution_fund_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="contribution_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.amount}"
