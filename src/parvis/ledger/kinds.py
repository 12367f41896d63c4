"""The journal's event types of the accounts: fund, kind, month and amount; never who paid, nor a label of the bank."""

from collections.abc import Mapping
from typing import Any

from parvis.establishments.funds import FUNDS
from parvis.journal.kinds import Kind, register
from parvis.ledger.models import Kind as Movement
from parvis.ledger.words import euros, month_in_words


def _recorded(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    what = Movement(after["kind"]).label
    said = f"Annulation : {what.lower()}" if after["counters"] else str(what)
    return f"{FUNDS[after['fund']].short} · {said} · {month_in_words(after['month'])} · {euros(abs(after['amount']))}"


def _payment(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{FUNDS[after['fund']].short} · virement de {euros(after['amount'])}"


register(
    Kind("ledger.recorded", "Mouvement sur le compte de cotisations", _recorded),
    Kind("ledger.payment_returned", "Virement renvoyé par un conseiller", _payment),
)
