"""How an obligation reads: the day, what is left until then, the state, the fund."""

import datetime
from dataclasses import dataclass

from parvis.ground.pages.filters import NO_BREAK, date_full, date_long, plural
from parvis.regulations.due_dates.schedule import Act

# What is owed by a day: it may be late. The other acts (to read reports, to expect a call) have no last day of theirs.
OWED = frozenset(act.name.lower() for act in (Act.PAY, Act.DECLARE, Act.DECLARE_AND_PAY))
ACTS = {act.name.lower(): act.value for act in Act}


@dataclass(frozen=True, slots=True)
class State:
    """Where an obligation stands: its code as in addresses, its word and tone."""

    code: str
    label: str
    tone: str


DONE = State("faite", "Fait", "well")
LATE = State("en-retard", "En retard", "wrong")
SOON = State("bientot", "Bientôt", "attention")
TO_DO = State("a-faire", "À faire", "neutral")
OPEN = State("en-cours", "Ouvert", "act")
PAST = State("passee", "Passée", "neutral")
WITHDRAWN = State("retiree", "Plus due", "neutral")


def days(count: int) -> str:
    """« aujourd’hui », « demain », « dans 5 jours », « depuis 2 jours »."""
    if count == 0:
        return "aujourd’hui"
    if count == 1:
        return "demain"
    return f"dans {plural(count, 'jour', 'jours')}" if count > 0 else f"depuis {plural(-count, 'jour', 'jours')}"


def left(
    state: State, today: datetime.date, due_on: datetime.date | None, opens_on: datetime.date | None, owed: bool
) -> str:
    """What is left, in words; nothing where it is done or over."""
    if state in (DONE, WITHDRAWN, PAST):
        return ""
    if due_on is not None and (due_on >= today or owed):
        return days((due_on - today).days)
    if opens_on is not None and opens_on > today:
        return days((opens_on - today).days)
    return ""


def when(due_on: datetime.date | None, opens_on: datetime.date | None) -> str:
    """« le samedi 5 décembre 2026 au plus tard », « du 1ᵉʳ février … au … », « à partir du 18 décembre 2026 »."""
    if due_on is None:
        return f"à partir du {date_long(opens_on)}" if opens_on else ""
    if opens_on is not None:
        return f"du {date_long(opens_on)} au {date_full(due_on)}"
    return f"le {date_full(due_on)} au plus tard"


def state_of(
    *,
    today: datetime.date,
    soon: int,
    due_on: datetime.date | None,
    opens_on: datetime.date | None,
    act: str,
    done: bool,
    withdrawn: bool,
    follows_from: datetime.date,
) -> State:
    """The state on a day. Late: owed, past, not done, and followed when it was due."""
    if done:
        return DONE
    if withdrawn:
        return WITHDRAWN
    last = due_on or opens_on
    if last is None or last < today:
        if due_on is None:
            return OPEN if (today - (last or today)).days <= soon else PAST
        return LATE if act in OWED and due_on >= follows_from else PAST
    if due_on is not None and (due_on - today).days <= soon:
        return SOON
    return OPEN if opens_on is not None and opens_on <= today else TO_DO


def titled(label: str, period: str) -> str:
    """« Verser les cotisations CNRACL : octobre 2026 »."""
    return f"{label}{NO_BREAK}: {period}"
