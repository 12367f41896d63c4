"""Declarations (DSN) received, what was wrong in them, and what was corrected here.

A file is not kept. Of an individual with an anomaly what was declared is kept sealed, so that a correction can be
checked at once; of the others, their bases by month alone (`parvis.agents`).
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from parvis.agents.models import Agent
from parvis.establishments.models import Establishment


class Sending(models.Model):
    """A file that Net-entreprises handed over. `digest`: SHA-256 of it, which is received once.

    `line`, `rubric`, `says`: where and why a file that cannot be read to its end was refused. It holds nothing of
    anybody, and belongs to no establishment: the operator's command alone reads it.
    """

    class State(models.TextChoices):
        PENDING = "pending", "En cours"
        DONE = "done", "Reçu"
        REFUSED = "refused", "Refusé"

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    received_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    line = models.PositiveIntegerField(default=0)
    rubric = models.CharField(max_length=14, blank=True)
    says = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "service_declarations_sending"

    def __str__(self) -> str:
        return self.name


class Declaration(models.Model):
    """One S20 of a file, for an establishment and a month.

    `number`: its place in the file, from 1. `kind` is one of `dsn.shapes.NORMAL`…; `order`: what the employer counts a
    month's declarations by. `reports_on`: the day from which the reports can be read (`regulations`). `due`: cents due
    by fund, agents' part and employer's; `bases`: how many bases, and their sum, by code. `problems`: what rejects it,
    a line, a rubric, a code and a sentence each, without anything that was declared. `left`: the agents (ids) whose
    contract it ends. `replaces`: the reference of the one that it took the place of; `came_from`: the SIRET of the
    establishment that had received it, where another took its place since.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "Reçue"
        CHECKING = "checking", "En contrôle"
        REJECTED = "rejected", "Rejetée"
        ANOMALIES = "anomalies", "Traitée avec anomalies"
        PROCESSED = "processed", "Traitée"
        REPLACED = "replaced", "Remplacée"

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    digest = models.CharField(max_length=64)
    number = models.PositiveSmallIntegerField()
    month = models.DateField()
    nature = models.CharField(max_length=2)
    kind = models.CharField(max_length=2)
    fraction = models.PositiveSmallIntegerField(default=1)
    fractions = models.PositiveSmallIntegerField(default=1)
    order = models.BigIntegerField(default=0)
    norm = models.CharField(max_length=6)
    software = models.CharField(max_length=60, blank=True)
    test = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices)
    replaces = models.UUIDField(null=True)
    came_from = models.CharField(max_length=14, blank=True)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)
    reports_on = models.DateField(null=True)
    individuals = models.PositiveIntegerField(default=0)
    applied = models.PositiveIntegerField(default=0)
    due = models.JSONField(default=dict)
    bases = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    left = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        db_table = "service_declarations_declaration"
        constraints = [
            models.UniqueConstraint(fields=["establishment", "digest", "number"], name="declaration_received_once"),
            models.UniqueConstraint(
                fields=["establishment", "month", "nature", "fraction"],
                condition=Q(test=False, came_from="", state__in=["anomalies", "processed"]),
                name="declaration_one_in_force",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="declaration_month_is_a_first_day"),
            models.CheckConstraint(
                condition=Q(fraction__gte=1, fraction__lte=models.F("fractions")), name="declaration_fraction"
            ),
        ]
        indexes = [models.Index(fields=["establishment", "-month", "-id"], name="declaration_list")]

    def __str__(self) -> str:
        return f"declaration {self.ref}"


class Individual(models.Model):
    """Somebody in whose declaration something is wrong. `line`: where their part of the file begins.

    `sealed`: what was declared (`packing`), as corrected since; `nir_key`: as `agents.nir` makes it. `agent`: who they
    were recognised as, or likely are. `applied`: their bases are written; else an anomaly that blocks keeps them
    waiting. `version` counts the corrections.
    """

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, db_index=False, related_name="people")
    line = models.PositiveIntegerField()
    name = models.CharField(max_length=170)
    sort_key = models.CharField(max_length=250)
    payroll_number = models.CharField(max_length=30, blank=True)
    nir_key = models.CharField(max_length=64, blank=True)
    sealed = models.TextField()
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    applied = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "service_declarations_individual"
        constraints = [models.UniqueConstraint(fields=["declaration", "line"], name="declared_individual_once")]
        indexes = [
            models.Index(fields=["agent"], condition=Q(agent__isnull=False), name="declared_individual_agent"),
        ]

    def __str__(self) -> str:
        return f"individual {self.ref}"


class Anomaly(models.Model):
    """What a check found wrong, once for each check and individual (or agent, or declaration).

    `code`: of `checks`; `subject`: by whom it is known in the next month (the NIR's key, an agent, or the establishment
    itself); `times`: in how many months in a row it has been found. `found`, `expected`: ready to show, NIR masked.
    """

    class State(models.TextChoices):
        OPEN = "open", "À corriger"
        PAYROLL = "payroll", "À corriger en paie"
        CORRECTED = "corrected", "Corrigée"
        CLOSED = "closed", "Close"
        TOLD = "told", "Pour information"

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, db_index=False, related_name="anomalies")
    individual = models.ForeignKey(
        Individual, on_delete=models.PROTECT, null=True, db_index=False, related_name="anomalies"
    )
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    month = models.DateField()
    code = models.CharField(max_length=14)
    family = models.CharField(max_length=10)
    blocking = models.BooleanField()
    line = models.PositiveIntegerField(default=0)
    who = models.CharField(max_length=170, blank=True)
    sort_key = models.CharField(max_length=250, blank=True)
    subject = models.CharField(max_length=70)
    found = models.CharField(max_length=200, blank=True)
    expected = models.CharField(max_length=200, blank=True)
    times = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    taken_by = models.UUIDField(null=True)
    taken_name = models.CharField(max_length=170, blank=True)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)

    class Meta:
        db_table = "service_declarations_anomaly"
        constraints = [
            models.UniqueConstraint(fields=["declaration", "code", "subject"], name="anomaly_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "payroll", "told"]) | Q(settled_at__isnull=False),
                name="anomaly_settled_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["establishment", "sort_key", "id"],
                condition=Q(state__in=["open", "payroll"]),
                name="anomaly_waiting",
            ),
            models.Index(fields=["establishment", "month", "code"], name="anomaly_by_month"),
            models.Index(fields=["individual"], condition=Q(individual__isnull=False), name="anomaly_of_individual"),
            models.Index(fields=["agent"], condition=Q(agent__isnull=False), name="anomaly_of_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.ref}"


class Correction(models.Model):
    """What somebody says instead of what was declared of an individual: a draft, then applied. `sealed`: the values.

    `recalled_at`: who may correct were told by e-mail that the draft is forgotten.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Brouillon"
        APPLIED = "applied", "Appliquée"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, db_index=False, related_name="corrections")
    state = models.CharField(max_length=10, choices=State.choices)
    sealed = models.TextField()
    fields = models.JSONField(default=list)
    settled = models.JSONField(default=list)
    begun_at = models.DateTimeField()
    begun_by = models.UUIDField()
    by_name = models.CharField(max_length=170)
    applied_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "service_declarations_correction"
        constraints = [
            models.UniqueConstraint(fields=["individual"], condition=Q(state="draft"), name="correction_one_draft"),
            models.CheckConstraint(
                condition=Q(state="draft", applied_at=None) | Q(state="applied", applied_at__isnull=False),
                name="correction_applied_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["individual", "id"], name="correction_of_individual"),
            models.Index(fields=["establishment", "begun_at"], condition=Q(state="draft"), name="correction_drafts"),
        ]

    def __str__(self) -> str:
        return f"correction {self.pk}"
