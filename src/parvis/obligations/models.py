"""What an establishment must do for the funds, what it said that decides it, and how people follow it.

The law is computed (`computing.py`); what is kept of an occurrence here is what lists of many establishments need, and
what people did: took it, ticked it. Its `key` (fund, act, period) outlives a decree: ticks stay when a day moves.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from parvis.access.models import Membership
from parvis.establishments.models import Establishment
from parvis.identity.models import Person

LARGEST_COUNT = 999_999
LONGEST_NOTE = 500


class Computation(models.Model):
    """What the occurrences of an establishment were computed from, and since when they are followed.

    `digest`: of its facts, the law and the last day computed; the same again is not computed again. `follows_from`:
    what was due before is shown, but never called late: nobody had been told.
    """

    establishment = models.OneToOneField(Establishment, on_delete=models.PROTECT, primary_key=True)
    digest = models.CharField(max_length=64)
    follows_from = models.DateField()
    computed_at = models.DateTimeField()

    class Meta:
        db_table = "obligations_computation"

    def __str__(self) -> str:
        return f"{self.establishment_id} {self.computed_at:%Y-%m-%d}"


class Occurrence(models.Model):
    """One thing to do, once. `due_on`: the last day (None: no source says one); `placed_on`: that, or the first day.

    `due_before`: the day that it had until `moved_on`. `withdrawn_on`: it is no longer computed, but somebody had
    taken or ticked it. `taken_by`, `done_by`: references of accounts; `done_reason`: the service that saw it done.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    key = models.CharField(max_length=40)
    fund = models.CharField(max_length=10)
    act = models.CharField(max_length=20)
    label = models.CharField(max_length=120)
    period_starts_on = models.DateField()
    period_ends_before = models.DateField()
    due_on = models.DateField(null=True)
    opens_on = models.DateField(null=True)
    placed_on = models.DateField()
    uncertain = models.BooleanField()
    changed_at = models.DateTimeField()
    due_before = models.DateField(null=True)
    moved_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    taken_by = models.UUIDField(null=True)
    taken_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)
    done_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    done_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    note = models.CharField(max_length=LONGEST_NOTE, blank=True, default="", db_default="")
    late_told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "obligations_occurrence"
        constraints = [
            models.UniqueConstraint(fields=["establishment", "key"], name="occurrence_once"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=False) | Q(opens_on__isnull=False), name="occurrence_has_a_day"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_on__isnull=True, done_by__isnull=True, done_reason="", note="")
                | (Q(done_at__isnull=False, done_on__isnull=False) & (Q(done_by__isnull=False) | ~Q(done_reason=""))),
                name="occurrence_done_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | Q(taken_by__isnull=False, taken_at__isnull=False),
                name="occurrence_taken_once",
            ),
        ]
        indexes = [
            models.Index(fields=["establishment", "placed_on"], name="occurrence_by_day"),
            # What the daily run looks for over every establishment: what is due and not done.
            models.Index(fields=["due_on"], condition=Q(done_at=None, withdrawn_on=None), name="occurrence_open"),
        ]

    def __str__(self) -> str:
        return self.key


class Facts(models.Model):
    """What somebody said for a year that decides of obligations and that « Mon établissement » does not ask.

    A version follows the previous one of the year; None: not said. `authority`: where the legal category does not tell.
    `headcount`: everybody paid; `full_time_equivalent`: the same in full time, on 31 December before.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    year = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    authority = models.CharField(max_length=15, blank=True)
    headcount = models.PositiveIntegerField(null=True)
    full_time_equivalent = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    inhabitants = models.PositiveIntegerField(null=True)
    seconded = models.PositiveIntegerField(null=True)
    called_by_fiphfp = models.BooleanField(null=True)
    paid_within_month = models.BooleanField(null=True)
    pays_allowances = models.BooleanField(null=True)
    said_at = models.DateTimeField()
    said_by = models.UUIDField()

    class Meta:
        db_table = "obligations_facts"
        constraints = [
            # Also what stops two statements of the same version under parallel requests.
            models.UniqueConstraint(fields=["establishment", "year", "version"], name="facts_one_per_version"),
            models.CheckConstraint(condition=Q(version__gte=1), name="facts_version_from_1"),
            models.CheckConstraint(
                condition=Q(full_time_equivalent__isnull=True) | Q(full_time_equivalent__gte=0),
                name="facts_full_time_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} v{self.version}"


class ReminderChoice(models.Model):
    """When somebody wants to be reminded here: days before, none for never; `funds` empty: of all of them.

    It goes with the account, by the database itself (migration 0001): no action has to think of it.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    delays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    funds = ArrayField(models.CharField(max_length=10), default=list)
    chosen_at = models.DateTimeField()

    class Meta:
        db_table = "obligations_reminderchoice"
        constraints = [models.UniqueConstraint(fields=["membership"], name="reminderchoice_once")]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.delays}"


class Reminder(models.Model):
    """That somebody was reminded of an occurrence at a delay: never a second time."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.DO_NOTHING, db_constraint=False)
    delay = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "obligations_reminder"
        constraints = [models.UniqueConstraint(fields=["occurrence", "membership", "delay"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.occurrence_id} J-{self.delay}"


class CalendarAddress(models.Model):
    """A private address at which a calendar reads somebody's obligations; the secret itself is kept nowhere.

    `establishment` None: of all where the person has an account. The last one made is the one that serves.
    """

    person = models.ForeignKey(Person, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, db_index=False)
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "obligations_calendaraddress"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "establishment"],
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="calendaraddress_one_serves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.made_at:%Y-%m-%d}"
