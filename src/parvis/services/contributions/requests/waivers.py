"""« Demande de remise de majorations »: of one surcharge, where the conditions hold; the fund gives it up.

Source: juris-cnracl.retraites.fr, majoration de retard (services.md §3.2): paid in full, within thirty days, two delays
a year at most; the director decides up to 100 000 €, the board beyond. The conditions: `waivers.py` of the service.
"""

import uuid
from typing import Any

from django.conf import settings

from parvis.access.actions.guards import locked
from parvis.dossiers.forms import PickField, StepForm
from parvis.dossiers.models import Dossier
from parvis.dossiers.registry import Asking, Condition, Decider, Granting, Kind, Piece, Step, declare
from parvis.dossiers.sealed import Answers
from parvis.exchanges.forms import TextField
from parvis.ground.tenancy import Refused
from parvis.ledger import sides
from parvis.ledger.actions import Different, record
from parvis.ledger.models import Kind as Movement
from parvis.ledger.queries import Sums
from parvis.services.contributions.accounts import accounts_of
from parvis.services.contributions.charges import Charge, charge, charges, conditions
from parvis.services.contributions.requests.fields import PAID_TO, month_of, short

ALREADY = "Une remise a déjà été accordée pour cette majoration : une même majoration n’est remise qu’une fois."


def _open(asking: Asking) -> list[Charge]:
    """The surcharges of the establishment that were not taken back."""
    found = charges(asking.establishment_id, sorted(asking.funds))
    return [one for one in found if one.delay is not None and not one.taken_back]


class ChargeForm(StepForm):
    """Which surcharge."""

    charge = PickField(
        label="Quelle majoration ?",
        missing="Choisissez une majoration. S’il n’y en a aucune, il n’y a rien à remettre.",
    )

    def asked(self, asking: Asking) -> None:
        # Who only reads what was chosen needs no list: it says itself which.
        self.rows = {str(one.movement.ref): one for one in _open(asking)} if asking.who is not None else {}
        self.fields["charge"].choices = [(ref, _said(one)) for ref, one in self.rows.items()]  # type: ignore[attr-defined]

    def shown(self) -> list[tuple[str, str]]:
        """What was chosen, as it was that day."""
        said = self.asking.answers.get("majoration", {}).get("said", "")
        return [("Majoration", said)] if said else []

    def answers(self) -> dict[str, Any]:
        """With what was chosen as it was that day: fund, month, amount."""
        ref = self.cleaned_data["charge"]
        one = self.rows[ref]
        return {
            "charge": ref,
            "said": _said(one),
            "fund": one.movement.fund,
            "month": one.movement.month.isoformat(),
            "amount": one.amount,
        }


class WhyForm(StepForm):
    """Why the payment was late."""

    terms = {"words": "Pourquoi ce retard"}

    words = TextField(
        label="Pourquoi le paiement est-il arrivé en retard ?",
        missing="Expliquez en deux phrases pourquoi le paiement est arrivé en retard.",
        limit=2000,
    )


def _said(one: Charge) -> str:
    return f"{one.fund}, {one.month} : {one.said}"


def _held(answers: Answers, name: str) -> Any:
    return answers.get("majoration", {}).get(name)


def _title(answers: Answers) -> str:
    said = _held(answers, "said")
    return f"Majoration {said.split(' : ')[0]}" if said else ""


def _conditions(asking: Asking) -> list[Condition]:
    ref = _held(asking.answers, "charge")
    one = charge(asking.establishment_id, uuid.UUID(ref)) if ref else None
    if one is None or one.delay is None:
        return []
    fund = one.movement.fund
    book = accounts_of(asking.establishment_id, asking.funds, asking.today, fund=fund)
    payments = [pay for pay in book.of(fund).payments if any(m.month == one.movement.month for m in pay.months)]
    everything = charges(asking.establishment_id, [fund])
    sums = payments[0].sums if payments else book.book.months.get(fund, {}).get(one.movement.month, Sums())
    return [Condition(each.asked.rstrip("."), each.holds, each.found) for each in conditions(one, everything, sums)]


def _decider(dossier: Dossier, granted: int | None) -> Decider:
    asked = granted if granted is not None else dossier.amount or 0
    if asked > settings.PARVIS_WAIVER_DIRECTOR:
        return Decider(f"le conseil d’administration ({short(dossier.fund)})", two=True, reference=True)
    return Decider(f"la direction ({short(dossier.fund)})", two=asked >= settings.PARVIS_DOSSIER_TWO_ADVISERS)


def _given_up(granting: Granting) -> None:
    """The fund gives the surcharge up: it is owed no more; what was paid of it is a credit, which is asked back."""
    dossier, amount = granting.dossier, granting.granted or 0
    locked(dossier.establishment_id)
    one = charge(dossier.establishment_id, uuid.UUID(str(_held(granting.answers, "charge"))))
    if one is None or one.taken_back:
        raise Refused("Cette majoration n’est plus due : elle a été annulée. Classez cette demande sans suite.")
    try:
        done = record(
            actor=granting.actor,
            establishment=dossier.establishment_id,
            fund=dossier.fund,
            kind=Movement.WAIVER,
            month=month_of(granting.answers, "majoration") or granting.on,
            sides=sides.waiver(amount),
            key=f"waiver:{one.movement.ref}",
            on=granting.on,
            reference=dossier.reference,
            label=f"Remise, {dossier.title[0].lower()}{dossier.title[1:]}"[:200],
        )
    except Different as fault:
        raise Refused(ALREADY) from fault
    if not done.new:
        raise Refused(ALREADY)


WAIVER = declare(
    Kind(
        code="remise-de-majorations",
        label="Demande de remise de majorations",
        name="demande de remise",
        service="cotisations",
        sentence="Une majoration de retard, quand tout est payé, dans les trente jours, et que les retards sont rares.",
        funds=frozenset(PAID_TO),
        steps=(Step("majoration", "La majoration", ChargeForm), Step("raison", "La raison", WhyForm)),
        title=_title,
        fund=lambda answers: str(_held(answers, "fund") or ""),
        amount=lambda answers: _held(answers, "amount"),
        pieces=lambda answers: (
            Piece(
                "justificatif",
                "Ce qui explique le retard",
                "Courrier de la trésorerie, panne, vacance de poste…",
                False,
            ),
        ),
        conditions=_conditions,
        decider=_decider,
        effect=_given_up,
        accepted="La majoration est remise : elle ne figure plus dans ce que vous devez. Si elle était déjà payée, le "
        "compte montre un crédit : demandez-en le remboursement.",
        partial=True,
        target_days=30,
        rank=30,
    )
)
