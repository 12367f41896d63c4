"""How many exchanges by motif, how long the first answer takes, which share of them came late."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from parvis.ground import clock
from parvis.ground.pages.filters import percent, share
from parvis.ground.tables import CSV_TYPE, Column, csv_file

PERIODS = {"30": "30 derniers jours", "90": "90 derniers jours", "365": "12 derniers mois"}


@dataclass(frozen=True, slots=True)
class Row:
    """A motif. `median`: days to the first answer; `late`: of those whose day has come, answered after it or not."""

    title: str
    sent: int
    answered: int
    waiting: int
    median: float | None
    late: int
    due: int

    @property
    def share(self) -> str:
        """« 12 % », of those that were answered or should have been; "" for none."""
        return share(self.late, self.due) if self.due else ""

    @property
    def delay(self) -> str:
        """« 3,5 jours »."""
        if self.median is None:
            return ""
        written = f"{self.median:.1f}".replace(".", ",").removesuffix(",0")
        return f"{written} jour{'s' if self.median >= 2 else ''}"


_DAY = "AT TIME ZONE 'Europe/Paris')::date"
_LATE = f"coalesce((first_answer_at {_DAY}, %(today)s) > promised_on AND merged = ''"
_DUE = "(first_answer_at IS NOT NULL OR promised_on < %(today)s) AND merged = ''"
# Row-level security leaves those of the adviser's funds; a total comes last.
FIGURES_SQL = f"""SELECT title, count(*), count(first_answer_at),
    count(*) FILTER (WHERE state IN ('sent', 'taken', 'reopened')),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_answer_at - sent_at) / 86400),
    count(*) FILTER (WHERE {_LATE}), count(*) FILTER (WHERE {_DUE})
  FROM exchanges_exchange WHERE sent_at >= %(since)s AND (%(fund)s = '' OR fund = %(fund)s)
  GROUP BY GROUPING SETS ((title), ()) ORDER BY title NULLS LAST"""


def figures(period: str, fund: str) -> tuple[list[Row], Row | None]:
    """By motif over a period, and in all; one statement."""
    values: dict[str, Any] = {"today": clock.today(), "since": clock.now() - timedelta(days=int(period)), "fund": fund}
    with connection.cursor() as cursor:
        cursor.execute(FIGURES_SQL, values)
        rows = [Row(*row) for row in cursor.fetchall()]
    total = next((row for row in rows if row.title is None), None)
    return [row for row in rows if row.title is not None], total if total and total.sent else None


COLUMNS = (
    Column("Motif", "title"),
    Column("Reçus", "sent", "number"),
    Column("Répondus", "answered", "number"),
    Column("En attente", "waiting", "number"),
    Column("Délai médian de première réponse (jours)", lambda row: _rounded(row.median), "number"),
    Column("En retard", "late", "number"),
    Column("Part en retard (%)", lambda row: percent(row.late, row.due), "number"),
)


def _rounded(value: float | None) -> float | None:
    return round(value, 1) if value is not None else None


def as_csv(rows: list[Row]) -> tuple[bytes, str]:
    """The table as a file, with its type."""
    return csv_file(COLUMNS, rows), CSV_TYPE
