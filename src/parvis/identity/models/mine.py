"""What a person decides and asks for in « Mon compte »."""

from django.db import models

from parvis.identity.models.people import Person


class NotificationChoice(models.Model):
    """A kind of message that the person does not want; no row: wanted. Messages about security have no choice."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    kind = models.CharField(max_length=60)

    class Meta:
        db_table = "identity_notificationchoice"
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="notificationchoice_once_per_kind")]

    def __str__(self) -> str:
        return self.kind


class CallCode(models.Model):
    """A « code d'appel »: told to an adviser on the telephone, who types it to know who is calling. Single use."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    hash = models.CharField(max_length=64, db_index=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_callcode"

    def __str__(self) -> str:
        return f"call code {self.pk}"
