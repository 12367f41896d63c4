"""« Transfert inter-fonds »: what was paid to one fund and was meant for another is moved, on both accounts at once.

Source: politiques-sociales.caissedesdepots.fr/FAEFM, paiement de la cotisation (services.md §3.5): the target fund, the
details, an attestation.
"""

from typing import Any

from django import forms
from django.conf import settings

from parvis.access.forms import FrenchDateField
from parvis.dossiers.forms import MoneyField, PickField, StepForm
from parvis.dossiers.models import Dossier
from parvis.dossiers.registry import Asking, Condition, Decider, Granting, Kind, Piece, Step, declare
from parvis.dossiers.sealed import Answers
from parvis.establishments.funds import FUNDS
from parvis.exchanges.forms import TextField
from parvis.ground import clock
from parvis.ground.fields import LineField
from parvis.ledger.actions import transfer
from parvis.ledger.models import Account
from parvis.services.contributions.requests.credits import (
    credit,
    enough,
    only_what_is_owed,
    only_what_is_there,
    payable,
)
from parvis.services.contributions.requests.fields import PAID_TO, MonthField, fund_field, month_of, offer, short

CONTRIBUTIONS, CHARGES = "cotisations", "majorations"
WHAT = {CONTRIBUTIONS: "Des cotisations", CHARGES: "Des majorations ou des pénalités"}


class FundsForm(StepForm):
    """Where the money is, where it should be."""

    giver = fund_field("Quel fonds a reçu le virement ?", "Reçu par")
    taker = fund_field("À quel fonds était-il destiné ?", "Destiné à")

    def asked(self, asking: Asking) -> None:
        offer(self, "giver", asking)
        offer(self, "taker", asking)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("giver") and data.get("giver") == data.get("taker"):
            self.add_error("taker", "C’est le fonds qui l’a reçu : choisissez celui auquel il était destiné.")
        return data


class DetailsForm(StepForm):
    """Which transfer. What it paid is asked where the fund that received it holds a credit on charges: else it is
    contributions."""

    what = PickField(
        label="Qu’est-ce que ce virement devait payer ?",
        missing="Dites ce que ce virement devait payer.",
        term="Devait payer",
        choices=list(WHAT.items()),
        hints={CHARGES: "Le crédit sur les majorations d’un fonds paie celles de l’autre."},
    )
    paid_on = FrenchDateField(label="Date du virement", required=True, missing="Saisissez la date du virement.")
    amount = MoneyField(label="Montant à transférer, en euros", missing="Saisissez le montant à transférer.")
    month = MonthField(
        label="Mois que ce virement devait payer", missing="Saisissez le mois que ce virement devait payer."
    )
    reference = LineField(label="Référence portée sur le virement", required=False, limit=40)
    words = TextField(label="Précisions", missing="Dites en une phrase ce qui s’est passé.", limit=2000)

    def asked(self, asking: Asking) -> None:
        giver = str(_of(asking.answers, "fonds", "giver") or "")
        known = _of(asking.answers, "details", "what")
        if not known and (asking.who is None or not credit(asking.establishment_id, giver, Account.CHARGES)):
            del self.fields["what"]

    def clean_paid_on(self) -> Any:
        day = self.cleaned_data["paid_on"]
        if day > clock.today():
            raise forms.ValidationError("Ce jour n’est pas encore venu : vérifiez la date du virement.")
        return day


def _of(answers: Answers, step: str, name: str) -> Any:
    return answers.get(step, {}).get(name)


def _amount(answers: Answers) -> int | None:
    held = _of(answers, "details", "amount")
    return held if isinstance(held, int) else None


def _account(answers: Answers) -> Account:
    return Account.CHARGES if _of(answers, "details", "what") == CHARGES else Account.CONTRIBUTIONS


def _title(answers: Answers) -> str:
    giver, taker = (FUNDS.get(str(_of(answers, "fonds", name))) for name in ("giver", "taker"))
    return f"Transfert {giver.of_it} {taker.to_it}" if giver and taker else ""


def _conditions(asking: Asking) -> list[Condition]:
    giver, amount, account = _of(asking.answers, "fonds", "giver"), _amount(asking.answers), _account(asking.answers)
    if not giver or amount is None:
        return []
    found = [enough(asking.establishment_id, giver, amount, account)]
    if account is Account.CHARGES:
        found.append(payable(asking.establishment_id, str(_of(asking.answers, "fonds", "taker")), amount))
    return found


def _decider(dossier: Dossier, granted: int | None) -> Decider:
    return Decider(short(dossier.fund), two=(dossier.amount or 0) >= settings.PARVIS_DOSSIER_TWO_ADVISERS)


def _moved(granting: Granting) -> None:
    """Out of one account and into the other: both, or neither. What was paid of charges pays charges there."""
    dossier, answers, amount = granting.dossier, granting.answers, granting.granted or 0
    place, taker = dossier.establishment_id, str(_of(answers, "fonds", "taker"))
    month, account = month_of(answers, "details"), _account(answers)
    shares = only_what_is_there(place, dossier.fund, amount, month, account)
    pays = only_what_is_owed(place, taker, amount, month) if account is Account.CHARGES else None
    transfer(
        actor=granting.actor,
        establishment=place,
        giver=dossier.fund,
        taker=taker,
        amount=amount,
        month=month or granting.on,
        key=f"transfer:{dossier.ref}",
        label=dossier.title,
        of=shares,
        pays=pays,
        account=account,
    )


TRANSFER = declare(
    Kind(
        code="transfert-inter-fonds",
        label="Transfert inter-fonds",
        name="demande de transfert",
        service="cotisations",
        sentence="Un virement parti au mauvais fonds : il passe d’un compte à l’autre, sans nouveau paiement.",
        funds=frozenset(PAID_TO),
        steps=(Step("fonds", "Les deux fonds", FundsForm), Step("details", "Le virement", DetailsForm)),
        title=_title,
        fund=lambda answers: str(_of(answers, "fonds", "giver") or ""),
        amount=_amount,
        pieces=lambda answers: (
            Piece("avis-de-virement", "Avis de virement", "Ce que la banque ou le comptable public a émis."),
        ),
        conditions=_conditions,
        decider=_decider,
        effect=_moved,
        accepted="La somme est passée d’un compte à l’autre : les deux comptes sont à jour.",
        attestation="J’atteste que ce virement a été fait par erreur et que l’établissement demande son transfert.",
        rank=20,
    )
)
