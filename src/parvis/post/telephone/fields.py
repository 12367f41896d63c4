"""The placeholders of the carrier's file, and the paths into its answers."""

import re
from collections.abc import Mapping
from typing import Any

# What a field of the body may hold: the number as E.164, the same without its plus sign, and so on.
PLACEHOLDERS = ("number", "digits", "text", "extension", "sender", "reference")
_BRACES = re.compile(r"\{(\w*)\}|[{}]", re.ASCII)


class Wrong(Exception):
    """What is wrong in the file: the second half of a French sentence."""


def placeholders(value: Any) -> set[str]:
    """The names between braces anywhere in a value. Raises Wrong for a brace that encloses no name."""
    if isinstance(value, dict):
        return set().union(*(placeholders(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(placeholders(one) for one in value))
    if not isinstance(value, str):
        return set()
    found = {match[1] for match in _BRACES.finditer(value)}
    if found & {None, ""}:
        raise Wrong("une accolade n’y entoure aucun nom")
    return found


def filled(value: Any, by: Mapping[str, str]) -> Any:
    """The value with each placeholder replaced, once; what replaces one is not read again.

    In a table or a list, a text made of empty placeholders alone is left out: where there is no extension, no field.
    """
    if isinstance(value, dict):
        return {key: filled(one, by) for key, one in value.items() if not _void(one, by)}
    if isinstance(value, list):
        return [filled(one, by) for one in value if not _void(one, by)]
    return _BRACES.sub(lambda match: by[match[1]], value) if isinstance(value, str) else value


def _void(value: Any, by: Mapping[str, str]) -> bool:
    return isinstance(value, str) and value != "" and filled(value, by) == ""


def steps(name: str, path: str) -> tuple[str, ...]:
    """`messages.0.id` as steps; empty for an empty path. Raises Wrong."""
    found = tuple(path.split(".")) if path else ()
    if not all(found):
        raise Wrong(f"{name} n’est pas un chemin comme « messages.0.id »")
    return found


def at(data: Any, path: tuple[str, ...]) -> str:
    """What the path leads to, as text; empty where it leads to nothing, or to something that is no single value."""
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return ""
    return str(data) if isinstance(data, (str, int)) and not isinstance(data, bool) else ""
