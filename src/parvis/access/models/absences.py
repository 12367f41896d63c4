"""An absence: a colleague receives chosen rights for a period, which ends by itself."""

import uuid

from django.db import models
from django.db.models import F, Q

from parvis.access.levels import Level
from parvis.access.models.accounts import Membership
from parvis.establishments.models import Establishment


class Absence(models.Model):
    """Somebody is away: `receiver` holds the rights below from `starts_on` to `ends_on`, both included, besides
    their own. `absent` is None once that account is deleted.

    `begun_at`: when the receiver was told that it begins. `ended_at`: when it was ended, by somebody (`ended_by`) or,
    in the night after its last day, by itself; the rights themselves hold by the days alone.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    absent = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    absent_name = models.CharField(max_length=250)
    receiver = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="received")
    starts_on = models.DateField()
    ends_on = models.DateField()
    created_at = models.DateTimeField()
    created_by = models.UUIDField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    class Meta:
        db_table = "access_absence"
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["establishment", "-ends_on"], name="absence_list")]

    def __str__(self) -> str:
        return f"absence {self.pk}"


class AbsenceRight(models.Model):
    """A level on a service that the absence gives."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    absence = models.ForeignKey(Absence, on_delete=models.CASCADE, db_index=False, related_name="rights")
    service = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "access_absenceright"
        constraints = [
            models.UniqueConstraint(fields=["absence", "service"], name="absenceright_once_per_service"),
            models.CheckConstraint(condition=Q(level__in=[Level.READ, Level.WRITE]), name="absenceright_level_known"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.level}"
