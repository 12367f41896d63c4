"""What the office itself keeps: which page was opened when, and the calls that were answered."""

import uuid

from django.db import models

from parvis.advisers.models import Adviser
from parvis.establishments.funds import FUNDS


class Opening(models.Model):
    """The last time that an adviser opened the page of an establishment or a person, so that the journal says it once
    an hour and not at every turn of a page. `object`: an account's reference, or a number that stands for the SIRET."""

    adviser = models.ForeignKey(Adviser, on_delete=models.CASCADE, related_name="+")
    object = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        db_table = "backoffice_opening"
        constraints = [models.UniqueConstraint(fields=["adviser", "object"], name="opening_once_per_object")]

    def __str__(self) -> str:
        return f"{self.adviser_id} {self.object}"


class Call(models.Model):
    """A call answered by an adviser: for which fund, why, what was answered, how long.

    `proven`: the caller told a « code d'appel », and so was known; without one nothing of an establishment is said.
    """

    class Answer(models.TextChoices):
        DONE = "done", "Répondu"
        PASSED = "passed", "Transmis au second niveau"
        BACK = "back", "À rappeler"
        REFUSED = "refused", "Renseignements généraux seulement"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    adviser = models.ForeignKey(Adviser, on_delete=models.PROTECT, related_name="+")
    fund = models.CharField(max_length=10, choices=[(fund.code, fund.short) for fund in FUNDS.values()])
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    proven = models.BooleanField(default=False)
    account = models.UUIDField(null=True)
    motive = models.CharField(max_length=40, blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        db_table = "backoffice_call"
        constraints = [
            models.UniqueConstraint(
                fields=["adviser"], condition=models.Q(ended_at=None), name="call_one_at_a_time_per_adviser"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | ~models.Q(motive="") & ~models.Q(answer=""),
                name="call_ends_with_motive_and_answer",
            ),
        ]
        indexes = [models.Index(fields=["fund", "-began_at"], name="call_list")]

    def __str__(self) -> str:
        return f"call {self.id}"
