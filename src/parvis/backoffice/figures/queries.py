"""The figures: a constant number of statements, however much there is."""

import datetime
from dataclasses import dataclass

from django.db import connection

from parvis.access.status import values
from parvis.advisers.models import SensitiveAct
from parvis.backoffice import motives
from parvis.ground import clock
from parvis.recovery.models import Case
from parvis.registration.models import Registration

DAYS, LOOKED_BACK = 14, datetime.timedelta(days=90)
# Age of what waits, in days: up to, label.
AGES = ((2, "2 jours au plus"), (5, "de 3 à 5 jours"), (10, "de 6 à 10 jours"), (None, "plus de 10 jours"))
Rows = list[tuple[str, int]]

_KINDS = (
    ("Inscriptions", "registration_registration", "submitted_at", "settled_at", Registration.State,
     ("checking", "stopped")),
    ("Accès à retrouver", "recovery_case", "opened_at", "settled_at", Case.State, ("open",)),
    ("Actes à quatre yeux", "advisers_sensitiveact", "opened_at", "decided_at", SensitiveAct.State, ("waiting",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Requests:
    """One kind of request. `median`: from when it was sent to its answer, over the last 90 days."""

    label: str
    states: Rows
    ages: Rows
    median: str

    @property
    def waiting(self) -> int:
        """How many wait, whatever their age."""
        return sum(count for _, count in self.ages)


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the page."""

    requests: list[Requests]
    sign_ins: Rows
    administrators: Rows
    blocked: int
    reviews: Rows
    calls: Rows


def figures() -> Figures:
    """Of the funds in scope, today."""
    rule, now = values(), clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM backoffice_figures_of_places(%s, %s)", [rule["today"], rule["months"]])
        nobody, alone, several, blocked, reviews, late = cursor.fetchone()
        cursor.execute("SELECT * FROM backoffice_figures_of_sign_ins(%s)", [now - datetime.timedelta(days=DAYS)])
        people = dict(cursor.fetchall())
        cursor.execute(
            "SELECT motive, count(*) FROM backoffice_call WHERE ended_at IS NOT NULL AND began_at >= %s GROUP BY 1",
            [now - LOOKED_BACK],
        )
        calls = dict(cursor.fetchall())
        requests = [_requests(cursor, *kind, today=rule["today"], now=now) for kind in _KINDS]
    days = [rule["today"] - datetime.timedelta(days=number) for number in range(DAYS - 1, -1, -1)]
    return Figures(
        requests=requests,
        sign_ins=[(f"{day:%d/%m}", people.get(day, 0)) for day in days],
        administrators=[
            ("Aucun administrateur", nobody),
            ("Un seul administrateur", alone),
            ("Deux administrateurs ou plus", several),
        ],
        blocked=blocked,
        reviews=[("En cours, dans les temps", reviews - late), ("En retard", late)],
        calls=[(label, calls[code]) for code, label in motives.CALLS.items() if code in calls],
    )


def _requests(  # type: ignore[no-untyped-def]
    cursor, label, table, since, until, states, waiting, *, today: datetime.date, now: datetime.datetime
) -> Requests:
    cursor.execute(
        f"""SELECT state, count(*), array_agg(%(today)s - ({since} AT TIME ZONE 'Europe/Paris')::date)
          FILTER (WHERE state = ANY (%(waiting)s)),
          (SELECT extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY {until} - {since}))
            FROM {table} WHERE {until} >= %(lately)s AND {since} IS NOT NULL)
        FROM {table} WHERE state = ANY (%(waiting)s) OR coalesce({until}, {since}) >= %(lately)s GROUP BY state""",
        {"today": today, "waiting": list(waiting), "lately": now - LOOKED_BACK},
    )
    rows = cursor.fetchall()
    counted = {state: count for state, count, _, _ in rows}
    old = [age for _, _, ages, _ in rows for age in ages or () if age is not None]
    return Requests(
        label,
        [(states(state).label, counted[state]) for state in states.values if state in counted],
        _by_age(old),
        _said(rows[0][3] if rows else None),
    )


def _by_age(days: list[int]) -> Rows:
    found, below = [], -1
    for limit, label in AGES:
        found.append((label, sum(below < age <= (limit if limit is not None else age) for age in days)))
        below = limit if limit is not None else below
    return found


def _said(seconds: float | None) -> str:
    """A median time in words: « 5 heures », « 2,5 jours »; "" where nothing was answered."""
    if seconds is None:
        return ""
    hours = float(seconds) / 3600
    if hours < 1:
        return "moins d’une heure"
    if hours < 48:
        return f"{round(hours)} heure{'s' if round(hours) > 1 else ''}"
    return f"{hours / 24:.1f} jours".replace(".", ",").replace(",0", "")
