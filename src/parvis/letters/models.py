"""Letters of the funds to an establishment (PDF), who has read them, and what kinds of letters there are."""

import uuid

from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import GeneratedField, Q

from parvis.establishments.funds import FUNDS
from parvis.establishments.models import Establishment

_FUNDS = [(fund.code, fund.short) for fund in FUNDS.values()]


class Theme(models.TextChoices):
    """What a letter is about, for whoever looks for it."""

    CONTRIBUTIONS = "cotisations", "Cotisations"
    CAREERS = "carrieres", "Carrières"
    RETIREMENT = "retraite", "Retraite et invalidité"
    DISABILITY = "handicap", "Handicap"
    RELATIONS = "relation", "Contrat et relation avec le fonds"


class LetterType(models.Model):
    """A kind of letter, edited by advisers. `service`: the online service whose holders read it.

    `about_money`: unread, it is recalled. `kept_years`: counted from its arrival. `retired_at`: no longer proposed.
    """

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    theme = models.CharField(max_length=20, choices=Theme.choices)
    service = models.CharField(max_length=40)
    about_money = models.BooleanField(default=False)
    kept_years = models.PositiveSmallIntegerField()
    retired_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "letters_lettertype"
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="letter_type_code"),
            models.CheckConstraint(condition=Q(kept_years__gte=1, kept_years__lte=50), name="letter_type_kept"),
            models.CheckConstraint(condition=Q(theme__in=Theme.values), name="letter_type_theme"),
        ]

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """Letters of a fund that leave together: what became of them is told as a whole."""

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    fund = models.CharField(max_length=10, choices=_FUNDS)
    name = models.CharField(max_length=100)
    began_at = models.DateTimeField()

    class Meta:
        db_table = "letters_campaign"
        constraints = [models.UniqueConstraint(fields=["fund", "name"], name="campaign_name_once")]

    def __str__(self) -> str:
        return self.name


class Withdrawal(models.TextChoices):
    """Why an adviser takes a letter back, as the establishment reads it."""

    PLACE = "place", "adressé par erreur à cet établissement"
    CONTENT = "content", "contenu erroné : un autre courrier le remplace"
    TWICE = "twice", "envoyé deux fois"


class FundLetter(models.Model):
    """A letter. Its file is sealed under `key` (`ground.files`); `digest` is the SHA-256 of its content.

    `first_opened_at`: by anybody of the establishment; advisers see that alone, never who. `addressed_to`: the
    establishment for which it was written, where another one took its place. `archived_at`: for everybody there.
    `withdrawn_at`: an adviser took it back; nobody of the establishment opens it any more.
    """

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    fund = models.CharField(max_length=10, choices=_FUNDS)
    reference = models.CharField(max_length=60)
    type = models.ForeignKey(LetterType, on_delete=models.PROTECT, db_index=False)
    title = models.CharField(max_length=150)
    dated_on = models.DateField()
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, db_index=False)
    key = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    deposited_at = models.DateTimeField()
    deposited_by = models.UUIDField(null=True)
    addressed_to = models.CharField(max_length=200, blank=True)
    search_key = models.CharField(max_length=400)
    words = GeneratedField(
        expression=SearchVector("search_key", config="french"), output_field=SearchVectorField(), db_persist=True
    )
    first_opened_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    archived_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)
    withdrawn_reason = models.CharField(max_length=10, choices=Withdrawal.choices, blank=True)
    recalled_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "letters_fundletter"
        constraints = [
            models.UniqueConstraint(fields=["fund", "reference"], name="fund_letter_reference_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""), name="fund_letter_withdrawn_why"
            ),
        ]
        indexes = [
            models.Index(fields=["establishment", "-dated_on", "-id"], name="fund_letter_list"),
            models.Index(fields=["campaign", "establishment"], name="fund_letter_campaign"),
            models.Index(fields=["fund", "-deposited_at"], name="fund_letter_office"),
            models.Index(fields=["type", "deposited_at"], name="fund_letter_old"),
            models.Index(
                fields=["deposited_at"],
                condition=Q(first_opened_at=None, withdrawn_at=None, archived_at=None),
                name="fund_letter_unopened",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.reference}"


class Reading(models.Model):
    """That a person of the establishment, or a delegate, opened a letter: when first, when last.

    `account`: the reference under which the journal knows them here. `unread`: they marked it so, to come back to it.
    Not `opened`: marked as read in the list and never opened, since `first_at`; nobody takes it for having been read.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    letter = models.ForeignKey(FundLetter, on_delete=models.CASCADE, db_index=False, related_name="readings")
    person_id = models.BigIntegerField(db_index=True)
    account = models.UUIDField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    unread = models.BooleanField(default=False)
    opened = models.BooleanField(default=True)

    class Meta:
        db_table = "letters_reading"
        constraints = [models.UniqueConstraint(fields=["letter", "person_id"], name="reading_once")]

    def __str__(self) -> str:
        return f"reading of {self.letter_id}"


class Uploaded(models.Model):
    """A letter that an adviser uploaded and has not confirmed: what was said of it, and its sealed file."""

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    adviser = models.UUIDField()
    fund = models.CharField(max_length=10, choices=_FUNDS)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    told = models.JSONField()
    key = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "letters_uploaded"

    def __str__(self) -> str:
        return f"uploaded {self.ref}"
