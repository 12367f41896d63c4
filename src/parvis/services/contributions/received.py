"""The transfers that the funds received and recognised as this establishment's: booked, waiting, sent back."""

from dataclasses import dataclass

from django.db.models import Case, QuerySet, When

from parvis.establishments.funds import FUNDS
from parvis.ground.pages.filters import date_long
from parvis.ledger import references
from parvis.ledger.models import BankPayment
from parvis.ledger.payments.matching import WHY, explained
from parvis.ledger.words import euros

TONES = {"matched": "well", "attached": "well", "waiting": "attention", "returned": "wrong", "twin": "neutral"}


@dataclass(frozen=True, slots=True)
class Received:
    """A transfer, strings ready to show."""

    payment: BankPayment
    fund: str
    amount: str
    state: str
    tone: str
    reference: str
    why: str
    sentence: str


def rows(establishment: int) -> QuerySet[BankPayment]:
    """Those that wait, then the latest; what the bank took back is told with the transfer that it was."""
    waits = Case(When(state=BankPayment.State.WAITING, then=0), default=1)
    found = BankPayment.objects.filter(establishment_id=establishment, debit=False).prefetch_related("taken_back")
    return found.order_by(waits, "-on", "-id")


def waiting(establishment: int) -> list[Received]:
    """Those that wait for an adviser."""
    return [shown(one) for one in rows(establishment).filter(state=BankPayment.State.WAITING)]


def shown(one: BankPayment) -> Received:
    """As the employer reads it: why it waits, or why it was sent back."""
    waits = one.state == BankPayment.State.WAITING
    sentence = explained(one.fund, one.why, one.found, one.amount) if waits else one.note
    state, tone = str(BankPayment.State(one.state).label), TONES[one.state]
    back = next(iter(one.taken_back.all()), None)
    if back is not None and one.movement_id is not None:
        state, tone = "Repris par la banque", "wrong"
        reason = f" ({back.found['reason']})" if back.found.get("reason") else ""
        sentence = f"Votre banque l’a repris le {date_long(back.on)}{reason} : il est de nouveau à payer."
    return Received(
        payment=one,
        fund=FUNDS[one.fund].short,
        amount=euros(one.amount),
        state=state,
        tone=tone,
        reference=references.shown(references.compact(one.reference)) if one.reference else one.label,
        why=WHY.get(one.why, "") if waits else "",
        sentence=sentence,
    )
