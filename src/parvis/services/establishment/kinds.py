"""The journal's event types of « Mon établissement »: fields, years and funds, never a name, an address or a figure."""

from collections.abc import Mapping
from typing import Any

from parvis.journal.kinds import Kind, register
from parvis.services.establishment.blocks import BLOCKS, Block


def _reader(block: Block) -> Any:
    def describe(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
        said = ", ".join(block.label(name) for name in after.get("fields", []))
        return f"{after['year']} · {said}" if after.get("year") else said

    return describe


register(*(Kind(block.kind, f"{block.title} : déclaration", _reader(block)) for block in BLOCKS.values()))
