"""Rights that people ask for, and services that opened: what administrators were told and settled."""

import uuid

from django.db import models
from django.db.models import Q

from parvis.access.levels import Level
from parvis.access.models.accounts import Membership
from parvis.establishments.models import Establishment


class RightRequest(models.Model):
    """A person asks for a level on a service, with a reason; one at a time for a service (`access/asking/`).

    `asked_at` of the first asking, `reworded_at` of the last one while it waits. `closed_by`, `word`: who answered, and
    what they wrote; `given_level` and `given_until`: what an acceptance gave. `read_at`: when the person has read it.
    """

    class Outcome(models.TextChoices):
        WAITING = "", "En attente"
        ACCEPTED = "accepted", "Acceptée"
        REFUSED = "refused", "Refusée"
        WITHDRAWN = "withdrawn", "Retirée"
        LAPSED = "lapsed", "Restée sans réponse"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, db_index=False, related_name="requests")
    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    service = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    reworded_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    word = models.CharField(max_length=500, blank=True)
    given_level = models.PositiveSmallIntegerField(null=True)
    given_until = models.DateField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_rightrequest"
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "service"], condition=Q(outcome=""), name="rightrequest_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(level__in=[Level.READ, Level.WRITE]), name="rightrequest_level_known"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "accepted", "refused", "withdrawn", "lapsed"]),
                name="rightrequest_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", closed_at=None) | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="rightrequest_closed_with_its_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["establishment", "-closed_at"], name="rightrequest_answered"),
            models.Index(fields=["membership", "-asked_at"], name="rightrequest_of_account"),
            models.Index(fields=["asked_at"], condition=Q(outcome=""), name="rightrequest_waiting"),
        ]

    def __str__(self) -> str:
        return f"right request {self.pk}"


class Opening(models.Model):
    """A service that opened for an establishment: when its administrators were told, and who settled it.

    Settled without anybody who gets a right: « Personne pour l’instant ».
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    service = models.CharField(max_length=40)
    told_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)

    class Meta:
        db_table = "access_opening"
        constraints = [models.UniqueConstraint(fields=["establishment", "service"], name="opening_once_per_service")]

    def __str__(self) -> str:
        return f"opening of {self.service}"
