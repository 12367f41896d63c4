"""Contacts of the funds: by whom who asks is answered, when; the days on which nobody answers."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from parvis.establishments.funds import FUNDS

FUND_CHOICES = [(fund.code, fund.short) for fund in FUNDS.values()]


class ContactPoint(models.Model):
    """One version of a way to reach a fund. It says nothing of a person: an office, a line, a mailbox.

    `ref` is what lasts from version to version: on a day, the version in force is the one that began last, and it is
    shown until `valid_until` (day in Paris, included). What a version said is never changed; one that was planned and
    has not begun may be withdrawn. `audiences`: who is answered there. `value`: a number (E.164), an address, an e-mail
    or a site. `hours`: for each weekday from Monday, the opening hours as minutes since midnight, at the hour of
    `territory`, whose holidays count; None: not known. `source`, `source_on`: where it was read and from which day that
    is; no day: undated.
    """

    class Audience(models.TextChoices):
        EMPLOYER = "employer", "Employeur"
        ACTIVE = "active", "Agent en activité"
        RETIRED = "retired", "Retraité"

    class Channel(models.TextChoices):
        PHONE = "phone", "Téléphone"
        EMAIL = "email", "Courriel"
        POST = "post", "Courrier"
        SITE = "site", "Site internet"

    ref = models.UUIDField(default=uuid.uuid4)
    fund = models.CharField(max_length=10, choices=FUND_CHOICES)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    audiences = ArrayField(models.CharField(max_length=10, choices=Audience.choices))
    label = models.CharField(max_length=100)
    value = models.CharField(max_length=300)
    hours = models.JSONField(null=True)
    territory = models.CharField(max_length=30, default="hexagone")
    note = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=200, blank=True)
    source_on = models.DateField(null=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    written_at = models.DateTimeField()
    written_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "information_contactpoint"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("valid_from")),
                name="contact_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(audiences__len__gte=1)
                & models.Q(audiences__contained_by=["employer", "active", "retired"]),
                name="contact_is_for_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(channel="phone") | models.Q(hours__isnull=True), name="contact_hours_of_a_telephone"
            ),
            models.CheckConstraint(condition=~models.Q(value=""), name="contact_says_where"),
        ]
        indexes = [models.Index(fields=["fund", "ref", "valid_from"], name="contact_of_fund")]

    def __str__(self) -> str:
        return f"{self.fund} {self.label} {self.valid_from}"


class ContactClosing(models.Model):
    """Days on which a fund does not answer, besides holidays: on one telephone (`point`), or on all of its own."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    fund = models.CharField(max_length=10, choices=FUND_CHOICES)
    point = models.UUIDField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=100)
    written_at = models.DateTimeField()
    written_by = models.UUIDField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "information_contactclosing"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="closing_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=["fund", "ends_on"], name="closing_of_fund")]

    def __str__(self) -> str:
        return f"{self.fund} {self.starts_on} {self.ends_on}"
