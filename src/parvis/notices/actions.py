"""Telling people that something came: in the transaction of the change, so that none is told of what was undone."""

from collections.abc import Sequence
from typing import Any

from parvis.access.levels import Level


def notify(
    kind: str,
    *,
    establishment: int,
    object_id: int,
    service: str = "",
    level: Level = Level.READ,
    people: Sequence[int] = (),
    administrators: bool = False,
    detail: dict[str, Any] | None = None,
) -> int:
    """Leave one notice of a declared kind about an object, and have it told as each reader chose; returns its number.

    Readers: these `people` (by account, `access.models.Membership`); else who holds `service` at `level` or more, on
    the day they look; else, with `administrators`, who administers. `detail`: JSON, neither names nor content.
    Must be called inside the establishment's scope, or as the owner.
    """
    raise NotImplementedError
