"""What came, who was told of it and has read it, and how each person wants to be told."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from parvis.notices.registry import Delivery

DELIVERIES = [(one.value, one.value) for one in Delivery]


class Notice(models.Model):
    """Something came to an establishment. Its readers: `accounts` and `persons` where any is named; else who holds
    `service` at `level`; else, with `administrators`, who administers. Decided anew whenever somebody looks.

    `detail` holds neither names nor content; `told_at`: when its readers were worked out for the e-mails.
    """

    establishment = models.ForeignKey(
        "establishments.Establishment", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    service = models.CharField(max_length=40, blank=True)
    level = models.PositiveSmallIntegerField(default=1)
    accounts = ArrayField(models.BigIntegerField(), default=list)
    persons = ArrayField(models.BigIntegerField(), default=list)
    administrators = models.BooleanField(default=False)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notices_notice"
        indexes = [
            models.Index(fields=["establishment", "-id"], name="notice_latest"),
            models.Index(fields=["at"], name="notice_old"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Reader(models.Model):
    """A person to whom a notice is told, or who has read it.

    `account`: the reference of the account by which they read it, their own or the one in the organisation they work
    for. `digest`: the message that took it along.
    """

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="readers", db_index=False)
    establishment = models.ForeignKey(
        "establishments.Establishment", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    person_id = models.BigIntegerField()
    account = models.UUIDField()
    delivery = models.CharField(max_length=10, choices=DELIVERIES, default=Delivery.NEVER)
    at = models.DateTimeField()
    digest = models.BigIntegerField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notices_reader"
        constraints = [models.UniqueConstraint(fields=["notice", "person_id"], name="reader_once")]
        indexes = [
            models.Index(fields=["person_id", "-notice"], name="reader_latest"),
            models.Index(
                fields=["at", "person_id"],
                condition=models.Q(delivery=Delivery.DAILY.value, digest=None),
                name="reader_of_next_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.delivery}"


class Wish(models.Model):
    """How a person wants to be told of a kind: in an establishment, or everywhere (0). No row: as the kind says."""

    person_id = models.BigIntegerField()
    place = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=40)
    delivery = models.CharField(max_length=10, choices=DELIVERIES)

    class Meta:
        db_table = "notices_wish"
        constraints = [models.UniqueConstraint(fields=["person_id", "place", "kind"], name="wish_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.delivery}"
