"""What an adviser edits of exchanges leaves one event in their own history."""

import uuid
from typing import Any

from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.editing import note

NAMESPACE = uuid.UUID("0d6f5a1e-52f1-4c64-9a6b-3f7f5f6e2c11")


def _ref(kind: str, code: object) -> uuid.UUID:
    """What stands in the journal for a motif or a model of answers."""
    return uuid.uuid5(NAMESPACE, f"{kind} {code}")


def edited(kind: str, who: AdviserStanding, what: str, which: object, **after: Any) -> None:
    """`what`: motif, reply or note."""
    note(kind, who, _ref(what, which), after=after)
