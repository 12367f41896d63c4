"""Requests for getting back in, what was sent to prove them, and who objected."""

import uuid

from django.db import models

from parvis.establishments.models import Establishment


class Case(models.Model):
    """Somebody asks to administer an establishment that nobody administers any more (« demande »).

    `coordinates` and `explanation` are sealed (`recovery/sealed.py`). `fund`: whose advisers see it. `reference` is
    told; with the follow-up code, kept as a hash alone, it opens the follow-up page. `opened_by`: the adviser who
    opened it for a caller. `moved_at`: the requester's last step.
    """

    class State(models.TextChoices):
        OPEN = "open", "En cours"
        GRANTED = "granted", "Accès rétabli"
        REFUSED = "refused", "Refusée"
        WITHDRAWN = "withdrawn", "Retirée par la personne"
        ABANDONED = "abandoned", "Abandonnée"
        NEEDLESS = "needless", "Sans objet"

    class Why(models.TextChoices):
        LEFT = "left", "La personne qui administrait est partie"
        DIED = "died", "La personne qui administrait est décédée"
        LOST = (
            "lost",
            "C’est moi qui administre, et j’ai tout perdu : mot de passe, second facteur, adresse électronique",
        )
        OTHER = "other", "Autre situation"

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    reference = models.CharField(max_length=8, unique=True)
    code_hash = models.CharField(max_length=64)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT)
    fund = models.CharField(max_length=10)
    why = models.CharField(max_length=10, choices=Why.choices)
    coordinates = models.TextField()
    explanation = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    target_on = models.DateField()
    moved_at = models.DateTimeField()
    letters = models.PositiveSmallIntegerField(default=0)
    code_right_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    # What the requester is told; the account that it became, by its reference in the journal.
    note = models.CharField(max_length=1000, blank=True)
    account = models.UUIDField(null=True)

    class Meta:
        db_table = "recovery_case"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="granted", account__isnull=False, code_right_at__isnull=False)
                | ~models.Q(state="granted"),
                name="recovery_granted_was_proven",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", settled_at__isnull=True)
                | (~models.Q(state="open") & models.Q(settled_at__isnull=False)),
                name="recovery_settled_once",
            ),
        ]
        indexes = [models.Index(fields=["state", "opened_at"], name="recovery_queue")]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class Proof(models.Model):
    """A file that supports a request (« pièce »). `key`: of `ground.files`."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="proofs")
    fund = models.CharField(max_length=10)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=80)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "recovery_proof"

    def __str__(self) -> str:
        return f"proof {self.pk}"


class Objection(models.Model):
    """Somebody who is known of the establishment says no (« contestation »). `by`: their account; `text`: sealed.

    While an adviser has not set it aside, with a reason, nothing is granted.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="objections")
    fund = models.CharField(max_length=10)
    by = models.UUIDField()
    text = models.TextField(blank=True)
    made_at = models.DateTimeField()
    set_aside_at = models.DateTimeField(null=True)
    set_aside_by = models.BigIntegerField(null=True)
    set_aside_why = models.CharField(max_length=1000, blank=True)

    class Meta:
        db_table = "recovery_objection"
        constraints = [models.UniqueConstraint(fields=["case", "by"], name="objection_once_per_person")]

    def __str__(self) -> str:
        return f"objection {self.pk}"
