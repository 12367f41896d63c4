"""Delegations of rights (« délégation de droits »), and who of the organisation works under them.

A delegation belongs to the establishment that gives it (`establishment`); the organisation that receives it reads it
under the role `parvis_portfolio`. Assignments and portfolios belong to the organisation, and name the establishment
that they are about `client`: they outlive a delegation that is renewed.
"""

import uuid

from django.db import models
from django.db.models import F, Q

from parvis.access.levels import Level
from parvis.access.models.accounts import Membership
from parvis.establishments.models import Establishment

LEVELS = [Level.READ, Level.WRITE]


class Delegation(models.Model):
    """What an establishment gives an organisation, from a day to a day, once the other side has accepted it.

    One row per proposal: what widens or renews a delegation is a proposal of its own (`replaces`), and takes its place
    when it is accepted. Its state is derived (`delegation/state.py`).
    """

    class Side(models.TextChoices):
        ESTABLISHMENT = "establishment", "L’établissement"
        ORGANISATION = "organisation", "L’organisme"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    organisation = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=500)
    agreement = models.CharField(max_length=120, blank=True)
    letters = models.BooleanField(default=False)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    proposed_side = models.CharField(max_length=20, choices=Side.choices)
    proposed_at = models.DateTimeField()
    proposed_by = models.UUIDField()
    proposed_name = models.CharField(max_length=250)
    accepted_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    answered_name = models.CharField(max_length=250, blank=True)
    ended_side = models.CharField(max_length=20, choices=Side.choices, blank=True)
    ended_by = models.UUIDField(null=True)
    ended_name = models.CharField(max_length=250, blank=True)
    word = models.CharField(max_length=500, blank=True)
    reminded_at = models.DateTimeField(null=True)
    warned_days = models.PositiveSmallIntegerField(null=True)

    class Meta:
        db_table = "access_delegation"
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "organisation"],
                condition=Q(accepted_at=None, refused_at=None, withdrawn_at=None, lapsed_at=None),
                name="delegation_one_open_per_pair",
            ),
            models.UniqueConstraint(
                fields=["establishment", "organisation"],
                condition=Q(accepted_at__isnull=False, replaced_at=None, ended_at=None),
                name="delegation_one_in_force_per_pair",
            ),
            models.CheckConstraint(condition=~Q(establishment=F("organisation")), name="delegation_to_another"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="delegation_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(proposed_side__in=["establishment", "organisation"]), name="delegation_side_known"
            ),
        ]
        indexes = [
            models.Index(fields=["establishment", "organisation"], name="delegation_of_establishment"),
            models.Index(fields=["organisation", "establishment"], name="delegation_of_organisation"),
        ]

    def __str__(self) -> str:
        return f"delegation {self.pk}"


class DelegationService(models.Model):
    """A service that the delegation gives, at a level."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    organisation = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    delegation = models.ForeignKey(Delegation, on_delete=models.CASCADE, db_index=False, related_name="services")
    service = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "access_delegationservice"
        constraints = [
            models.UniqueConstraint(fields=["delegation", "service"], name="delegationservice_once"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="delegationservice_level_known"),
        ]
        indexes = [models.Index(fields=["establishment", "delegation"], name="delegationservice_list")]

    def __str__(self) -> str:
        return f"{self.service} {self.level}"


class DelegationDocument(models.Model):
    """The agreement (« convention »), a PDF; both sides read it."""

    delegation = models.OneToOneField(Delegation, on_delete=models.CASCADE, primary_key=True, related_name="document")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    organisation = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    name = models.CharField(max_length=200)
    content = models.BinaryField()

    class Meta:
        db_table = "access_delegationdocument"

    def __str__(self) -> str:
        return self.name


class DelegateVisit(models.Model):
    """When somebody of an organisation last used the establishment's pages, under which name it knows them."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    organisation = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    member = models.UUIDField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "access_delegatevisit"
        constraints = [models.UniqueConstraint(fields=["establishment", "member"], name="delegatevisit_one_each")]
        indexes = [models.Index(fields=["organisation", "member"], name="delegatevisit_of_organisation")]

    def __str__(self) -> str:
        return f"visit {self.pk}"


class Assignment(models.Model):
    """Somebody of the organisation (`establishment`) works for a client, at this level or lower."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    client = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, db_index=False, related_name="+")
    level = models.PositiveSmallIntegerField()
    granted_at = models.DateTimeField()
    granted_by = models.UUIDField()

    class Meta:
        db_table = "access_assignment"
        constraints = [
            models.UniqueConstraint(fields=["membership", "client"], name="assignment_once"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="assignment_level_known"),
        ]
        indexes = [models.Index(fields=["establishment", "client"], name="assignment_of_client")]

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class Portfolio(models.Model):
    """« Portefeuille »: a named set of clients of the organisation (`establishment`), given to a team."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "access_portfolio"
        constraints = [models.UniqueConstraint(fields=["establishment", "name"], name="portfolio_named_once")]

    def __str__(self) -> str:
        return self.name


class PortfolioClient(models.Model):
    """An establishment of the portfolio."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE, db_index=False, related_name="clients")
    client = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")

    class Meta:
        db_table = "access_portfolioclient"
        constraints = [models.UniqueConstraint(fields=["portfolio", "client"], name="portfolioclient_once")]
        indexes = [models.Index(fields=["client", "portfolio"], name="portfolioclient_of_client")]

    def __str__(self) -> str:
        return f"client {self.client_id}"


class PortfolioMember(models.Model):
    """Somebody of the team that works on the portfolio, at this level or lower."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE, db_index=False, related_name="members")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, db_index=False, related_name="+")
    level = models.PositiveSmallIntegerField()
    granted_at = models.DateTimeField()
    granted_by = models.UUIDField()

    class Meta:
        db_table = "access_portfoliomember"
        constraints = [
            models.UniqueConstraint(fields=["membership", "portfolio"], name="portfoliomember_once"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="portfoliomember_level_known"),
        ]
        indexes = [models.Index(fields=["portfolio"], name="portfoliomember_of_portfolio")]

    def __str__(self) -> str:
        return f"member {self.membership_id}"
