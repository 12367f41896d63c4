"""The agents of an establishment: who they are, to which schemes they are affiliated, their posts, their monthly bases.

Nothing here says what the law says: conditions are `regulations.affiliation`. A NIR is sealed, and found by its keyed
hash alone (`agents.nir`).
"""

import uuid

from django.db import models
from django.db.models import F, Q

from parvis.establishments.models import Establishment


class Scheme(models.TextChoices):
    """A scheme to which an agent is affiliated; its value is the code of the fund."""

    CNRACL = "cnracl", "CNRACL"
    IRCANTEC = "ircantec", "Ircantec"
    RAFP = "rafp", "RAFP"


class Status(models.TextChoices):
    """In which quality an agent works here (« statut »); DSN: S21.G00.40.026."""

    TRAINEE = "trainee", "Fonctionnaire stagiaire"
    TENURED = "tenured", "Fonctionnaire titulaire"
    CONTRACT = "contract", "Contractuel de droit public"
    ELECTED = "elected", "Élu local"
    OTHER = "other", "Autre"


class Category(models.TextChoices):
    """The category of a post, as `regulations.pensions.categories` names it."""

    SEDENTARY = "sedentary", "Sédentaire"
    ACTIVE = "active", "Active"
    SUPER_ACTIVE = "super_active", "Super-active"


class Nationality(models.TextChoices):
    """What the affiliation asks of it; "" where nobody said."""

    FRENCH = "french", "Française"
    EUROPEAN = "european", "D’un autre État de l’Union européenne, de l’Espace économique européen, ou d’Andorre"
    OTHER = "other", "Autre"


class Entry(models.TextChoices):
    """How somebody came to be affiliated here."""

    APPOINTED = "appointed", "Nomination"
    MUTATION = "mutation", "Mutation d’un autre employeur"
    MASS = "mass", "Mutation de masse (fusion, transfert)"
    CONTRACT = "contract", "Contrat"
    MANDATE = "mandate", "Mandat électif"
    DECLARED = "declared", "Vu dans une déclaration"


class Leaving(models.TextChoices):
    """Why an affiliation here ended (« radiation »)."""

    MUTATION = "mutation", "Mutation chez un autre employeur"
    MASS = "mass", "Mutation de masse (fusion, transfert)"
    RETIREMENT = "retirement", "Retraite"
    RESIGNATION = "resignation", "Démission"
    DISMISSAL = "dismissal", "Licenciement"
    REMOVAL = "removal", "Révocation"
    NOT_TENURED = "not_tenured", "Refus de titularisation ou fin de stage"
    DEATH = "death", "Décès"
    HOURS = "hours", "Durée hebdomadaire sous le seuil d’affiliation"
    CONTRACT_END = "contract_end", "Fin de contrat"
    MANDATE_END = "mandate_end", "Fin de mandat"
    OTHER_SCHEME = "other_scheme", "Changement de régime"


class Agent(models.Model):
    """Somebody who works, or worked, for the establishment.

    `nir_sealed`, `nir_key`: 13 characters, without the key (`agents.nir`); both empty where it is not known. A
    provisional number of payroll (NTT) stands there instead, with `provisional`. `surname`: at birth; `used_name`: what
    the person is called, where it differs. `payroll_number`: the employer's own. `search_key`: names and that number.
    `same_as`: the same person is known here twice since a merger; the other row is the one that is found by NIR.
    """

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    nir_sealed = models.TextField(blank=True)
    nir_key = models.CharField(max_length=64, blank=True)
    provisional = models.BooleanField(default=False)
    surname = models.CharField(max_length=80)
    used_name = models.CharField(max_length=80, blank=True)
    first_names = models.CharField(max_length=80)
    born_on = models.DateField(null=True)
    birth_place = models.CharField(max_length=80, blank=True)
    nationality = models.CharField(max_length=10, choices=Nationality.choices, blank=True)
    payroll_number = models.CharField(max_length=30, blank=True)
    sort_key = models.CharField(max_length=250)
    search_key = models.CharField(max_length=400)
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "agents_agent"
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "nir_key"],
                condition=~Q(nir_key="") & Q(same_as=None),
                name="agent_nir_once_here",
            ),
            models.CheckConstraint(
                condition=Q(nir_key="", nir_sealed="") | ~Q(nir_key="") & ~Q(nir_sealed=""), name="agent_nir_both"
            ),
            models.CheckConstraint(condition=~Q(surname=""), name="agent_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["establishment", "sort_key", "id"], name="agent_list"),
            models.Index(fields=["nir_key"], condition=~Q(nir_key=""), name="agent_by_nir"),
            models.Index(fields=["establishment", "born_on"], condition=Q(same_as=None), name="agent_born"),
        ]

    def __str__(self) -> str:
        return f"agent {self.ref}"

    @property
    def name(self) -> str:
        """As shown: first names, then the name they are called by."""
        return f"{self.first_names} {self.used_name or self.surname}".strip()


class Affiliation(models.Model):
    """An agent's affiliation to a scheme by this establishment, from a day to a day (both included).

    `number`: ours (`agents.numbers`), "" while the affiliation is to be completed; `missing`: codes of what it lacks
    then (`agents.missing`). `claimed_on`: another employer has affiliated the agent since that day. `request`: what it
    was declared from, so that sending twice makes one. `elsewhere`: the employer said that the agent keeps other posts.
    """

    class State(models.TextChoices):
        INCOMPLETE = "incomplete", "À compléter"
        ACTIVE = "active", "Affilié"
        ENDED = "ended", "Radié"

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="affiliations")
    scheme = models.CharField(max_length=10, choices=Scheme.choices)
    number = models.CharField(max_length=13, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    missing = models.JSONField(default=list)
    entry = models.CharField(max_length=10, choices=Entry.choices)
    entered_on = models.DateField()
    leaving = models.CharField(max_length=12, choices=Leaving.choices, blank=True)
    left_on = models.DateField(null=True)
    elsewhere = models.BooleanField(default=False)
    claimed_on = models.DateField(null=True)
    request = models.UUIDField(null=True)
    declared_at = models.DateTimeField()
    declared_by = models.UUIDField(null=True)

    class Meta:
        db_table = "agents_affiliation"
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "scheme"], condition=Q(left_on=None), name="affiliation_one_open_by_scheme"
            ),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="affiliation_number_once"),
            models.UniqueConstraint(fields=["request", "scheme"], name="affiliation_request_once"),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("entered_on")), name="affiliation_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(left_on=None, leaving="") & ~Q(state="ended")
                | Q(left_on__isnull=False, state="ended") & ~Q(leaving=""),
                name="affiliation_left_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state="incomplete", number="")
                | Q(state="active", missing=[]) & ~Q(number="")
                | Q(state="ended"),
                name="affiliation_active_is_complete",
            ),
        ]
        indexes = [models.Index(fields=["establishment", "state", "scheme"], name="affiliation_list")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.number or 'incomplete'}"


class Post(models.Model):
    """What an agent does, from a day to a day (both included): hours, category, grade, indices. Never overlapping.

    `minutes`: weekly duration of the post, in minutes; `full_minutes`: that of a full post (35 h, 16 or 20 h for
    teachers of the arts). `part_time`: the percentage worked, 100 for whoever works all of the post (S21.G00.40.055).
    """

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="posts")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    minutes = models.PositiveSmallIntegerField()
    full_minutes = models.PositiveSmallIntegerField(default=2100)
    part_time = models.DecimalField(max_digits=5, decimal_places=2, default=100)
    category = models.CharField(max_length=12, choices=Category.choices, blank=True)
    permanent = models.BooleanField(default=True)
    grade = models.CharField(max_length=80, blank=True)
    gross_index = models.CharField(max_length=4, blank=True)
    major_index = models.PositiveSmallIntegerField(null=True)
    declared_at = models.DateTimeField()
    declared_by = models.UUIDField(null=True)

    class Meta:
        db_table = "agents_post"
        constraints = [
            models.UniqueConstraint(fields=["agent", "starts_on"], name="post_one_from_a_day"),
            models.UniqueConstraint(fields=["agent"], condition=Q(ends_on=None), name="post_one_open"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="post_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=F("full_minutes"), full_minutes__lte=2880), name="post_hours"
            ),
            models.CheckConstraint(condition=Q(part_time__gt=0, part_time__lte=100), name="post_part_time"),
        ]
        indexes = [models.Index(fields=["establishment", "agent", "starts_on"], name="post_list")]

    def __str__(self) -> str:
        return f"post from {self.starts_on}"


class MonthlyBase(models.Model):
    """What a declaration said of an agent for a fund: one base, one period. Added, never changed, never erased.

    `month`: of the declaration, its first day; `starts_on`, `ends_on`: the period to which it relates, which an earlier
    month's is a later regularisation. `code`: of the base in the DSN (48 CNRACL, 49 RAFP, 28 Ircantec). Amounts in
    cents, signed. `contract`, `rank`: tell several of the same code and period apart. `declaration`: the reference of
    what said it. `supersedes`: the row that it takes the place of, by a replaced declaration or a correction; what has
    been superseded no longer counts. `withdrawn`: nothing takes its place.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, db_index=False, related_name="bases")
    month = models.DateField()
    fund = models.CharField(max_length=10, choices=Scheme.choices)
    code = models.CharField(max_length=3)
    starts_on = models.DateField()
    ends_on = models.DateField()
    amount = models.BigIntegerField()
    agent_part = models.BigIntegerField()
    employer_part = models.BigIntegerField()
    contract = models.CharField(max_length=30, blank=True)
    rank = models.PositiveSmallIntegerField(default=0)
    declaration = models.UUIDField()
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    withdrawn = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "agents_monthlybase"
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "agent", "code", "starts_on", "ends_on", "contract", "rank"],
                condition=Q(withdrawn=False),
                name="base_once_by_declaration",
            ),
            models.UniqueConstraint(
                fields=["supersedes"], condition=Q(supersedes__isnull=False), name="base_superseded_once"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="base_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(month__day=1), name="base_month_is_a_first_day"),
            models.CheckConstraint(
                condition=Q(withdrawn=False)
                | Q(withdrawn=True, supersedes__isnull=False, amount=0, agent_part=0, employer_part=0),
                name="base_withdrawn_is_nothing",
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "month"], name="base_of_agent"),
            models.Index(fields=["establishment", "month", "fund"], name="base_of_month"),
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.code} {self.month:%Y-%m}"
