"""« Revue des droits »: what was looked at, who decided what and when; and when each right was last used.

Reviews hold references, no names: the journal's names stand behind them, and go when their time is over. Lines and
decisions are only added; a review is changed no more once it is closed (a trigger, migration 0014).
"""

import uuid

from django.db import models
from django.db.models import Q

from parvis.access.levels import Level
from parvis.access.models.accounts import Membership
from parvis.establishments.models import Establishment


class RightUse(models.Model):
    """The last day on which an account used a service; written at most once a day (`review/uses.py`)."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, db_index=False, related_name="+")
    service = models.CharField(max_length=40)
    last_used_on = models.DateField()

    class Meta:
        db_table = "access_rightuse"
        constraints = [models.UniqueConstraint(fields=["membership", "service"], name="rightuse_once_per_service")]

    def __str__(self) -> str:
        return f"{self.service} {self.last_used_on}"


class Review(models.Model):
    """A review of an establishment's rights: one open at a time. `signed_by` None once closed: its time was over."""

    class Cause(models.TextChoices):
        PERIODIC = "periodic", "Revue régulière"
        LEFT = "left", "Départ d’une personne qui administrait"
        ASKED = "asked", "Ouverte par une personne qui administre"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    cause = models.CharField(max_length=10, choices=Cause.choices)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    due_on = models.DateField()
    reminded_days = models.PositiveSmallIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    signed_by = models.UUIDField(null=True)

    class Meta:
        db_table = "access_review"
        constraints = [
            models.UniqueConstraint(fields=["establishment"], condition=Q(closed_at=None), name="review_one_open"),
            models.CheckConstraint(condition=Q(cause__in=["periodic", "left", "asked"]), name="review_cause_known"),
            models.CheckConstraint(
                condition=Q(signed_by=None) | Q(closed_at__isnull=False), name="review_signed_is_closed"
            ),
        ]
        indexes = [models.Index(fields=["establishment", "-opened_at"], name="review_list")]

    def __str__(self) -> str:
        return f"review {self.pk}"


class ReviewLine(models.Model):
    """An account or a delegation to decide, as there were when the review was opened. `ref`: theirs.

    `title`: the organisation of a delegation (an account's name is the journal's). `carried`: the review before left it
    undecided.
    """

    class Kind(models.TextChoices):
        ACCOUNT = "account", "Compte"
        DELEGATION = "delegation", "Délégation"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.CASCADE, db_index=False, related_name="lines")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    ref = models.UUIDField()
    title = models.CharField(max_length=250, blank=True)
    carried = models.BooleanField(default=False)

    class Meta:
        db_table = "access_reviewline"
        constraints = [
            models.UniqueConstraint(fields=["review", "ref"], name="reviewline_once"),
            models.CheckConstraint(condition=Q(kind__in=["account", "delegation"]), name="reviewline_kind_known"),
        ]

    def __str__(self) -> str:
        return f"line {self.pk}"


class ReviewDecision(models.Model):
    """What somebody decided on a line; the latest counts, and none is ever changed.

    `seen`: what the page showed then; `left`: what the line holds after it, to compare with the next time
    (`review/state.py` says how both are written).
    """

    class Choice(models.TextChoices):
        KEPT = "kept", "Conservé"
        MODIFIED = "modified", "Modifié"
        EMPTIED = "emptied", "Droits retirés"
        DEACTIVATED = "deactivated", "Compte désactivé"
        GONE = "gone", "Plus rien à décider"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.CASCADE, db_index=False, related_name="+")
    line = models.ForeignKey(ReviewLine, on_delete=models.CASCADE, db_index=False, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    choice = models.CharField(max_length=12, choices=Choice.choices)
    decided_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    seen = models.JSONField(default=dict)
    left = models.JSONField(default=dict)

    class Meta:
        db_table = "access_reviewdecision"
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="reviewdecision_one_after_the_other"),
            models.CheckConstraint(
                condition=Q(choice__in=["kept", "modified", "emptied", "deactivated", "gone"]),
                name="reviewdecision_choice_known",
            ),
        ]
        indexes = [models.Index(fields=["review"], name="reviewdecision_of_review")]

    def __str__(self) -> str:
        return f"{self.choice} {self.pk}"


class SuspendedRight(models.Model):
    """A right that a review left undecided and that nobody had used: out of force, kept whole, to be given back."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, db_index=False, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.CASCADE, db_index=False, related_name="+")
    service = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField()
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    origin = models.CharField(max_length=40, blank=True, default="")
    suspended_at = models.DateTimeField()

    class Meta:
        db_table = "access_suspendedright"
        constraints = [
            models.UniqueConstraint(fields=["membership", "service"], name="suspendedright_once_per_service"),
            models.CheckConstraint(condition=Q(level__in=[Level.READ, Level.WRITE]), name="suspendedright_level_known"),
        ]
        indexes = [models.Index(fields=["establishment"], name="suspendedright_list")]

    def __str__(self) -> str:
        return f"{self.service} {self.level}"
