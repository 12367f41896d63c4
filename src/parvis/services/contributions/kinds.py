"""The journal's event types of « Cotisations »: fund, period and amount."""

from collections.abc import Mapping
from typing import Any

from parvis.establishments.funds import FUNDS
from parvis.journal.kinds import Kind, register
from parvis.ledger.words import euros


def _declared(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    corrected = " · correction" if after["version"] > 1 else ""
    return f"{FUNDS[after['fund']].short} · {after['period']} · {euros(after['amount'])}{corrected}"


register(Kind("contributions.declared", "Cotisations déclarées", _declared))
