"""Registrations of establishments, with what was sent to prove them, and what a new establishment still has to do."""

from django.db import models
from django.db.models import Q

from parvis.establishments.models import Establishment


class Registration(models.Model):
    """Somebody registers an establishment, and will be its first administrator (« inscription »).

    `coordinates`: sealed JSON (`registration/sealed.py`). `fund`: whose advisers see it. `reference` is told and
    printed; with the follow-up code, kept as a hash alone, it opens the follow-up page.
    """

    class State(models.TextChoices):
        STARTED = "started", "Commencée"
        POSTED = "posted", "Code attendu par courrier"
        CHECKING = "checking", "À vérifier par un conseiller"
        STOPPED = "stopped", "Suspendue : courrier signalé"
        ACCEPTED = "accepted", "Acceptée"
        REFUSED = "refused", "Refusée"
        LAPSED = "lapsed", "Caduque"
        ABANDONED = "abandoned", "Abandonnée"

    class Way(models.TextChoices):
        CLASSIC = "classic", "Numéro de contrat"
        PROVIDER = "provider", "Compte d’un autre site"

    class Proof(models.TextChoices):
        NONE = "", "Pas encore choisi"
        POST = "post", "Code par courrier"
        UPLOAD = "upload", "Document vérifié par un conseiller"
        PROVIDER = "provider", "Attestée par le compte d’un autre site"

    reference = models.CharField(max_length=8, unique=True)
    code_hash = models.CharField(max_length=64)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT)
    fund = models.CharField(max_length=10)
    way = models.CharField(max_length=10, choices=Way.choices)
    proof = models.CharField(max_length=10, choices=Proof.choices, blank=True)
    provider = models.CharField(max_length=40, blank=True)
    contract_number = models.CharField(max_length=30, blank=True)
    coordinates = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.STARTED)
    letters = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    # The account that it became: its reference in the journal.
    account = models.UUIDField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    # Somebody else of the establishment says that they know nothing of it; a letter was reported.
    contested_at = models.DateTimeField(null=True)
    contest = models.TextField(blank=True)
    reported_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "registration_registration"
        constraints = [
            # Of two people who register the same establishment, the second finds the first one's under way.
            models.UniqueConstraint(
                fields=["establishment"],
                condition=Q(state__in=["posted", "checking", "stopped"]),
                name="registration_one_under_way",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", account__isnull=False) | ~Q(state="accepted"),
                name="registration_accepted_is_an_account",
            ),
        ]
        indexes = [models.Index(fields=["state", "submitted_at"], name="registration_queue")]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class RegistrationDocument(models.Model):
    """A file that proves a registration: deliberation, order of appointment. `key`: of `ground.files`."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="documents")
    fund = models.CharField(max_length=10)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=80)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "registration_document"

    def __str__(self) -> str:
        return f"document {self.pk}"


class Belonging(models.Model):
    """A code sent to an address of an establishment, to somebody who says that they work there.

    `address`: sealed until the e-mail has left; `passed_at`: it was right.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT)
    address = models.TextField(blank=True)
    address_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "registration_belonging"

    def __str__(self) -> str:
        return f"belonging {self.pk}"


class PassedRequest(models.Model):
    """A request for an access, passed on to who administers the establishment. `content`: sealed JSON.

    `proven`: whether whoever asks proved to work there.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT)
    content = models.TextField()
    proven = models.BooleanField(default=False)
    passed_at = models.DateTimeField()

    class Meta:
        db_table = "registration_passedrequest"

    def __str__(self) -> str:
        return f"passed request {self.pk}"


class FirstSteps(models.Model):
    """« Premiers pas » of an establishment that was just registered. `marked`: codes of the steps marked as done."""

    establishment = models.OneToOneField(Establishment, on_delete=models.PROTECT)
    opened_at = models.DateTimeField()
    marked = models.JSONField(default=list)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)

    class Meta:
        db_table = "registration_firststeps"

    def __str__(self) -> str:
        return f"first steps of {self.establishment_id}"
