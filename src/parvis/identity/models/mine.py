"""What a person decides and asks for in « Mon compte »: messages not wanted, codes for a call, changed coordinates."""

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


class CoordinateChange(models.Model):
    """A changed e-mail or telephone: asked for, then confirmed on the new one, or cancelled; the old one is told.

    `old` is "" where one is added. Both are kept until each has been told, then erased by `parvis daily`.
    """

    class Field(models.TextChoices):
        EMAIL = "email", "Adresse électronique"
        PHONE = "phone", "Téléphone"

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    field = models.CharField(max_length=5, choices=Field.choices)
    old = models.CharField(max_length=254, blank=True)
    new = models.CharField(max_length=254)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_coordinatechange"

    def __str__(self) -> str:
        return f"{self.field} {self.asked_at:%Y-%m-%d %H:%M}"


class ChangeToken(models.Model):
    """The hash of a token sent to the old address, and the change that it cancels."""

    hash = models.CharField(max_length=64, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    change = models.ForeignKey(CoordinateChange, on_delete=models.CASCADE)

    class Meta:
        db_table = "identity_changetoken"

    def __str__(self) -> str:
        return f"token of change {self.change_id}"
