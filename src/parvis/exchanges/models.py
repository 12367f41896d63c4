"""« Nous contacter » and « Mes échanges »: motifs, drafts, threads, and what advisers keep beside them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from parvis.establishments.models import Establishment


class Theme(models.Model):
    """What an exchange is about, at the first question (« thématique »)."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    sentence = models.CharField(max_length=200, blank=True)
    rank = models.PositiveSmallIntegerField(default=100)

    class Meta:
        db_table = "exchanges_theme"

    def __str__(self) -> str:
        return self.code


class Motif(models.Model):
    """A motif down to its sub-motif, with all that the form asks for. Edited by advisers; never erased: it ends.

    `funds`: whom it may be addressed to (`addressees.py`); `receiver`: the fund whose advisers receive it, "" for the
    one that is chosen. `service`: whose holders in the establishment read it, of one service or of a theme
    (`rights.py`). `pieces`: [{label, required}]. `target_days`: working days in which an answer is meant.
    """

    class Need(models.TextChoices):
        NO = "", "Non demandé"
        OPTIONAL = "optional", "Facultatif"
        REQUIRED = "required", "Obligatoire"

    code = models.SlugField(max_length=60, unique=True)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="motifs")
    name = models.CharField(max_length=80)
    sub_name = models.CharField(max_length=80)
    words = models.CharField(max_length=300, blank=True)
    rank = models.PositiveSmallIntegerField(default=100)
    funds = ArrayField(models.CharField(max_length=10))
    fund_question = models.CharField(max_length=120, default="Quel fonds est concerné ?")
    receiver = models.CharField(max_length=10, blank=True)
    service = models.CharField(max_length=60, blank=True)
    nir = models.CharField(max_length=10, choices=Need.choices, blank=True)
    agent_name = models.CharField(max_length=10, choices=Need.choices, blank=True)
    period = models.CharField(max_length=10, choices=Need.choices, blank=True)
    pieces = models.JSONField(default=list)
    attestation = models.CharField(max_length=500, blank=True)
    hint = models.CharField(max_length=500, blank=True)
    articles = ArrayField(models.SlugField(max_length=80), default=list)
    target_days = models.PositiveSmallIntegerField(default=5)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchanges_motif"
        constraints = [
            models.CheckConstraint(condition=Q(funds__len__gte=1), name="motif_has_a_fund"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")), name="motif_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(target_days__gte=1, target_days__lte=60), name="motif_target_days"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """« Droit à pension › Liquidation de retraite »; once where both levels say the same."""
        return self.name if self.name == self.sub_name else f"{self.name} › {self.sub_name}"


class Draft(models.Model):
    """What somebody is writing and has not sent. `content`: sealed JSON (text, NIR, name, period)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True)
    motif_name = models.CharField(max_length=80, blank=True)
    motif = models.ForeignKey(Motif, on_delete=models.PROTECT, null=True)
    addressee = models.CharField(max_length=10, blank=True)
    article = models.CharField(max_length=80, blank=True)
    content = models.TextField(blank=True)
    helped = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "exchanges_draft"
        indexes = [models.Index(fields=["person_id", "establishment"], name="exchange_drafts")]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Exchange(models.Model):
    """What an establishment and a fund write to each other about one thing.

    `target_on`: by when an answer is meant now; `promised_on`: what was said when it was sent.
    `fund`: whose advisers see it; `addressee`: whom the author chose, and the title as the motif said it that day.
    `details`: sealed JSON about an agent (NIR, name, period). `fund_at`: the fund's last word; `moved_at`: anybody's.
    `draft`: what it was sent from, so that sending twice makes one. `merged`: the reference that took it in.
    """

    class State(models.TextChoices):
        SENT = "sent", "Envoyé"
        TAKEN = "taken", "Pris en charge"
        ASKED = "asked", "Complément demandé"
        ANSWERED = "answered", "Répondu"
        CLOSED = "closed", "Clos"
        REOPENED = "reopened", "Rouvert"

    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    reference = models.CharField(max_length=9, unique=True)
    draft = models.UUIDField(unique=True)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    fund = models.CharField(max_length=10)
    addressee = models.CharField(max_length=10)
    motif = models.ForeignKey(Motif, on_delete=models.PROTECT)
    title = models.CharField(max_length=170)
    service = models.CharField(max_length=60, blank=True)
    # None once they are forgotten: the database does it with the person (migration 0001), as for drafts and readers.
    person_id = models.BigIntegerField(null=True)
    author = models.UUIDField()
    author_name = models.CharField(max_length=250)
    details = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    sent_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    fund_at = models.DateTimeField(null=True)
    target_on = models.DateField()
    promised_on = models.DateField()
    due_on = models.DateField(null=True)
    first_answer_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    adviser_id = models.BigIntegerField(null=True)
    adviser_name = models.CharField(max_length=250, blank=True)
    taken_by = models.BigIntegerField(null=True)
    taken_by_name = models.CharField(max_length=250, blank=True)
    merged = models.CharField(max_length=9, blank=True)
    search = models.TextField()

    class Meta:
        db_table = "exchanges_exchange"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at__isnull=True),
                name="exchange_closed_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", due_on__isnull=False) | ~Q(state="asked"), name="exchange_asked_has_a_day"
            ),
            models.CheckConstraint(condition=Q(merged="") | Q(state="closed"), name="exchange_merged_is_closed"),
        ]
        indexes = [
            models.Index(fields=["establishment", "-moved_at"], name="exchange_list"),
            models.Index(fields=["fund", "state", "target_on"], name="exchange_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class Entry(models.Model):
    """A line of a thread, never changed: a message of one side, or what became of the exchange.

    `person_id`: who of the establishment wrote it; `signed`: how the thread names its author.
    """

    class Kind(models.TextChoices):
        SENT = "sent", "Demande"
        REPLY = "reply", "Message"
        ANSWER = "answer", "Réponse"
        REQUEST = "request", "Complément demandé"
        TAKEN = "taken", "Pris en charge par un conseiller"
        COLLEAGUE = "colleague", "Repris par une personne de l’établissement"
        TRANSFERRED = "transferred", "Transmis à un autre fonds"
        MERGED = "merged", "Regroupé"
        CLOSED = "closed", "Clos"
        REOPENED = "reopened", "Rouvert"

    class Side(models.TextChoices):
        ESTABLISHMENT = "establishment", "L’établissement"
        FUND = "fund", "Le fonds"
        PLATFORM = "platform", "Parvis"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    side = models.CharField(max_length=13, choices=Side.choices)
    person_id = models.BigIntegerField(null=True)
    author = models.UUIDField(null=True)
    signed = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    # Somebody wrote; the others say what became of the exchange.
    MESSAGES = (Kind.SENT, Kind.REPLY, Kind.ANSWER, Kind.REQUEST, Kind.REOPENED)

    class Meta:
        db_table = "exchanges_entry"
        indexes = [models.Index(fields=["person_id"], name="exchange_entry_person")]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.kind}"


class Attachment(models.Model):
    """A file of a draft, then of an entry. `piece`: which of the motif's documents; `key`: of `ground.files`."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, related_name="attachments")
    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, null=True, related_name="attachments")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, null=True, related_name="attachments")
    piece = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=80)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "exchanges_attachment"
        constraints = [
            models.CheckConstraint(
                condition=Q(draft__isnull=False, exchange__isnull=True, entry__isnull=True)
                | Q(draft__isnull=True, exchange__isnull=False, entry__isnull=False),
                name="attachment_of_a_draft_or_a_thread",
            )
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"


class Reader(models.Model):
    """When somebody of the establishment last opened an exchange, and whether they follow it."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="readers")
    person_id = models.BigIntegerField()
    read_at = models.DateTimeField(null=True)
    follows = models.BooleanField(default=False)

    class Meta:
        db_table = "exchanges_reader"
        constraints = [models.UniqueConstraint(fields=["exchange", "person_id"], name="exchange_reader_once")]
        indexes = [models.Index(fields=["person_id", "establishment"], name="exchange_reader_person")]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.person_id}"


class InternalNote(models.Model):
    """What advisers say to each other about an exchange; no role but theirs reads it. It goes with a transfer."""

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="+")
    adviser_id = models.BigIntegerField()
    signed = models.CharField(max_length=250)
    text = models.CharField(max_length=2000)
    at = models.DateTimeField()

    class Meta:
        db_table = "exchanges_internalnote"

    def __str__(self) -> str:
        return f"note {self.pk}"


class StandardReply(models.Model):
    """A text that advisers of a fund answer with, its placeholders filled in (« modèle de réponse »)."""

    fund = models.CharField(max_length=10)
    title = models.CharField(max_length=120)
    text = models.TextField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=250)

    class Meta:
        db_table = "exchanges_standardreply"
        constraints = [models.UniqueConstraint(fields=["fund", "title"], name="standard_reply_once")]

    def __str__(self) -> str:
        return f"{self.fund} {self.title}"
