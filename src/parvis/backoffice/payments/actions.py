"""Putting a transfer on an account, or sending it back with a reason; which one it was that the bank took back."""

import datetime
import uuid

from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.acting import within
from parvis.backoffice.payments import queries
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name
from parvis.ledger import actions as ledger
from parvis.ledger import sides
from parvis.ledger.actions import Recorded
from parvis.ledger.models import BankPayment, Kind
from parvis.ledger.payments.importing import key_of
from parvis.ledger.payments.matching import Shares, spread
from parvis.ledger.payments.returning import candidates, no_longer_waits, take_back
from parvis.ledger.payments.telling import tell_returned, tell_taken_back
from parvis.regulations.periods import month_of

State = BankPayment.State
LONGEST = 500


def _waiting(ref: uuid.UUID) -> BankPayment:
    found = BankPayment.objects.select_for_update(of=("self",)).filter(ref=ref).first()
    if found is None:
        raise Refused("Ce virement n’existe pas, ou n’est pas de vos fonds.")
    if found.state != State.WAITING:
        raise Refused(f"Ce virement n’est plus à traiter : {found.get_state_display().lower()}.")
    return found


def _decided(who: AdviserStanding, found: BankPayment, state: BankPayment.State, note: str = "") -> BankPayment:
    found.state, found.decided_at, found.decided_by, found.note = state, clock.now(), who.ref, note
    found.save(update_fields=["state", "decided_at", "decided_by", "note", "establishment", "movement"])
    return found


@action
def attach(*, who: AdviserStanding, ref: uuid.UUID, siret: str, choice: str) -> BankPayment:
    """Put a transfer on the account of an establishment, where `choice` says (`queries.choices`). Raises Refused."""
    found = _waiting(ref)
    if found.debit:
        raise Refused("Ce virement est repris par la banque : choisissez lequel c’était.", field="choix")
    place = queries.place_of(siret, found.fund)
    if place is None:
        raise Refused(
            "Aucun établissement de ce SIRET n’a de contrat avec ce fonds : vérifiez le SIRET.", field="siret"
        )
    if choice not in {one.value for one in queries.choices(found, place, who)}:
        raise Refused("Choisissez où va ce virement : ce qui restait à payer a pu changer.", field="choix")
    about = queries.owed_by(place)
    owed = about.of(about.by_siret[place.siret], found.fund)
    shares, charges, moves = _shares(found, choice, owed.open())
    with within(who, place.pk):
        made = ledger.record(
            actor=who.actor,
            establishment=place.pk,
            fund=found.fund,
            kind=Kind.PAYMENT,
            month=min([*shares, *charges]),
            sides=sides.payment(shares, charges=charges),
            key=key_of(found.fund, found.key),
            on=found.on,
            reference=found.reference,
            label="Rattaché par un conseiller.",
        )
        _moved(who, found, place, moves)
    found.establishment, found.movement_id = place, made.id
    return _decided(who, found, State.ATTACHED)


def _shares(
    found: BankPayment, choice: str, owed: Shares
) -> tuple[Shares, Shares, list[tuple[str, datetime.date, int]]]:
    """What the transfer pays here of contributions and of charges, and what then moves to other funds."""
    what, _, month = choice.partition(":")
    own = found.on.replace(day=1)
    if what == "mois":
        day = month_of(month)
        return spread(found.amount, {day: owed[day]}, day), {}, []
    if what == "majorations":
        return {}, {month_of(month): found.amount}, []
    if what == "ancien":
        return spread(found.amount, owed, max(owed)), {}, []
    if what == "transfert":
        # In and out in the same month: no other month of this fund seems to be owed.
        day = month_of(found.found["month"])
        return {day: found.amount}, {}, [(found.found["fund"], day, found.amount)]
    if what == "reparti":
        shares: Shares = {}
        moves = []
        for part in found.found["parts"]:
            day = month_of(part["month"])
            shares[day] = shares.get(day, 0) + part["amount"]
            if part["fund"] != found.fund:
                moves.append((part["fund"], day, part["amount"]))
        return shares, {}, moves
    return {own: found.amount}, {}, []


def _moved(
    who: AdviserStanding, found: BankPayment, place: Establishment, moves: list[tuple[str, datetime.date, int]]
) -> list[tuple[Recorded, Recorded]]:
    return [
        ledger.transfer(
            actor=who.actor,
            establishment=place.pk,
            giver=found.fund,
            taker=taker,
            amount=amount,
            month=month,
            key=f"{key_of(found.fund, found.key)}:{number}",
            label="Virement arrivé sur le compte d’un autre fonds.",
        )
        for number, (taker, month, amount) in enumerate(moves, start=1)
    ]


@action
def send_back(*, who: AdviserStanding, ref: uuid.UUID, why: str) -> BankPayment:
    """Send a transfer back to who made it, with a reason that the employer reads. Raises Refused."""
    note = " ".join(why.split())
    if not note or len(note) > LONGEST:
        raise Refused(
            f"Dites pourquoi ce virement est renvoyé, en {LONGEST} caractères au plus : l’employeur le lira.",
            field="raison",
        )
    found = _waiting(ref)
    if found.establishment_id is not None and not found.debit:
        # The transfer is of their fund, also where its establishment never had a contract with it.
        with tenancy.scope(establishment=found.establishment_id):
            remember_name(who.ref, who.signature, establishment=found.establishment_id)
            record(
                "ledger.payment_returned",
                actor=who.actor,
                object=found.ref,
                after={"fund": found.fund, "amount": found.amount},
            )
            tell_returned(found)
    return _decided(who, found, State.RETURNED, note)


@action
def settle_return(*, who: AdviserStanding, ref: uuid.UUID, choice: str) -> BankPayment:
    """Say which transfer the bank took back: what it paid is to be paid again. Raises Refused."""
    found = _waiting(ref)
    rows = candidates(found.fund, found.amount, found.on).select_for_update(of=("self",))
    first = next((one for one in rows if str(one.ref) == choice), None) if found.debit else None
    if first is None:
        raise Refused("Choisissez le virement que la banque a repris : il a pu être rapproché depuis.", field="choix")
    asked, place, reason = first.state == State.RETURNED, first.establishment_id, str(found.found.get("reason", ""))
    if place is None:
        number, note = take_back(actor=who.actor, payment=first, on=found.on, reason=reason)
    else:
        with within(who, place):
            number, note = take_back(actor=who.actor, payment=first, on=found.on, reason=reason)
            if not asked:
                tell_taken_back(first, found.on, place)
    no_longer_waits(first, note)
    found.of, found.establishment_id, found.movement_id = first, place, number
    found.save(update_fields=["of"])
    return _decided(who, found, State.ATTACHED if number else State.RETURNED, note)


@action
def same(*, who: AdviserStanding, ref: uuid.UUID) -> BankPayment:
    """Say that a transfer is one that was counted already: it goes on no account. Raises Refused."""
    found = _waiting(ref)
    if found.why != "twin":
        raise Refused("Ce virement n’a pas son pareil dans un autre relevé.")
    return _decided(who, found, State.TWIN, "Le même virement est dans un autre relevé.")
