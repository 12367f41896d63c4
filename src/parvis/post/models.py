"""Messages to people: queued in the transaction of the change, sent by the worker. Ids only: no address, no content.

And what those that leave by telephone cost; and the letters on paper, which somebody prints.
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


class PostalLetter(models.Model):
    """A letter on paper that carries a code, to the head of an establishment: to print, printed, then used or over.

    `code`: sealed until the letter is marked as printed, then empty; `code_hash` is all that is left to compare with.
    `reference` stands on the letter: whoever holds it can report the letter, never use it. `object_id`: of the package
    that asked for it (`kind`). `fund`: whose advisers print it.
    """

    class State(models.TextChoices):
        TO_PRINT = "to_print", "À imprimer"
        PRINTED = "printed", "Imprimé"
        USED = "used", "Code utilisé"
        DEAD = "dead", "Annulé après trop d’essais"
        STOLEN = "stolen", "Signalé"
        REPLACED = "replaced", "Remplacé"
        EXPIRED = "expired", "Expiré"

    establishment_id = models.BigIntegerField()
    fund = models.CharField(max_length=10)
    kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    reference = models.CharField(max_length=12, unique=True)
    address = models.JSONField(default=list)
    code = models.TextField(blank=True)
    code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.TO_PRINT)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)
    drawn_by = models.UUIDField(null=True)
    printed_at = models.DateTimeField(null=True)
    printed_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "post_postalletter"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id"],
                condition=models.Q(state__in=["to_print", "printed"]),
                name="postalletter_one_at_a_time",
            ),
            # A code that somebody could still read is of a letter that is still to be printed.
            models.CheckConstraint(
                condition=models.Q(code="") | models.Q(state="to_print"), name="postalletter_code_until_printed"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "created_at"], name="postalletter_queue"),
            models.Index(fields=["kind", "object_id", "-id"], name="postalletter_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
