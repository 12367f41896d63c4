"""What people are told of contributions: that a transfer was sent back. Due notices and invoices come as letters."""

from typing import Any

from parvis.establishments.funds import FUNDS
from parvis.ground.pages.addresses import address
from parvis.ledger.payments.telling import RETURNED
from parvis.notices.registry import Kind, Shown, declare


def _returned(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    return Shown(
        "Virement renvoyé",
        f"Un virement reçu sur le compte {FUNDS[detail['fund']].short} vous est renvoyé : la raison est indiquée.",
        address("service_contributions:received", siret),
        "Lire la raison",
    )


declare(Kind(RETURNED, "un fonds renvoie un virement", _returned))
