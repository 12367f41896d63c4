"""Which legal categories have no access, and why: a table (`data/legal_categories.toml`), not code."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent / "data" / "legal_categories.toml"


@dataclass(frozen=True, slots=True)
class Excluded:
    """A category, or the beginning of several: its name, and the sentence that whoever registers reads."""

    code: str
    name: str
    reason: str


@cache
def excluded() -> tuple[Excluded, ...]:
    """The whole table, the longest codes first. Raises ValueError for one that is not whole."""
    found = [Excluded(**one) for one in tomllib.loads(FILE.read_text("utf-8"))["category"]]
    for one in found:
        if not (one.code.isdecimal() and 1 <= len(one.code) <= 4 and one.name and one.reason):
            raise ValueError(f"legal_categories.toml: {one.code!r} is not whole.")
    if len({one.code for one in found}) < len(found):
        raise ValueError("legal_categories.toml: a code stands twice.")
    return tuple(sorted(found, key=lambda one: (-len(one.code), one.code)))


def why_excluded(category: str) -> Excluded | None:
    """The row that closes this legal category; None where it has access, or where it is not known."""
    return next((one for one in excluded() if category and category.startswith(one.code)), None)
