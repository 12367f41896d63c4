"""A month beside the others: who is missing, what comes back, and what a later declaration has mended.

What is closed here changes the state of its declaration too, and writes the bases that waited for it.
"""

import datetime
from collections.abc import Collection
from typing import Any

from django.db import connection

from parvis.agents.models import Agent
from parvis.agents.queries import declared_no_longer
from parvis.ground import clock
from parvis.ground.database.prepared import prepared
from parvis.regulations.periods import add_months
from parvis.services.declarations.actions.checking import release
from parvis.services.declarations.actions.closing import GONE_SQL, SETTLED, WAITS, WHICH, closed_by, follow
from parvis.services.declarations.checks import CHECKS, Found, Mend
from parvis.services.declarations.models import Anomaly, Declaration
from parvis.services.declarations.processing import Work, anomaly_of
from parvis.services.declarations.standing import in_force

# They block, and nothing here corrects them: a later declaration does, by a base attached to their month.
BY_PAYROLL_ALONE = tuple(one.code for one in CHECKS.values() if one.blocking and one.mend is Mend.NOTHING)


def of_the_month(work: Work) -> None:
    """What only a whole month shows: the month before is missing, somebody who was declared no longer is."""
    row, made = work.row, []
    there, missing = month_before(row)
    if missing is not None:
        made.append(anomaly_of(row, CHECKS["MoisPer01"], missing, subject="month", person=None, at=work.at))
    if there:
        for agent, found in absent(row.establishment_id, row.month):
            one = anomaly_of(row, CHECKS["AbsPer01"], found, subject=f"agent:{agent.pk}", person=None, at=work.at)
            one.agent_id, one.who, one.sort_key = agent.pk, agent.name[:170], agent.sort_key
            made.append(one)
    for one in made:
        work.sums.anomalies[one.code] += 1
    Anomaly.objects.bulk_create(made, batch_size=2_000)


def month_before(row: Declaration) -> tuple[bool, Found | None]:
    """Whether the month before is declared; what is wrong where it is not, and older ones are."""
    before = add_months(row.month, -1)
    states = dict.fromkeys(
        in_force(row).filter(month__lt=row.month).order_by("-month").values_list("month", flat=True)[:20]
    )
    wrong = bool(states) and before not in states
    return before in states, Found(f"Rien pour {before:%m/%Y}", "Une DSN chaque mois") if wrong else None


# Of which no declaration says anything.
_NO_MONTH = datetime.date(9999, 12, 1)
_LEFT_SQL = """SELECT DISTINCT unnest(d."left") FROM service_declarations_declaration d
  WHERE d.establishment_id = %(place)s AND d.month = %(before)s AND d.state IN ('anomalies', 'processed') AND NOT d.test
UNION SELECT p.agent_id FROM service_declarations_individual p JOIN service_declarations_declaration d
    ON d.id = p.declaration_id
  WHERE d.establishment_id = %(place)s AND d.month = %(month)s AND d.state IN ('anomalies', 'processed') AND NOT d.test
    AND p.agent_id IS NOT NULL
UNION SELECT a.agent_id FROM agents_affiliation a WHERE a.establishment_id = %(place)s AND a.agent_id = ANY(%(agents)s)
  GROUP BY a.agent_id HAVING count(*) FILTER (WHERE a.left_on IS NULL OR a.left_on >= %(month)s) = 0"""


def absent(
    establishment: int, month: datetime.date, *, seen: Collection[int] | None = None
) -> list[tuple[Agent, Found]]:
    """Who was declared in the month before, has not left and is declared no longer. `seen`: the ids of the agents of a
    file that is not received, instead of those that the month's declarations name."""
    before = add_months(month, -1)
    gone = declared_no_longer(establishment, before, month if seen is None else _NO_MONTH, ("cnracl", "ircantec"))
    gone -= set(seen or ())
    if not gone:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _LEFT_SQL,
            {"place": establishment, "before": before, "month": month, "agents": sorted(gone)},
        )
        gone -= {number for (number,) in cursor}
    found = Found("Non déclaré", f"Déclaré en {before:%m/%Y}")
    rows = Agent.objects.filter(establishment_id=establishment, pk__in=gone).order_by("sort_key")
    return [(agent, found) for agent in rows]


_IN_FORCE = "d.establishment_id = %(place)s AND d.state IN ('anomalies', 'processed') AND NOT d.test"
_COUNTS = "NOT r.withdrawn AND NOT EXISTS (SELECT FROM agents_monthlybase n WHERE n.supersedes_id = r.id)"

_WAITING_SQL = f"SELECT EXISTS (SELECT FROM service_declarations_anomaly a WHERE {WAITS})"
_TIMES_SQL = f"""UPDATE service_declarations_anomaly a SET times = b.times + 1
FROM service_declarations_anomaly b JOIN service_declarations_declaration d ON d.id = b.declaration_id AND {_IN_FORCE}
WHERE a.establishment_id = %(place)s AND a.month = %(month)s AND a.state = 'open'
  AND b.establishment_id = %(place)s AND b.month = %(before)s AND b.code = a.code AND b.subject = a.subject"""

# Somebody who is declared this month, and in whom the same thing is found no more: payroll has mended it.
_MENDED_SQL = f"""UPDATE service_declarations_anomaly a {SETTLED} FROM service_declarations_individual p
WHERE {WAITS} AND a.month < %(month)s AND NOT a.blocking AND p.id = a.individual_id
  AND (EXISTS (SELECT FROM agents_monthlybase r WHERE r.agent_id = p.agent_id AND r.month = %(month)s AND {_COUNTS})
    OR p.nir_key <> '' AND EXISTS (SELECT FROM service_declarations_individual q
      JOIN service_declarations_declaration d ON d.id = q.declaration_id AND d.month = %(month)s AND {_IN_FORCE}
      WHERE q.nir_key = p.nir_key))
  AND NOT EXISTS (SELECT FROM service_declarations_anomaly b
    JOIN service_declarations_declaration d ON d.id = b.declaration_id AND {_IN_FORCE}
    WHERE b.establishment_id = %(place)s AND b.month = %(month)s AND b.code = a.code AND b.subject = a.subject)
{WHICH}"""
# This declaration attaches a base to the month of what payroll alone mends; that nobody knew the agent under the wrong
# scheme is then no question any more.
_REGULARISED_SQL = f"""UPDATE service_declarations_anomaly a {SETTLED} FROM service_declarations_individual p
WHERE {WAITS} AND a.month < %(month)s AND p.id = a.individual_id AND p.nir_key <> ''
  AND (a.code = ANY(%(alone)s) OR a.code = 'IdenAgent002' AND EXISTS (SELECT FROM service_declarations_anomaly b
    WHERE b.individual_id = p.id AND b.code = ANY(%(alone)s) AND b.state IN ('open', 'payroll')))
  AND EXISTS (SELECT FROM agents_agent g JOIN agents_monthlybase r ON r.agent_id = g.id AND r.month = %(month)s
    WHERE g.establishment_id = %(place)s AND g.nir_key = p.nir_key AND g.same_as_id IS NULL AND r.code IN ('48', '28')
      AND r.starts_on >= a.month AND r.starts_on < a.month + interval '1 month' AND {_COUNTS})
{WHICH}"""
# A month that was missing came after all.
_CAME_SQL = f"""UPDATE service_declarations_anomaly a {SETTLED}
WHERE {WAITS} AND a.month = %(after)s AND a.code = 'MoisPer01'
  AND EXISTS (SELECT FROM service_declarations_declaration d WHERE d.month = %(month)s AND {_IN_FORCE})
{WHICH}"""
# Somebody who was absent is declared again, or their contract is said to end.
_BACK_SQL = f"""UPDATE service_declarations_anomaly a {SETTLED}
WHERE {WAITS} AND a.month < %(month)s AND a.code = 'AbsPer01'
  AND (EXISTS (SELECT FROM agents_monthlybase r WHERE r.agent_id = a.agent_id AND r.month = %(month)s AND {_COUNTS})
    OR EXISTS (SELECT FROM service_declarations_declaration d
      WHERE d.month = %(month)s AND a.agent_id = ANY(d."left") AND {_IN_FORCE}))
{WHICH}"""


def again(establishment: int, month: datetime.date, *, whole: bool, quiet: bool = False) -> None:
    """Count what comes back from the month before, and close what this month has mended in others; who is not in it
    has mended nothing. `whole`: all of the month is there. `quiet`: no obligation is seen done."""
    rule: dict[str, Any] = {
        "place": establishment,
        "month": month,
        "before": add_months(month, -1),
        "until": add_months(month, -1),
        "after": add_months(month, 1),
        "now": clock.now(),
        "alone": list(BY_PAYROLL_ALONE),
    }
    with prepared() as cursor:
        cursor.execute(_WAITING_SQL, rule)
        if not cursor.fetchone()[0]:
            # Most employers: nothing of them waits, and there is nothing to look at.
            return
        cursor.execute(_TIMES_SQL, rule)
    closed = closed_by(_CAME_SQL, rule, Anomaly.State.CORRECTED)
    regularised: list[tuple[int, int | None]] = []
    if whole:
        regularised = closed_by(_REGULARISED_SQL, rule, Anomaly.State.CLOSED)
        closed += closed_by(_MENDED_SQL, rule, Anomaly.State.CLOSED)
        closed += closed_by(_BACK_SQL, rule, Anomaly.State.CLOSED)
        closed += closed_by(GONE_SQL, rule, Anomaly.State.CORRECTED)
    release({person for _, person in regularised if person is not None})
    follow({declaration for declaration, _ in (*closed, *regularised)}, quiet=quiet)
