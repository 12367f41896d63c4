"""The journal's event types of « Cotisations »: fund, period and amount."""

from collections.abc import Mapping
from typing import Any

from parvis.establishments.funds import FUNDS
from parvis.journal.kinds import Kind, register
from parvis.ledger.models import Kind as Movement
from parvis.ledger.words import euros, month_in_words


def _declared(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    corrected = " · correction" if after["version"] > 1 else ""
    return f"{FUNDS[after['fund']].short} · {after['period']} · {euros(after['amount'])}{corrected}"


def _charge(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    what = Movement(after["kind"]).label
    return f"{FUNDS[after['fund']].short} · {what} · {month_in_words(after['month'])} · {euros(after['amount'])}"


register(
    Kind("contributions.declared", "Cotisations déclarées", _declared),
    Kind("contributions.charged", "Majoration ou pénalité calculée", _charge),
    Kind("contributions.uncharged", "Majoration ou pénalité annulée", _charge),
)
