"""« Remise de majorations »: on what conditions it may be asked for. The request itself is a dossier.

Source: juris-cnracl.retraites.fr, majoration de retard: paid in full, within thirty days, two delays a year at most.
"""

import datetime
from dataclasses import dataclass

from django.conf import settings

from parvis.ground.pages.filters import date_long, plural
from parvis.ledger.words import euros


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition: what is asked, what was found, and whether it holds."""

    asked: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Delay:
    """A payment that came late: its last day, when it came, and the first month of what it paid."""

    due_on: datetime.date
    paid_on: datetime.date
    month: datetime.date | None = None


def waiver_conditions(delay: Delay, *, left: int, delays: list[Delay]) -> tuple[Condition, ...]:
    """The three conditions for a surcharge on `delay`. `left`: cents of contributions of its due date still to be paid;
    `delays`: all late payments to the fund, this one included. A waiver may be asked for where all of them hold.
    """
    days, most = settings.PARVIS_WAIVER_DAYS, settings.PARVIS_WAIVER_DELAYS
    # What came in several transfers is paid when the last of them came.
    last = max(one.paid_on for one in [delay, *delays] if (one.due_on, one.month) == (delay.due_on, delay.month))
    after, came = (last - delay.due_on).days, "Payé" if last == delay.paid_on else "Le dernier versement est arrivé"
    # Several transfers for one due date are one delay.
    that_year = {one.due_on for one in delays if one.due_on.year == delay.due_on.year} | {delay.due_on}
    return (
        Condition(
            "Les cotisations de cette échéance sont payées en totalité.",
            "Tout est payé." if left <= 0 else f"Il reste {euros(left)} à payer.",
            left <= 0,
        ),
        Condition(
            f"Elles l’ont été dans les {days} jours qui suivent l’échéance.",
            f"{came} le {date_long(last)}, {plural(after, 'jour', 'jours')} après l’échéance.",
            after <= days,
        ),
        Condition(
            f"L’établissement n’a pas eu plus de {most} retards dans l’année.",
            f"{plural(len(that_year), 'échéance payée', 'échéances payées')} en retard en {delay.due_on.year}.",
            len(that_year) <= most,
        ),
    )
