"""« Demande de remboursement »: what was paid by mistake, the case, its documents, the money back.

Contributions, and surcharges that were paid and then taken back or given up: the account shows a credit on them.

Source: cnracl.retraites.fr, remboursement de cotisations versées à tort (services.md §3.4). The lists of documents are
ours: the page says that they depend on the case.
"""

import datetime
from typing import Any

from django.conf import settings

from parvis.dossiers.forms import MoneyField, PickField, StepForm
from parvis.dossiers.models import Dossier
from parvis.dossiers.registry import Asking, Condition, Decider, Granting, Kind, Piece, Step, declare
from parvis.dossiers.sealed import Answers
from parvis.exchanges.forms import TextField
from parvis.ground.fields import LineField
from parvis.ledger import sides
from parvis.ledger.actions import record
from parvis.ledger.models import Account
from parvis.ledger.models import Kind as Movement
from parvis.ledger.words import euros, month_in_words
from parvis.services.contributions.requests.credits import credit, enough, only_what_is_there
from parvis.services.contributions.requests.fields import PAID_TO, MonthField, fund_field, month_of, offer, short

# Code: how the employer says it, then a sentence that helps to choose.
CASES = {
    "agent": ("Un agent a été soumis à tort", "Il relevait d’un autre régime, ou d’aucun."),
    "retroactif": (
        "Cotisations rétroactives après une validation de services",
        "La période validée avait déjà été cotisée.",
    ),
    "aide-domicile": (
        "Exonération de l’aide à domicile (CCAS, CIAS)",
        "Les cotisations patronales des aides à domicile n’étaient pas dues.",
    ),
    "heures-supplementaires": (
        "Heures supplémentaires non déduites",
        "La réduction n’a pas été appliquée en paie.",
    ),
    "autre-organisme": ("Payé au mauvais organisme", "Le virement était destiné à un organisme hors de ce site."),
    "double": ("Payé deux fois", "Le même mois a été versé deux fois."),
    "regularisation": ("Régularisation de paie en fin d’année", "La paie de décembre reprend des mois de l’année."),
    "trop-verse": ("Trop-versé", "Le virement dépasse ce qui était dû."),
    "erreur": ("Erreur de paie ou de déclaration", "Une assiette ou un taux faux, corrigé depuis."),
    "majoration": (
        "Majoration ou pénalité payée, annulée ou remise depuis",
        "Aussi une majoration payée deux fois : le compte montre un crédit sur les majorations.",
    ),
}
OF_CHARGES = "majoration"
# About one agent: who it is.
OF_AN_AGENT = ("agent", "retroactif", "erreur")
_RIB = Piece("rib", "Relevé d’identité bancaire de l’établissement", "Celui du comptable public.")
_TRANSFER = Piece("avis-de-virement", "Avis ou ordre de virement")
_PAY = Piece("bulletins", "Bulletins de paie de la période")
_PIECES = {
    "agent": (
        Piece("acte", "Acte de nomination, contrat ou arrêté de l’agent", "Ce qui dit de quel régime il relève."),
        _PAY,
    ),
    "retroactif": (Piece("decompte", "Décompte de la validation de services"), _PAY),
    "aide-domicile": (
        Piece("agents", "Liste des agents et des heures d’aide à domicile"),
        Piece("agrement", "Agrément ou habilitation du service"),
    ),
    "heures-supplementaires": (Piece("etat", "État des heures supplémentaires, mois par mois"), _PAY),
    "autre-organisme": (_TRANSFER, Piece("appel", "Appel de cotisations de l’organisme destinataire")),
    "double": (Piece("avis-de-virement", "Avis des deux virements"),),
    "regularisation": (Piece("etat", "État de régularisation de la paie"),),
    "trop-verse": (_TRANSFER,),
    "erreur": (Piece("etat", "Calcul avant et après correction"), Piece("bulletins", _PAY.label, required=False)),
    # The account says by itself what was charged, paid and taken back.
    "majoration": (Piece(_TRANSFER.code, _TRANSFER.label, required=False),),
}


class CaseForm(StepForm):
    """From which fund, and why."""

    fund = fund_field("Quel fonds doit rembourser ?", "Fonds")
    case = PickField(
        label="Pourquoi cette somme n’était-elle pas due ?",
        missing="Choisissez un cas.",
        term="Cas",
        choices=[(code, label) for code, (label, _) in CASES.items()],
        hints={code: hint for code, (_, hint) in CASES.items()},
    )

    def asked(self, asking: Asking) -> None:
        offer(self, "fund", asking)


class PaidForm(StepForm):
    """What was paid."""

    month = MonthField(
        label="Mois des cotisations", missing="Saisissez le mois pour lequel ces cotisations ont été versées."
    )
    amount = MoneyField(label="Montant à rembourser, en euros", missing="Saisissez le montant à rembourser.")
    reference = LineField(label="Référence du virement", required=False, limit=40)
    words = TextField(label="Ce qui s’est passé", missing="Expliquez en deux phrases ce qui s’est passé.", limit=2000)


class ChargesForm(StepForm):
    """Which part of the credit on charges; the account knows the months."""

    amount = MoneyField(label="Montant à rembourser, en euros", missing="Saisissez le montant à rembourser.")
    words = TextField(label="Ce qui s’est passé", missing="Expliquez en deux phrases ce qui s’est passé.", limit=2000)

    def asked(self, asking: Asking) -> None:
        # Who only reads what was asked is told by the conditions what the account shows.
        if asking.who is not None:
            held = credit(asking.establishment_id, _fund(asking.answers), Account.CHARGES)
            self.fields["amount"].help_text = f"Crédit sur les majorations et pénalités, aujourd’hui : {euros(held)}."


class AgentForm(StepForm):
    """Of whom."""

    name = LineField(label="Nom et prénom de l’agent", missing="Saisissez le nom de l’agent.", limit=120)
    number = LineField(label="Numéro d’affiliation", required=False, limit=30)


def _case(answers: Answers) -> str:
    return str(answers.get("cas", {}).get("case", ""))


def _fund(answers: Answers) -> str:
    return str(answers.get("cas", {}).get("fund", ""))


def _of_charges(answers: Answers) -> bool:
    return _case(answers) == OF_CHARGES


def _amount(answers: Answers) -> int | None:
    held: Any = answers.get("majorations" if _of_charges(answers) else "versement", {}).get("amount")
    return held if isinstance(held, int) else None


def _month(answers: Answers) -> datetime.date | None:
    """That of the contributions; charges are given back from the oldest credit on."""
    return None if _of_charges(answers) else month_of(answers, "versement")


def _title(answers: Answers) -> str:
    case = CASES.get(_case(answers), ("",))[0]
    month = _month(answers)
    return ", ".join(one for one in (case, month_in_words(month) if month else "") if one)


def _pieces(answers: Answers) -> tuple[Piece, ...]:
    return (*_PIECES.get(_case(answers), ()), _RIB)


def _conditions(asking: Asking) -> list[Condition]:
    fund, amount, month = _fund(asking.answers), _amount(asking.answers), _month(asking.answers)
    if not fund or amount is None:
        return []
    if _of_charges(asking.answers):
        return [enough(asking.establishment_id, fund, amount, Account.CHARGES)]
    if month is None:
        return []
    found = [enough(asking.establishment_id, fund, amount)]
    if month.year == asking.today.year:
        found.append(
            Condition(
                "Ces cotisations sont d’une année passée",
                False,
                "Elles sont de l’année en cours : la somme peut aussi être déduite, sans demande, d’un prochain "
                "versement de même nature au même fonds.",
                needed=False,
            )
        )
    return found


def _decider(dossier: Dossier, granted: int | None) -> Decider:
    asked = granted if granted is not None else dossier.amount or 0
    return Decider(f"{short(dossier.fund)}", two=asked >= settings.PARVIS_DOSSIER_TWO_ADVISERS)


def _paid_back(granting: Granting) -> None:
    """The money leaves the account: its credit goes down by so much, first in the month that it was paid for."""
    dossier, amount, month = granting.dossier, granting.granted or 0, _month(granting.answers)
    account = Account.CHARGES if _of_charges(granting.answers) else Account.CONTRIBUTIONS
    shares = only_what_is_there(dossier.establishment_id, dossier.fund, amount, month, account)
    record(
        actor=granting.actor,
        establishment=dossier.establishment_id,
        fund=dossier.fund,
        kind=Movement.REFUND,
        month=month or min(shares, default=granting.on),
        sides=sides.refund(amount, of=shares, account=account),
        key=f"refund:{dossier.ref}",
        on=granting.on,
        reference=dossier.reference,
        label=f"Remboursement, {dossier.title}"[:200],
    )


REFUND = declare(
    Kind(
        code="remboursement",
        label="Demande de remboursement",
        name="demande de remboursement",
        service="cotisations",
        sentence="Des cotisations versées à tort : payées deux fois, pour un agent qui n’en relevait pas, par erreur. "
        "Une majoration payée, puis annulée ou remise.",
        funds=frozenset(PAID_TO),
        steps=(
            Step("cas", "Le cas", CaseForm),
            Step("versement", "Le versement", PaidForm, wanted=lambda answers: not _of_charges(answers)),
            Step("majorations", "Les majorations", ChargesForm, wanted=_of_charges),
            Step("agent", "L’agent", AgentForm, wanted=lambda answers: _case(answers) in OF_AN_AGENT),
        ),
        title=_title,
        fund=_fund,
        amount=_amount,
        pieces=_pieces,
        conditions=_conditions,
        decider=_decider,
        effect=_paid_back,
        accepted="Le remboursement est ordonné : il figure sur votre compte, et arrive chez le comptable public.",
        attestation="J’atteste que cette somme n’a été ni remboursée ni déduite d’un autre versement.",
        partial=True,
        rank=10,
    )
)
