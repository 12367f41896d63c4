"""What migrations make, made several at a time: a new database stands in a third of the time.

After each operation Django builds anew the classes of all models that the touched one reaches, and nearly every model
of ours reaches the establishments and the people. Here they are built once for all operations that stand beside each
other. The tables come out the same.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, RemoveConstraint
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# What each asks of the models as they stand after the last of several is what it asks of them after itself.
_TOGETHER = {CreateModel, AddField, AddIndex, AddConstraint, AddConstraintNotValid, RemoveConstraint}
# A new table has from the first what these add to it.
_PARTS = {AddField, AddIndex, AddConstraint}


class AtOnce(Operation):
    """Operations of which none undoes or alters what another has made; the models are built once for all of them.

    A table is made whole: its fields, indexes and constraints that other operations of these add come with it.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations
        new = {operation.name_lower for operation in operations if isinstance(operation, CreateModel)}
        self._run = [one for one in operations if isinstance(one, CreateModel) or _model(one) not in new]

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return "AtOnce", [], {"operations": self.operations}

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Without the models' classes the state changes for nothing; whoever asks for them next builds them.
        state.__dict__.pop("apps", None)
        state.is_delayed = False
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self._run:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in reversed(self._run):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)


def at_once(operations: Iterable[Operation]) -> list[Operation]:
    """The operations of a migration, those that stand beside each other and may be taken together being so taken.

    The last line of a migration that makes several things: `operations = at_once(operations)`.
    """
    taken: list[list[Operation]] = []
    new: set[str] = set()
    touched: set[tuple[str, str]] = set()
    for operation in operations:
        alone = type(operation) not in _TOGETHER
        what = (_model(operation), _part(operation)) if not alone else ("", "")
        apart = what in touched or (what[0] in new and type(operation) not in _PARTS)
        if alone or apart or not touched:
            taken.append([])
            new, touched = set(), set()
        taken[-1].append(operation)
        if not alone:
            touched.add(what)
        if isinstance(operation, CreateModel):
            new.add(what[0])
    return [some[0] if len(some) == 1 else AtOnce(some) for some in taken]


def _model(operation: Any) -> str:
    return str(operation.name_lower if isinstance(operation, CreateModel) else operation.model_name.lower())


def _part(operation: Any) -> str:
    """The whole, a field, an index or a constraint of a model."""
    if isinstance(operation, CreateModel):
        return ""
    if isinstance(operation, AddField):
        return f"field {operation.name_lower}"
    if isinstance(operation, AddIndex):
        return f"index {operation.index.name}"
    return f"constraint {operation.constraint.name if isinstance(operation, AddConstraint) else operation.name}"
