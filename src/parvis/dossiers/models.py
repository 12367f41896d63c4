"""Every request that travels: from a draft to a fund's decision, by way of a centralisateur or not.

No table here knows a kind of request: what a kind asks for is declared by its service (`registry.py`), and what it
holds is one sealed text.
"""

import uuid

from django.db import models
from django.db.models import F, Q

from parvis.establishments.models import Establishment


class State(models.TextChoices):
    """Where a dossier stands. Who may move it from one to another, and what that takes: `transitions.py`."""

    DRAFT = "draft", "Brouillon"
    EMPLOYER = "employer", "À instruire par l’employeur"
    CENTRALISER = "centraliser", "À instruire par le centralisateur"
    SENT = "sent", "Transmis au fonds"
    EXAMINED = "examined", "En cours d’instruction"
    ASKED = "asked", "Pièce demandée"
    DECIDING = "deciding", "Décision à valider"
    ACCEPTED = "accepted", "Accepté"
    REFUSED = "refused", "Refusé"
    WITHDRAWN = "withdrawn", "Retiré"
    CANCELLED = "cancelled", "Classé sans suite"


CLOSED = (State.ACCEPTED, State.REFUSED, State.WITHDRAWN, State.CANCELLED)


class Circuit(models.TextChoices):
    """What a centralisateur does with what is delegated to it (services.md §6)."""

    RETURNS = "returns", "Contrôle, puis rend à l’employeur"
    SENDS = "sends", "Contrôle, puis transmet au fonds"


class Dossier(models.Model):
    """A request of an establishment to a fund.

    `fund`: whose advisers see it, once it is sent ("" while the answers do not say). `content`: the answers, sealed
    JSON (`sealed.py`). `version`: of what is written in it: a form that was opened on another one is refused.
    `organisation`: to which it is delegated, and nobody else writes in it as long; `circuit`: as it was that day.
    `target_on`: by when an answer is meant; `due_on`: by when the fund waits for a document. Amounts: cents.
    `opened_by`: the token of the page on which it was begun, so that beginning twice is once.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    reference = models.CharField(max_length=10, unique=True)
    opened_by = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=40)
    service = models.CharField(max_length=60)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    fund = models.CharField(max_length=10, blank=True)
    title = models.CharField(max_length=200)
    amount = models.BigIntegerField(null=True)
    content = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    # None once they are forgotten: the database does it with the person (migration 0002).
    person_id = models.BigIntegerField(null=True)
    author = models.UUIDField()
    author_name = models.CharField(max_length=250)
    begun_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    target_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    taken_by = models.BigIntegerField(null=True)
    taken_by_name = models.CharField(max_length=250, blank=True)
    organisation = models.ForeignKey(
        Establishment, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    organisation_name = models.CharField(max_length=250, blank=True)
    circuit = models.CharField(max_length=10, choices=Circuit.choices, blank=True)
    delegated_at = models.DateTimeField(null=True)
    worked_by = models.BigIntegerField(null=True)
    worked_by_name = models.CharField(max_length=250, blank=True)
    adviser_id = models.BigIntegerField(null=True)
    adviser_name = models.CharField(max_length=250, blank=True)
    granted = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)
    decision_reference = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    search = models.TextField()

    class Meta:
        db_table = "dossiers_dossier"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=CLOSED, closed_at__isnull=False) | (~Q(state__in=CLOSED) & Q(closed_at=None)),
                name="dossier_closed_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | ~Q(state="centraliser"),
                name="dossier_centraliser_is_somebody",
            ),
            models.CheckConstraint(
                condition=Q(organisation=None, circuit="") | (Q(state="centraliser") & ~Q(circuit="")),
                name="dossier_delegated_in_one_state",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=False) | ~Q(state="asked"), name="dossier_asked_has_a_day"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "employer", "centraliser", "withdrawn"]) | Q(sent_at__isnull=False),
                name="dossier_at_the_fund_was_sent",
            ),
            models.CheckConstraint(condition=Q(sent_at=None) | ~Q(fund=""), name="dossier_sent_to_a_fund"),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "cancelled"]) | ~Q(reason=""), name="dossier_refused_says_why"
            ),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="dossier_amount"),
            models.CheckConstraint(
                condition=Q(granted=None) | Q(granted__gte=0, granted__lte=F("amount")), name="dossier_granted"
            ),
        ]
        indexes = [
            models.Index(fields=["establishment", "-moved_at"], name="dossier_list"),
            models.Index(fields=["fund", "state", "target_on"], name="dossier_queue"),
            models.Index(
                fields=["organisation", "-delegated_at"], condition=Q(organisation__isnull=False), name="dossier_given"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class Entry(models.Model):
    """A line of what happened and was said in a dossier, never changed. `gesture`: as in `transitions.py`.

    `audience`: a word between the employer and its centralisateur is not the fund's. `person_id`: who of the
    establishment's side wrote it; `signed`: how its author is named.
    """

    class Side(models.TextChoices):
        EMPLOYER = "employer", "L’établissement"
        CENTRALISER = "centraliser", "Le centralisateur"
        FUND = "fund", "Le fonds"
        PLATFORM = "platform", "Parvis"

    class Audience(models.TextChoices):
        ALL = "all", "L’établissement, le centralisateur et le fonds"
        OURS = "ours", "L’établissement et le centralisateur"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="entries")
    gesture = models.CharField(max_length=12)
    side = models.CharField(max_length=12, choices=Side.choices)
    audience = models.CharField(max_length=5, choices=Audience.choices)
    person_id = models.BigIntegerField(null=True)
    author = models.UUIDField(null=True)
    signed = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "dossiers_entry"
        indexes = [models.Index(fields=["person_id"], name="dossier_entry_person")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.gesture}"


class Wanted(models.Model):
    """A document that the fund asks for, besides what the kind does or again. `answered_at`: when it was sent."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="wanted")
    piece = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    why = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=250)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dossiers_wanted"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "piece"], condition=Q(answered_at=None), name="wanted_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.piece}"


class Document(models.Model):
    """A file of a dossier. `piece`: which of the documents asked for, "" for another one; `key`: of `ground.files`.

    `replaced_at`: another version took its place; this one is kept, and still opened. `sent_at`: since when the fund
    sees it.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="documents")
    piece = models.CharField(max_length=40, blank=True)
    label = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=80)
    person_id = models.BigIntegerField(null=True)
    signed = models.CharField(max_length=250)
    added_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dossiers_document"
        indexes = [models.Index(fields=["person_id"], name="dossier_document_person")]

    def __str__(self) -> str:
        return f"document {self.pk}"


class InternalNote(models.Model):
    """What advisers say to each other about a dossier; no role but theirs reads it."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+")
    adviser_id = models.BigIntegerField()
    signed = models.CharField(max_length=250)
    text = models.CharField(max_length=2000)
    at = models.DateTimeField()

    class Meta:
        db_table = "dossiers_internalnote"

    def __str__(self) -> str:
        return f"note {self.pk}"


class OrganisationCircuit(models.Model):
    """What an organisation does with the dossiers delegated to it; without a row, it gives them back."""

    establishment = models.OneToOneField(Establishment, on_delete=models.PROTECT, primary_key=True, related_name="+")
    circuit = models.CharField(max_length=10, choices=Circuit.choices)
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()

    class Meta:
        db_table = "dossiers_organisationcircuit"

    def __str__(self) -> str:
        return f"{self.establishment_id} {self.circuit}"
