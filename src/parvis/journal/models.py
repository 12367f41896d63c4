"""The append-only record of who did what. Events hold pseudonymous references; names live beside them."""

import uuid

from django.db import models


class Event(models.Model):
    """Something that happened. Never changed; erased by the retention job alone, once its type's time is over.

    A trigger refuses everything else (migrations 0002 and 0003).
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    establishment_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    actor = models.UUIDField(null=True)
    object = models.UUIDField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    origin = models.CharField(max_length=20)

    class Meta:
        db_table = "journal_event"
        indexes = [
            models.Index(fields=["establishment_id", "-at", "-id"], name="journal_event_establishment"),
            models.Index(fields=["establishment_id", "object", "-at"], name="journal_event_object"),
            models.Index(fields=["person_id", "-at"], name="journal_event_person"),
            # The retention job alone looks so.
            models.Index(fields=["kind", "at"], name="journal_event_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class Name(models.Model):
    """The name behind a reference, as it was from an instant on. Only the retention job may blank it."""

    ref = models.UUIDField(default=uuid.uuid4)
    establishment_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=250)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "journal_name"
        indexes = [models.Index(fields=["establishment_id", "ref", "-id"], name="journal_name_ref")]

    def __str__(self) -> str:
        return self.name
