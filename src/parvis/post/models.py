"""Messages to people: queued in the transaction of the change, sent by the worker. Ids only: no address, no content.

And what those that leave by telephone cost.
"""

from django.db import models


class Message(models.Model):
    """One e-mail, SMS or call to send. What it says and to whom is made at sending, from `kind` and `object_id`.

    « Remis » is known of what leaves by telephone alone; `channel` (sms, voice) is empty for an e-mail, `receipt` is
    the carrier's own name for it.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "En attente d’envoi"
        SENT = "sent", "Envoyé"
        DELIVERED = "delivered", "Remis"
        FAILED = "failed", "Non remis"
        DROPPED = "dropped", "Sans objet"

    establishment_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    detail = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=5, blank=True)
    receipt = models.CharField(max_length=200, blank=True)
    queued_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "post_message"
        indexes = [models.Index(fields=["establishment_id", "kind", "object_id"], name="post_message_object")]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"


class Expense(models.Model):
    """What SMS and calls cost an establishment in a day of Paris, in cents; establishment 0: nobody pays."""

    establishment_id = models.BigIntegerField()
    day = models.DateField()
    cents = models.PositiveIntegerField()

    class Meta:
        db_table = "post_expense"
        constraints = [models.UniqueConstraint(fields=["establishment_id", "day"], name="expense_once_per_day")]

    def __str__(self) -> str:
        return f"{self.establishment_id} {self.day}"
