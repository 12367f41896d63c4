"""The same delegation proposed to many establishments: prepared in steps, then sent once."""

import uuid

from django.db import models

from parvis.establishments.models import Establishment


class DelegationBatch(models.Model):
    """« Propositions groupées » of the organisation (`establishment`), from the choice of whom to « Proposer ».

    `picked`: the lines as they were typed or ticked, judged anew each time they are shown. `confirmed_at`: it was sent,
    and `proposed` says to how many; a page sent twice finds that, and proposes nothing more.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    picked = models.JSONField(default=list)
    terms = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = models.UUIDField()
    updated_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    proposed = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "access_delegationbatch"
        indexes = [models.Index(fields=["establishment", "-updated_at"], name="delegationbatch_list")]

    def __str__(self) -> str:
        return f"batch {self.pk}"
