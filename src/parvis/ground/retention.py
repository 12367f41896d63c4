"""How long what is held of people is kept: declared table by table, by the package that owns it. The one source.

`journal/retention.py` carries it out (`parvis daily`, under the role `parvis_retention`), `docs/rgpd/conservation.md`
is generated from it, and tests hold that every table of the database is declared here.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings


class Basis(StrEnum):
    """Why it may be held (GDPR, article 6), as the register says it."""

    PUBLIC_TASK = "mission d’intérêt public (art. 6-1-e)"
    LEGAL = "obligation légale (art. 6-1-c)"
    SECURITY = "obligation légale de sécurité (art. 6-1-c et art. 32)"


@dataclass(frozen=True, slots=True)
class Sweep:
    """Rows past their time, found and erased (or blanked) by the retention job, in batches.

    `term`: the setting that says how long (a duration, or whole years); "" where the row itself says until when.
    `since`: from when it is counted, in French, after « à compter de ». `old`: SQL condition on the row, called `t`,
    that may name %(limit)s and %(now)s (instants), %(limit_day)s and %(today)s (days in Paris). `children`: tables
    whose rows go with it, each with the column that holds its key, or a condition that names %(keys)s; those that hang
    on others of them first. `blank`: columns and the SQL values that take their place, instead of erasing; `old` must
    then be false for what is blank already. `files`: the column with the key of a file of `ground.files`, which is
    erased first. `key`: the primary key.

    The package's migration says `policies.erasable(table, …)` for the table and its children: the role may no more.
    """

    term: str
    since: str
    old: str
    children: tuple[tuple[str, str], ...] = ()
    blank: dict[str, str] = field(default_factory=dict)
    files: str = ""
    key: str = "id"


@dataclass(frozen=True, slots=True)
class With:
    """Rows that go with others: those of `table` (a foreign key, or the act named in `act`)."""

    table: str
    act: str = ""


@dataclass(frozen=True, slots=True)
class By:
    """Rows that only an act may end, because it does more than erase: `carry_out` does it, and returns how many."""

    term: str
    since: str
    carry_out: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Lasting:
    """Kept without a term of its own; `reason` says why, in French."""

    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data: what (French), where, for which processing of the register, why, and what ends it."""

    code: str
    data: str
    table: str
    processing: str
    basis: Basis
    ends: Sweep | With | By | Lasting


KEPT: dict[str, Kept] = {}
# Tables that say nothing of a person, with the reason.
IMPERSONAL: dict[str, str] = {}


def register(*kinds: Kept) -> None:
    """Declare kinds of data, once each. Called from the AppConfig of the package that owns the tables."""
    for kind in kinds:
        if kind.code in KEPT:
            raise ValueError(f"Kept twice: {kind.code}")
        if kind.table in IMPERSONAL:
            raise ValueError(f"Declared impersonal: {kind.table}")
        KEPT[kind.code] = kind


def impersonal(**tables: str) -> None:
    """Declare tables that hold nothing of a person, each with the reason, in French."""
    IMPERSONAL.update(tables)


def before(instant: datetime.datetime, term: str) -> datetime.datetime:
    """The instant before which a row is past its time; `term`: the setting, "" for the instant itself."""
    if not term:
        return instant
    held = getattr(settings, term)
    return instant - held if isinstance(held, datetime.timedelta) else years_before(instant, held)


def years_before(instant: datetime.datetime, years: int) -> datetime.datetime:
    """The same day and hour so many years earlier; 28 February for a 29th that did not exist."""
    try:
        return instant.replace(year=instant.year - years)
    except ValueError:
        return instant.replace(year=instant.year - years, day=28)
