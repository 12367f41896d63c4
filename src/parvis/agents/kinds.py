"""What an establishment's history says of its agents: schemes, days and hours, never a name, a NIR or a birth."""

from collections.abc import Mapping
from typing import Any

from parvis.ground.pages.filters import plural
from parvis.journal.kinds import Kind, register


def _count(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return plural(int(after["count"]), "agent", "agents")


def _arrived(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{_count(before, after)} · venus de l’établissement repris : {after['from']}"


register(
    Kind("agents.arrived", "Agents venus d’un établissement repris", _arrived),
    Kind("agents.enrolled", "Agents entrés par une déclaration", _count),
)
