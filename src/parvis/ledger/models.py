"""Accounts of an establishment with each fund, in double entry; what the bank says came in, and where it was put.

An account is an establishment, a fund and one of `Account`. Amounts are whole cents; what the employer owes is above
zero on its own two accounts. Movements and lines are only ever added (triggers of `0002`): what was wrong gets a
counter-entry.
"""

import uuid

from django.db import models
from django.db.models import Q

from parvis.establishments.funds import FUNDS
from parvis.establishments.models import Establishment

_FUNDS = [(fund.code, fund.short) for fund in FUNDS.values()]
_CODE = r"^[a-z0-9][a-z0-9:._/-]*$"


class Kind(models.TextChoices):
    """What a movement is. A counter-entry has the kind of what it takes back, and says which (`Movement.counters`)."""

    DUE = "due", "Cotisations dues"
    PAYMENT = "payment", "Versement"
    SURCHARGE = "surcharge", "Majoration de retard"
    PENALTY = "penalty", "Pénalité"
    WAIVER = "waiver", "Remise de majorations"
    REFUND = "refund", "Remboursement"
    TRANSFER = "transfer", "Transfert entre fonds"
    LEFT = "left", "Passé à l’établissement qui reprend"
    CAME = "came", "Repris d’un autre établissement"


# Of two sides: between two funds of an establishment, or on one fund's accounts of two establishments.
PAIRED = (Kind.TRANSFER, Kind.LEFT, Kind.CAME)


class Account(models.TextChoices):
    """The sides of a movement. The employer's own two come first: above zero it owes, below it has a credit."""

    CONTRIBUTIONS = "contributions", "Cotisations de l’employeur"
    CHARGES = "charges", "Majorations et pénalités de l’employeur"
    AGENT_PART = "agent_part", "Part des agents"
    EMPLOYER_PART = "employer_part", "Part de l’employeur"
    BANK = "bank", "Banque du fonds"
    SURCHARGES = "surcharges", "Majorations de retard"
    PENALTIES = "penalties", "Pénalités"
    WAIVERS = "waivers", "Remises"
    REFUNDS = "refunds", "Remboursements"
    TRANSFERS = "transfers", "Transferts entre fonds"
    SUCCESSIONS = "successions", "Reprises d’établissements"


OWN = (Account.CONTRIBUTIONS, Account.CHARGES)


class Movement(models.Model):
    """Something that happened on an establishment's accounts with one fund, on a day, for a month.

    `month`: the first day of the month it is for. `on`: of the payment, of the declaration, of the decision. `key`: the
    same key is the same movement, whoever says it again. `sides`: how many lines it has, so that none is added later.
    `pair`: the two sides of a transfer between funds, or of what one establishment took over from another. `detail`:
    what is shown of it (steps of a computation, number of agents), without a name of anybody.
    """

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    fund = models.CharField(max_length=10, choices=_FUNDS)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    month = models.DateField()
    on = models.DateField()
    key = models.CharField(max_length=150)
    reference = models.CharField(max_length=40, blank=True)
    label = models.CharField(max_length=200, blank=True)
    sides = models.PositiveSmallIntegerField()
    counters = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    pair = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)

    class Meta:
        db_table = "ledger_movement"
        constraints = [
            models.UniqueConstraint(fields=["establishment", "fund", "key"], name="ledger_movement_once"),
            models.UniqueConstraint(fields=["counters"], name="ledger_countered_once"),
            models.UniqueConstraint(fields=["id", "establishment", "fund"], name="ledger_movement_place"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="ledger_movement_kind"),
            models.CheckConstraint(condition=Q(month__day=1), name="ledger_movement_month"),
            models.CheckConstraint(condition=Q(sides__gte=2), name="ledger_movement_sides"),
            models.CheckConstraint(condition=Q(key__regex=_CODE), name="ledger_movement_key"),
            models.CheckConstraint(
                condition=Q(kind__in=PAIRED, pair__isnull=False) | (~Q(kind__in=PAIRED) & Q(pair=None)),
                name="ledger_transfer_has_two_sides",
            ),
        ]
        indexes = [
            models.Index(fields=["establishment", "fund", "-on", "-id"], name="ledger_movement_list"),
            models.Index(fields=["recorded_at", "establishment"], name="ledger_movement_lately"),
            models.Index(fields=["pair"], condition=Q(pair__isnull=False), name="ledger_movement_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Line(models.Model):
    """A side of a movement: so many cents on an account, for a month. Those of a movement add up to zero.

    Establishment and fund are the movement's (a foreign key of three columns holds that).
    """

    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="lines")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    fund = models.CharField(max_length=10, choices=_FUNDS)
    account = models.CharField(max_length=15, choices=Account.choices)
    month = models.DateField()
    amount = models.BigIntegerField()

    class Meta:
        db_table = "ledger_line"
        constraints = [
            models.CheckConstraint(condition=Q(account__in=Account.values), name="ledger_line_account"),
            models.CheckConstraint(condition=Q(month__day=1), name="ledger_line_month"),
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_line_amount"),
        ]
        indexes = [models.Index(fields=["establishment", "fund", "month"], name="ledger_line_sums")]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"


class BankFile(models.Model):
    """A statement of a fund's bank account that was imported, whole. `digest`: SHA-256 of its file, which is done once.

    A file may hold the statements of several accounts.
    """

    fund = models.CharField(max_length=10, choices=_FUNDS)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=10)
    imported_at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "ledger_bankfile"
        constraints = [models.UniqueConstraint(fields=["digest", "fund"], name="bank_file_once")]

    def __str__(self) -> str:
        return self.name


class BankPayment(models.Model):
    """A transfer that a fund's bank account received, and what became of it; or one that the bank took back (`debit`).

    `key`: the bank's own number of the entry, or what stands for it; `establishment`: recognised, None while nobody is.
    `why`: why it waits (`payments.matching.WHY`), `found`: what was recognised, for who decides. `movement`: its entry
    in the accounts; of one that was taken back, the counter-entry. `of`: which transfer the bank took back.
    """

    class State(models.TextChoices):
        MATCHED = "matched", "Rapproché"
        WAITING = "waiting", "En attente"
        ATTACHED = "attached", "Rattaché"
        RETURNED = "returned", "Renvoyé"
        TWIN = "twin", "Déjà compté"

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, db_index=False)
    fund = models.CharField(max_length=10, choices=_FUNDS)
    key = models.CharField(max_length=100)
    amount = models.BigIntegerField()
    debit = models.BooleanField(default=False)
    of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False, related_name="taken_back")
    on = models.DateField()
    reference = models.CharField(max_length=40, blank=True)
    label = models.CharField(max_length=300, blank=True)
    payer = models.CharField(max_length=140, blank=True)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, db_index=False)
    movement = models.OneToOneField(Movement, on_delete=models.PROTECT, null=True)
    state = models.CharField(max_length=10, choices=State.choices)
    why = models.CharField(max_length=20, blank=True)
    found = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "ledger_bankpayment"
        constraints = [
            models.UniqueConstraint(fields=["fund", "key"], name="bank_payment_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_payment_amount"),
            models.CheckConstraint(
                condition=Q(state__in=["matched", "attached"], movement__isnull=False, establishment__isnull=False)
                | Q(state__in=["waiting", "returned", "twin"], movement=None),
                name="bank_payment_state",
            ),
            models.CheckConstraint(condition=~Q(state="waiting") | ~Q(why=""), name="bank_payment_waits_why"),
            models.CheckConstraint(condition=Q(of=None) | Q(debit=True), name="bank_payment_of_debit"),
            models.UniqueConstraint(fields=["of"], condition=Q(of__isnull=False), name="bank_payment_back_once"),
            models.CheckConstraint(
                condition=~Q(state="returned") | (~Q(note="") & Q(decided_at__isnull=False)),
                name="bank_payment_returned_why",
            ),
        ]
        indexes = [
            models.Index(fields=["fund", "on", "id"], condition=Q(state="waiting"), name="bank_payment_queue"),
            models.Index(fields=["fund", "-received_at", "-id"], name="bank_payment_journal"),
            models.Index(fields=["establishment", "-on"], name="bank_payment_place"),
            models.Index(fields=["received_at"], name="bank_payment_old"),
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.key}"
