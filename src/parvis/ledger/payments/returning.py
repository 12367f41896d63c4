"""A transfer that the bank took back: which one it was, what becomes of its entry in the accounts, and who is told.

Known by the bank's number of the first one, by the reference that the payer gave, or by the number that the payer's
bank gave; of the same fund and amount, and only where one alone fits. Anything else waits for an adviser.
"""

import datetime

from django.db.models import Q, QuerySet

from parvis.ground import clock
from parvis.ground.pages.filters import date_long
from parvis.journal.actions import Actor
from parvis.ledger import references
from parvis.ledger.actions import Recorded, counter_all
from parvis.ledger.models import BankPayment, Movement
from parvis.ledger.payments.statements import Received

State = BankPayment.State
SHORTEST = 6  # of a number that is looked for in what was written: a shorter one stands there by chance


def candidates(fund: str, amount: int, on: datetime.date) -> QuerySet[BankPayment]:
    """The transfers of that amount that the bank may have taken back on that day, the latest first."""
    rows = BankPayment.objects.filter(fund=fund, amount=amount, on__lte=on, debit=False, taken_back=None)
    return rows.exclude(state=State.TWIN).order_by("-on", "-pk")


def original(fund: str, one: Received) -> BankPayment | None:
    """The transfer that a return names; None where none does, or several do."""
    rows = candidates(fund, one.amount, one.on)
    structured = references.compact(one.reference)
    ways = [Q(key__in=one.originals)] if one.originals else []
    if structured:
        ways.append(Q(reference__in=[one.reference, structured]))
    ways += [Q(label__contains=number) for number in one.originals if len(number) >= SHORTEST]
    for way in ways:
        found = list(rows.filter(way)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            return None
    return None


def key_of_movement(payment: BankPayment) -> str:
    """The key of the movement that a transfer made."""
    return str(Movement.objects.values_list("key", flat=True).get(pk=payment.movement_id or 0))


def take_back(*, actor: Actor, payment: BankPayment, on: datetime.date, reason: str) -> tuple[int | None, str]:
    """Take back what a transfer paid, all of it: in the scope of its establishment, or as the owner.

    The counter-entry (None where the transfer was on no account), and what became of it in a sentence.
    """
    if payment.movement_id is not None:
        number = _countered(actor, payment, on, reason)
        return number, "Le versement est annulé sur le compte : le montant est de nouveau à payer."
    if payment.state == State.RETURNED:
        return None, "La banque a renvoyé ce virement, comme il lui avait été demandé."
    return None, f"La banque l’a repris le {date_long(on)} : il n’était sur aucun compte."


def no_longer_waits(payment: BankPayment, note: str) -> None:
    """A transfer that waited, and that the bank took back: nobody decides on it any more."""
    if payment.state == State.WAITING:
        payment.state, payment.decided_at, payment.note = State.RETURNED, clock.now(), note
        payment.save(update_fields=["state", "decided_at", "note"])


def _countered(actor: Actor, payment: BankPayment, on: datetime.date, reason: str) -> int:
    """What it paid, and what went from it to other funds, all of it at once."""
    key, place = key_of_movement(payment), payment.establishment_id or 0
    why = f"Virement repris par la banque{f' : {reason}' if reason else ''}."[:200]
    back = Movement.objects.filter(establishment_id=place, counters__isnull=False).values("counters")
    moved = Movement.objects.filter(establishment_id=place, key__startswith=f"{key}:", counters=None)
    by_fund: dict[str, list[str]] = {payment.fund: [key]}
    for one in moved.exclude(pk__in=back):
        by_fund.setdefault(one.fund, []).append(one.key)
    made: dict[tuple[str, str], Recorded] = {}
    for fund, keys in by_fund.items():
        done = counter_all(actor=actor, establishment=place, fund=fund, keys=keys, on=on, why=why)
        made |= {(fund, one): each for one, each in zip(keys, done, strict=True)}
    return made[payment.fund, key].id
