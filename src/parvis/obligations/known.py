"""What other parts know of an establishment that decides of its obligations: « Mon établissement » says its figures.

Obligations know no service: the service registers its expressions, and they are asked in the one statement that loads
the facts, for one establishment as for thousands.
"""

from collections.abc import Callable
from dataclasses import dataclass

from parvis.access.standing import Standing


@dataclass(frozen=True, slots=True)
class Source:
    """Scalar SQL over establishment `e`, as JSON: {"2026": {"cnracl": 12}}, the year a number as text.

    `headcounts`: agents on 1 January of the year; `contributions`: due for the year, in euros. NULL where nothing is
    said. `page`: the name of the address where they are said, which takes the SIRET.
    """

    headcounts: str = "NULL::json"
    contributions: str = "NULL::json"
    page: str = ""


NOTHING = Source()
_registered: list[Source] = []


def register(source: Source) -> None:
    """Declare the source, once (from an AppConfig)."""
    if _registered:
        raise ValueError("The figures of an establishment have one source.")
    _registered.append(source)


def source() -> Source:
    """The one source; one that knows nothing where none is registered."""
    return _registered[0] if _registered else NOTHING


@dataclass(frozen=True, slots=True)
class Owed:
    """How much is to be paid for an obligation, where a service knows it: its line then says so, and leads there.

    `sql`: a scalar expression over occurrence `o`, in cents, NULL or zero where nothing is known to be owed. `said`:
    the amount in words; `page`: the name of the address, which takes the SIRET; `sees`: who may read amounts.
    """

    sql: str
    said: Callable[[int], str]
    page: str
    sees: Callable[[Standing], bool]


_owed: list[Owed] = []


def register_owed(owed: Owed) -> None:
    """Declare it, once (from an AppConfig)."""
    if _owed:
        raise ValueError("What is owed for an obligation has one source.")
    _owed.append(owed)


def owed() -> Owed | None:
    """The one that is registered."""
    return _owed[0] if _owed else None
