"""What people are told of contributions: a transfer sent back, or taken back by the bank; a penalty.

Due notices and invoices come as letters.
"""

from typing import Any

from parvis.establishments.funds import FUNDS
from parvis.ground.pages.addresses import address
from parvis.ledger.payments.telling import RETURNED, TAKEN_BACK
from parvis.ledger.words import euros, month_in_words
from parvis.notices.registry import Kind, Shown, declare

PENALTY = "contributions_penalty"


def _returned(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    return Shown(
        "Virement renvoyé",
        f"Un virement reçu sur le compte {FUNDS[detail['fund']].short} vous est renvoyé : la raison est indiquée.",
        address("service_contributions:received", siret),
        "Lire la raison",
    )


def _taken_back(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    return Shown(
        "Virement repris par la banque",
        f"La banque a repris un virement de {euros(detail['amount'])} fait au fonds {FUNDS[detail['fund']].short} : ce "
        "qu’il avait payé est de nouveau à payer.",
        address("service_contributions:received", siret),
        "Voir ce virement",
    )


def _penalty(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    return Shown(
        "Pénalité pour déclaration tardive",
        f"La déclaration de {month_in_words(detail['month'])} au fonds {FUNDS[detail['fund']].short} est arrivée après "
        "son dernier jour : le calcul est indiqué pas à pas.",
        address("service_contributions:charge", siret, detail["ref"]),
        "Voir le calcul",
    )


declare(Kind(RETURNED, "un fonds renvoie un virement", _returned))
declare(Kind(TAKEN_BACK, "la banque reprend un virement fait à un fonds", _taken_back))
declare(Kind(PENALTY, "une déclaration arrivée en retard coûte une pénalité", _penalty))
