"""What waits between a preview and its confirmation: encrypted, in the establishment's own rows, for a day."""

import base64
import json
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from parvis.access.bulk.planning import Cells, Line
from parvis.access.models import Import
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.sealing import seal, unseal
from parvis.ground.tenancy import Refused

PURPOSE = "import"
GONE = (
    "Cet aperçu n’existe plus : il a été abandonné, remplacé par un autre, ou il a plus d’un jour. Choisissez de "
    "nouveau votre fichier."
)
_SHOWN = ("number", "kind", "name", "identifier", "changes", "reasons", "notes", "stamp", "account_id")


@dataclass(frozen=True, slots=True)
class Held:
    """The lines of the file, what was told of its columns, and the preview that its author has seen."""

    cells: list[Cells]
    remarks: list[str]
    lines: list[Line]


def sealed(held: Held) -> str:
    """As kept."""
    keys = sorted({key for cells in held.cells for key in cells.values})
    said = json.dumps(
        {
            "keys": keys,
            "cells": [[cells.number, *(cells.values.get(key) for key in keys)] for cells in held.cells],
            "remarks": held.remarks,
            "lines": [[getattr(line, name) for name in _SHOWN] for line in held.lines],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return seal(base64.b85encode(zlib.compress(said.encode(), 6)).decode(), purpose=PURPOSE)


def unsealed(text: str) -> Held:
    """What was kept."""
    said: dict[str, Any] = json.loads(zlib.decompress(base64.b85decode(unseal(text, purpose=PURPOSE))))
    return Held(
        [
            Cells(row[0], {key: text for key, text in zip(said["keys"], row[1:], strict=True) if text is not None})
            for row in said["cells"]
        ],
        said["remarks"],
        [Line(**dict(zip(_SHOWN, values, strict=True))) for values in said["lines"]],
    )


def found(who: Standing, import_id: uuid.UUID) -> Import | None:
    """The import of that number, if it is the person's own and its day has not passed."""
    return Import.objects.filter(pk=import_id, author=who.ref, expires_at__gt=clock.now()).first()


def found_for_update(who: Standing, import_id: uuid.UUID) -> Import:
    """The same, locked until the end of the transaction. Raises Refused."""
    one = (
        Import.objects.select_for_update(of=("self",))
        .filter(pk=import_id, author=who.ref, expires_at__gt=clock.now())
        .first()
    )
    if one is None:
        raise Refused(GONE)
    return one


def counts_of(lines: Sequence[Line]) -> dict[str, int]:
    """How many lines are of each kind."""
    kinds = [line.kind for line in lines]
    return {kind: kinds.count(kind) for kind in ("created", "changed", "unchanged", "refused")}
