"""What an establishment says of the people who work on it: memberships, rights, drafts of accounts, first links."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from parvis.access.levels import Level
from parvis.establishments.models import Establishment
from parvis.identity.models import Person


class Profile(models.TextChoices):
    """What someone is in the establishment. « Gestion des comptes » comes with `ADMINISTRATOR`, it is no right."""

    USER = "utilisateur", "Utilisateur"
    ADMINISTRATOR = "administrateur", "Administrateur"


class Civility(models.TextChoices):
    MADAM = "mme", "Madame"
    SIR = "m", "Monsieur"


class Membership(models.Model):
    """An account (« compte »): a person in an establishment. `person` is unknown until the first link is used."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    identifier = models.CharField(max_length=8, unique=True)
    civility = models.CharField(max_length=3, choices=Civility.choices)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    function = models.CharField(max_length=120)
    unit = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=254)
    phone = models.CharField(max_length=20)
    profile = models.CharField(max_length=20, choices=Profile.choices)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    deactivated_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)
    last_visit_at = models.DateTimeField(null=True)
    renewed_at = models.DateTimeField(null=True)
    # Of an administrator who got the profile through a recovery: the last day on which they may only read.
    limited_until = models.DateField(null=True, blank=True)
    search_key = models.TextField()
    sort_key = models.CharField(max_length=250)

    class Meta:
        db_table = "access_membership"
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "person"], condition=Q(person__isnull=False), name="membership_once_per_person"
            ),
            models.CheckConstraint(condition=Q(profile__in=Profile.values), name="membership_profile_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(person__isnull=False), name="membership_confirmed_by_someone"
            ),
        ]
        indexes = [
            models.Index(fields=["establishment", "sort_key", "id"], name="membership_list"),
            models.Index(Lower("email"), name="membership_waiting", condition=Q(confirmed_at__isnull=True)),
            # Read on every page: who administers is asked first, in an establishment of two thousand accounts too.
            models.Index(
                fields=["establishment"], name="membership_administers", condition=Q(profile="administrateur")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def name(self) -> str:
        """As shown: first name, then family name."""
        return f"{self.first_name} {self.last_name}"


class Right(models.Model):
    """What a membership may do on a service (« droit »). No row is « Aucun ».

    `origin`: the key of the model of rights that it comes from (`access/presets/`), if any.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, db_index=False, related_name="rights")
    service = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(choices=[(Level.READ, "Lecture seule"), (Level.WRITE, "Modification")])
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.UUIDField(null=True)
    origin = models.CharField(max_length=40, blank=True, db_default="", default="")

    class Meta:
        db_table = "access_right"
        constraints = [
            models.UniqueConstraint(fields=["membership", "service"], name="right_once_per_service"),
            models.CheckConstraint(condition=Q(level__in=[Level.READ, Level.WRITE]), name="right_level_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="right_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["establishment", "service"], name="right_by_service")]

    def __str__(self) -> str:
        return f"{self.service} {self.level}"


class Draft(models.Model):
    """An account being created: what was typed so far, kept 30 days. `membership` once « Créer » was pressed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT)
    author = models.UUIDField()
    coordinates = models.JSONField(default=dict)
    rights = models.JSONField(default=dict)
    rights_given = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True)

    class Meta:
        db_table = "access_draft"

    def __str__(self) -> str:
        return str(self.id)


class Link(models.Model):
    """The link of a first e-mail: single use, 15 days from its sending, killed by a newer one or 5 wrong identifiers.

    Only hashes of its tokens are kept (`LinkToken`): one per sending, for an e-mail may come twice.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="links")
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    killed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_link"
        indexes = [models.Index(fields=["membership", "-id"], name="link_latest")]

    def __str__(self) -> str:
        return f"link {self.pk}"


class LinkToken(models.Model):
    """The hash of a token that was sent, and the link that it opens."""

    hash = models.CharField(max_length=64, primary_key=True)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT)
    link = models.ForeignKey(Link, on_delete=models.CASCADE)

    class Meta:
        db_table = "access_linktoken"

    def __str__(self) -> str:
        return f"token of link {self.link_id}"


class Proposal(models.Model):
    """A corrected e-mail or telephone that an administrator proposes to a person who already signs in."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="proposals")
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.UUIDField()

    class Meta:
        db_table = "access_proposal"
        constraints = [models.UniqueConstraint(fields=["membership"], name="proposal_one_at_a_time")]

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class ExpiryWarning(models.Model):
    """A warning that left about an account and the day on which it expired then: none of them leaves twice."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, db_index=False)
    expires_on = models.DateField()
    stage = models.CharField(max_length=20)
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "access_expirywarning"
        constraints = [
            models.UniqueConstraint(fields=["membership", "expires_on", "stage"], name="expirywarning_once_per_stage")
        ]
        indexes = [models.Index(fields=["establishment", "sent_at"], name="expirywarning_sent_together")]

    def __str__(self) -> str:
        return f"{self.stage} {self.expires_on}"


class TermsAcceptance(models.Model):
    """An administrator accepted a version of the « Conditions générales » for the establishment. Never changed.

    `name` is the person's as it was written then; `digest` says which text it was, to the letter.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    accepted_at = models.DateTimeField()
    accepted_by = models.UUIDField()
    name = models.CharField(max_length=250)

    class Meta:
        db_table = "access_termsacceptance"
        constraints = [models.UniqueConstraint(fields=["establishment", "version"], name="terms_accepted_once")]

    def __str__(self) -> str:
        return f"terms {self.version}"


class TermsNotice(models.Model):
    """What `parvis daily` told an establishment's administrators of a version, each once; the days of grace begin with
    the first (`access/terms/state.py`)."""

    class Step(models.TextChoices):
        ANNOUNCED = "announced", "Annoncée"
        REMINDED = "reminded", "Rappelée"
        CLOSED = "closed", "Services fermés"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    version = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=10, choices=Step.choices)
    noticed_on = models.DateField()

    class Meta:
        db_table = "access_termsnotice"
        constraints = [
            models.UniqueConstraint(fields=["establishment", "version", "step"], name="terms_told_once"),
            models.CheckConstraint(condition=Q(step__in=["announced", "reminded", "closed"]), name="terms_step_known"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.version}"


class FactorReset(models.Model):
    """An administrator says that a colleague lost their second factor: it goes after a delay, unless they refuse
    (`access/factor_reset/`). `confirmed_by`: the second administrator, who makes it take effect at once."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_factorreset"
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(refused_at=None, cancelled_at=None, done_at=None),
                name="factorreset_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"factor reset {self.pk}"


class FactorResetToken(models.Model):
    """The hash of a token sent to the person, and the reset that it refuses."""

    hash = models.CharField(max_length=64, primary_key=True)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    reset = models.ForeignKey(FactorReset, on_delete=models.CASCADE)

    class Meta:
        db_table = "access_factorresettoken"

    def __str__(self) -> str:
        return f"token of factor reset {self.reset_id}"
