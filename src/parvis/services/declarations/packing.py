"""An individual of a declaration as sealed text, and back: what a correction changes and the checks look at again."""

import datetime
import json
from dataclasses import fields
from typing import Any

from parvis.dsn import shapes
from parvis.dsn.shapes import Individual
from parvis.ground.sealing import seal, unseal

PURPOSE = "declared-individual"
# The fields of each shape that hold shapes themselves.
_INSIDE: dict[type, dict[str, type]] = {
    shapes.Contract: {"absences": shapes.Absence, "suspensions": shapes.Suspension, "endings": shapes.Ending},
    shapes.Base: {"contributions": shapes.Contribution},
    shapes.Payment: {"pay": shapes.Pay, "premiums": shapes.Premium, "bases": shapes.Base},
}
_OF_INDIVIDUAL: dict[str, type] = {"contracts": shapes.Contract, "payments": shapes.Payment}
_PLAIN = [one.name for one in fields(Individual) if one.name not in _OF_INDIVIDUAL]
_DAY = "@"


def _out(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return _DAY + value.isoformat()
    return [_out(one) for one in value] if isinstance(value, tuple) else value


def _back(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_DAY):
        return datetime.date.fromisoformat(value[1:])
    return tuple(_back(one) for one in value) if isinstance(value, list) else value


def _shape(kind: Any, values: list[Any]) -> Any:
    inside = _INSIDE.get(kind, {})
    return kind(
        *(
            tuple(_shape(inside[name], one) for one in value) if name in inside else _back(value)
            for name, value in zip(kind._fields, values, strict=True)
        )
    )


def packed(one: Individual) -> str:
    """Everything that was declared, sealed."""
    told = [_out(getattr(one, name)) for name in _PLAIN]
    told += [_out(getattr(one, name)) for name in _OF_INDIVIDUAL]
    return seal(json.dumps(told, ensure_ascii=False, separators=(",", ":")), purpose=PURPOSE)


def unpacked(sealed: str) -> Individual:
    """What was packed. Raises Unsealable."""
    told = json.loads(unseal(sealed, purpose=PURPOSE))
    plain: dict[str, Any] = dict(zip(_PLAIN, map(_back, told), strict=False))
    shaped: dict[str, Any] = {
        name: tuple(_shape(kind, values) for values in several)
        for (name, kind), several in zip(_OF_INDIVIDUAL.items(), told[len(_PLAIN) :], strict=True)
    }
    return Individual(**plain, **shaped)
