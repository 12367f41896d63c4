"""A hand-over (« passation ») and a deputy (« personne suppléante »); absences are in `absences.py`."""

import uuid

from django.db import models
from django.db.models import Q

from parvis.access.models.accounts import Membership
from parvis.establishments.models import Establishment


class Handover(models.Model):
    """On a day, the rights of a leaving person pass to a colleague and the old account closes.

    Its state is derived: planned until one of `done_at`, `cancelled_at`, `failed_at` is known. `leaver` and `receiver`
    are None once the account is deleted; their names are as they were on the day of the planning. `left`: the services
    that did not pass, for their periods do not fit together.
    """

    class Fault(models.TextChoices):
        """Why nothing passed on the day."""

        LEAVER_GONE = "leaver_gone", "le compte de la personne qui part a été supprimé"
        RECEIVER_GONE = "receiver_gone", "le compte de la personne qui reprend a été supprimé"
        RECEIVER_CLOSED = "receiver_closed", "le compte de la personne qui reprend est désactivé ou expiré"
        LAST_ADMINISTRATOR = (
            "last_administrator",
            "il ne serait resté personne pour administrer l’établissement",
        )

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    leaver = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    leaver_name = models.CharField(max_length=250)
    receiver = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    receiver_name = models.CharField(max_length=250)
    on = models.DateField()
    profile = models.BooleanField()
    created_at = models.DateTimeField()
    created_by = models.UUIDField()
    done_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.UUIDField(null=True)
    failed_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=20, blank=True)
    left = models.JSONField(default=list)

    class Meta:
        db_table = "access_handover"
        constraints = [
            models.UniqueConstraint(
                fields=["leaver"],
                condition=Q(done_at=None, cancelled_at=None, failed_at=None),
                name="handover_one_planned_each",
            ),
            models.CheckConstraint(
                condition=Q(fault__in=["", "leaver_gone", "receiver_gone", "receiver_closed", "last_administrator"]),
                name="handover_fault_known",
            ),
        ]
        indexes = [
            models.Index(fields=["establishment", "-on"], name="handover_list"),
            models.Index(
                fields=["on"],
                condition=Q(done_at=None, cancelled_at=None, failed_at=None),
                name="handover_due",
            ),
        ]

    def __str__(self) -> str:
        return f"handover {self.pk}"


class Deputyship(models.Model):
    """Somebody named in advance to administer when the only administrator stays away; one open per establishment.

    Named, then accepted by the deputy; open until `closed_at`. While `serving_since` is known the deputy administers in
    the place of `serving_for`. `warned_days` and `warned_on`: the last warning that left about the absence that began
    on `warned_for`, and when.
    """

    class Outcome(models.TextChoices):
        """Why it is over."""

        REFUSED = "refused", "refusée par la personne désignée"
        RESIGNED = "resigned", "la personne suppléante y a renoncé"
        WITHDRAWN = "withdrawn", "retirée par une personne qui administre"
        GONE = "gone", "le compte de la personne suppléante est supprimé, désactivé ou expiré"
        PROMOTED = "promoted", "la personne suppléante administre elle-même"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    deputy = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    deputy_name = models.CharField(max_length=250)
    named_at = models.DateTimeField()
    named_by = models.UUIDField()
    accepted_at = models.DateTimeField(null=True)
    warned_for = models.DateField(null=True)
    warned_days = models.PositiveSmallIntegerField(null=True)
    warned_on = models.DateField(null=True)
    serving_since = models.DateTimeField(null=True)
    serving_for = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    serving_name = models.CharField(max_length=250, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    outcome = models.CharField(max_length=10, blank=True)

    class Meta:
        db_table = "access_deputyship"
        constraints = [
            models.UniqueConstraint(fields=["establishment"], condition=Q(closed_at=None), name="deputyship_one_each"),
            models.CheckConstraint(
                condition=Q(serving_since=None) | Q(accepted_at__isnull=False, closed_at=None),
                name="deputyship_serves_once_accepted",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "refused", "resigned", "withdrawn", "gone", "promoted"]),
                name="deputyship_outcome_known",
            ),
        ]
        indexes = [models.Index(fields=["establishment", "-named_at"], name="deputyship_list")]

    def __str__(self) -> str:
        return f"deputyship {self.pk}"
