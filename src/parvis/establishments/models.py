"""Employers (« établissements ») and the contracts that bind them to the funds."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from parvis.establishments.funds import FUNDS


class Establishment(models.Model):
    """A public employer, known by its SIRET. The directory's data; what it declares of itself is a service's."""

    siret = models.CharField(max_length=14, unique=True)
    siren = models.CharField(max_length=9, db_index=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    legal_category = models.CharField(max_length=4, blank=True)
    insee_code = models.CharField(max_length=5, blank=True)
    department = models.CharField(max_length=3, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    population = models.PositiveIntegerField(null=True)
    parent_siren = models.CharField(max_length=9, blank=True)
    sort_key = models.CharField(max_length=200)
    # « Peut agir pour d’autres »: it may receive delegations. An adviser says so (`actions.mark_acting`).
    acts_for_others = models.BooleanField(default=False, db_default=False)
    # Its postal address, line by line, without the name: what letters are sent to. From Sirene; where the establishment
    # has a contract, a new one waits until an adviser takes it over (`SireneChange`).
    address = ArrayField(models.CharField(max_length=120), default=list, db_default=[])
    commune = models.CharField(max_length=100, blank=True, default="", db_default="")
    # The day since which it is closed, says Sirene; None: open, or never seen there.
    closed_on = models.DateField(null=True)
    # Since when nobody enters it any more, by an adviser's decision; its accounts are kept as they are.
    access_closed_at = models.DateTimeField(null=True)
    # What Sirene said of it last, in the order of `sirene.applying.SAID`: a later month compares with that.
    sirene = ArrayField(models.TextField(), null=True)

    class Meta:
        db_table = "establishments_establishment"
        constraints = [
            models.CheckConstraint(condition=models.Q(siret__regex=r"^\d{14}$"), name="establishment_siret_14_digits"),
        ]

    def __str__(self) -> str:
        return self.name


class EstablishmentDomain(models.Model):
    """A domain of e-mail addresses that an adviser verified as the establishment's own (« ville-exemple.fr »).

    Never a mailbox provider's: anybody may have an address there. `verified_by`: the adviser's reference.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, db_index=False, related_name="domains")
    domain = models.CharField(max_length=253)
    verified_at = models.DateTimeField()
    verified_by = models.UUIDField()

    class Meta:
        db_table = "establishments_establishmentdomain"
        constraints = [
            models.UniqueConstraint(fields=["establishment", "domain"], name="domain_once_per_establishment"),
            models.CheckConstraint(
                condition=models.Q(domain__regex=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"), name="domain_form"
            ),
        ]

    def __str__(self) -> str:
        return self.domain


class Contract(models.Model):
    """A contract of an establishment with a fund (immatriculation or adhésion), from a date to a date."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    fund = models.CharField(max_length=10, choices=[(fund.code, fund.short) for fund in FUNDS.values()])
    number = models.CharField(max_length=30)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "establishments_contract"
        constraints = [
            models.UniqueConstraint(fields=["establishment", "fund", "starts_on"], name="contract_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="contract_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.number}"


class SireneRun(models.Model):
    """One reading of INSEE's stock files (`parvis sirene import`), and how far it has come: a killed one goes on.

    `files`: by role, the file's name, size and digest; the same files are the same run. `line`, `offset`: what is
    read of the file of `step`, committed with what was kept of it. `counts`: what was read, kept, changed.
    """

    class Step(models.TextChoices):
        UNITS = "units", "Unités légales"
        ESTABLISHMENTS = "establishments", "Établissements"
        LINKS = "links", "Successions"
        APPLYING = "applying", "Comparaison"
        DONE = "done", "Terminé"
        REFUSED = "refused", "Refusé"
        REPLACED = "replaced", "Abandonné pour d’autres fichiers"

    files = models.JSONField(default=dict)
    step = models.CharField(max_length=15, choices=Step.choices, default=Step.UNITS)
    line = models.BigIntegerField(default=0)
    offset = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "establishments_sirenerun"
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(finished_at=None), name="sirenerun_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at=None, step__in=["units", "establishments", "links", "applying"])
                | models.Q(finished_at__isnull=False, step__in=["done", "refused", "replaced"]),
                name="sirenerun_finished_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Sirene {self.started_at:%Y-%m-%d} {self.step}"


class SireneChange(models.Model):
    """What Sirene says otherwise than before of an establishment that has a contract: an adviser sees to it.

    At most one of a kind waits for each: a later month's replaces what it wants. `before`, `after`: as they are shown
    (an address: its lines); `successor`: the SIRET that Sirene names for a closed one. `on`: since when, says Sirene.
    """

    class Kind(models.TextChoices):
        NAME = "name", "Nouveau nom"
        ADDRESS = "address", "Nouvelle adresse"
        CATEGORY = "category", "Nouvelle catégorie juridique"
        CLOSED = "closed", "Fermé"
        REOPENED = "reopened", "Rouvert"

    class State(models.TextChoices):
        WAITING = "waiting", "À traiter"
        DONE = "done", "Traité"
        ASIDE = "aside", "Mis de côté"
        GONE = "gone", "Sans objet"

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    run = models.ForeignKey(SireneRun, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    on = models.DateField(null=True)
    successor = models.CharField(max_length=14, blank=True)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "establishments_sirenechange"
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "kind"], condition=models.Q(state="waiting"), name="sirenechange_one_waits"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["name", "address", "category", "closed", "reopened"]),
                name="sirenechange_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", decided_at=None)
                | models.Q(state__in=["done", "aside", "gone"], decided_at__isnull=False),
                name="sirenechange_decided_once",
            ),
        ]
        indexes = [models.Index(fields=["state", "-found_at"], name="sirenechange_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Succession(models.Model):
    """An establishment takes the place of another (`backoffice/succession/`): prepared by an adviser, decided by two.

    `on`: the first day of the successor. While it is only prepared nothing has changed; `done_at`: everything moved at
    that instant. `moved`: how many of each.
    """

    class Cause(models.TextChoices):
        COMMUNE = "commune", "Commune nouvelle"
        MERGER = "merger", "Fusion d’établissements publics"
        SIRET = "siret", "Changement de SIRET"
        TRANSFER = "transfer", "Reprise par un autre établissement"

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    predecessor = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    successor = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    on = models.DateField()
    reason = models.CharField(max_length=1000)
    fund = models.CharField(max_length=10)
    prepared_at = models.DateTimeField()
    prepared_by = models.UUIDField()
    cancelled_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)
    moved = models.JSONField(default=dict)

    class Meta:
        db_table = "establishments_succession"
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor"], condition=models.Q(cancelled_at=None), name="succession_one_each"
            ),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")), name="succession_of_another"
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_at=None) | models.Q(done_at=None), name="succession_one_end"
            ),
        ]

    def __str__(self) -> str:
        return f"succession {self.pk}"
