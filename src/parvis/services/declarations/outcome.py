"""What a declaration comes to: which one it takes the place of, what is due, what comes back from month to month."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Q

from parvis.access.actions.guards import locked
from parvis.access.levels import Level
from parvis.agents.actions import close_replacement
from parvis.agents.models import Agent
from parvis.agents.queries import declared_in
from parvis.dsn import shapes
from parvis.dsn.shapes import Declaration as Told
from parvis.dsn.shapes import Problem
from parvis.ground import clock
from parvis.journal.actions import SYSTEM, record
from parvis.ledger.actions import Entry, counter, record_all
from parvis.ledger.models import Kind
from parvis.ledger.sides import due as sides_due
from parvis.notices.actions import notify
from parvis.obligations.actions import done_by_service
from parvis.regulations.due_dates.calendar import Fund, Payer, due
from parvis.regulations.parameters import NotKnown, value
from parvis.regulations.periods import add_months
from parvis.services.declarations.checks import CHECKS, Found
from parvis.services.declarations.models import Anomaly, Correction, Declaration
from parvis.services.declarations.processing import Sums, Work, anomaly_of

IN_FORCE = (Declaration.State.ANOMALIES, Declaration.State.PROCESSED)
FUNDS = ("cnracl", "rafp", "ircantec")
SEEN_DONE = "Vu dans « Déclarations individuelles (DI) » : la DSN du mois est reçue."


class Rejected(Exception):
    """The declaration is refused as a whole; nothing of it was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = list(problems)


def refused(told: Told, code: str, message: str, rubric: str = "S20.G00.05.002") -> Rejected:
    """A declaration that is well written and cannot be taken."""
    return Rejected([Problem(told.line, rubric, code, message, declaration=told.number)])


def place_of(row: Declaration, told: Told) -> list[Declaration]:
    """The declarations in whose place this one comes; none for a first one. Locks the establishment. Raises Rejected.

    « Annule et remplace » takes the place of the same fraction of the month; the whole month where it comes in one
    piece. A test takes nobody's place.
    """
    if row.test:
        return []
    locked(row.establishment_id)
    rows = Declaration.objects.filter(
        establishment_id=row.establishment_id,
        month=row.month,
        nature=row.nature,
        test=False,
        came_from="",
        state__in=IN_FORCE,
    ).order_by("pk")
    same = Q(fraction=row.fraction) | ~Q(fractions=row.fractions)
    held = list(rows if row.fractions == 1 else rows.filter(same))
    if not told.replacing and told.kind != shapes.CANCELS:
        if held:
            says = (
                "Ce mois est déjà déclaré pour cette fraction : envoyez une DSN « annule et remplace », ou régularisez "
                "dans la DSN d’un prochain mois."
            )
            raise refused(told, "DSN-DEJA", says)
        return []
    if any(one.order > row.order for one in held):
        says = "Une déclaration plus récente de ce mois est déjà reçue : son numéro d’ordre est plus grand."
        raise refused(told, "DSN-ANNULEE", says, "S20.G00.05.004")
    if not held and told.kind == shapes.CANCELS:
        raise refused(told, "DSN-INCONNUE", "La déclaration à annuler n’est pas reçue, ou l’est déjà par une autre.")
    return held


def reports_on(month: datetime.date, headcount: int, received: datetime.date) -> datetime.date:
    """From when the reports of a month can be read: three days after its deadline (the 8th, or the 18th), or the day
    of receipt. Source: parameter `dsn.reports_after_days`."""
    try:
        deadline = due(Fund.DSN, Payer(headcount=headcount), period=month).value.on
        after = int(value("dsn.reports_after_days", on=month).value)
    except (NotKnown, ValueError):
        return received
    return max(deadline + datetime.timedelta(days=after), received)


def finish(work: Work, told: Told, replaced: Sequence[Declaration], *, quiet: bool = False) -> None:
    """Everything that the end of a declaration decides, after its last batch. `quiet`: nobody is told."""
    row, sums = work.row, work.sums
    row.individuals, row.applied = sums.individuals, sums.applied
    row.due, row.bases, row.left = sums.due, sums.bases, sums.left
    row.processed_at = row.received_at if quiet else clock.now()
    row.reports_on = reports_on(row.month, sums.individuals, row.received_at.astimezone(clock.PARIS).date())
    if row.test:
        row.state = _state(sums.anomalies.total() > 0)
        row.save()
        return
    for old in replaced:
        _replaced(old, row)
    cancels = told.kind == shapes.CANCELS
    row.replaces = replaced[0].ref if replaced else None
    whole = False
    if cancels:
        row.state = Declaration.State.REPLACED
    else:
        # In force before the whole month is looked at: it is one of the month's.
        row.state = _state(sums.anomalies.total() > 0)
        row.save()
        whole = _whole(row)
        _record_due(row, sums)
        if whole:
            _of_the_month(work)
            row.state = _state(sums.anomalies.total() > 0)
    row.save()
    again(row.establishment_id, row.month, whole=whole)
    if quiet:
        return
    if whole:
        done_by_service(actor=SYSTEM, fund="dsn", act="declare", day=row.month, reason=SEEN_DONE)
    record("declaration.processed", actor=SYSTEM, object=row.ref, after=said(row))
    if sums.anomalies:
        notify(
            "declaration",
            establishment=row.establishment_id,
            object_id=row.pk,
            service="declarations",
            level=Level.WRITE,
            detail={"count": sums.anomalies.total(), "month": row.month.isoformat(), "ref": str(row.ref)},
        )


def said(row: Declaration) -> dict[str, object]:
    """What the journal keeps of a declaration."""
    return {"month": row.month.isoformat(), "state": str(row.state), "individuals": row.individuals}


def _state(wrong: bool) -> Declaration.State:
    return Declaration.State.ANOMALIES if wrong else Declaration.State.PROCESSED


def _replaced(old: Declaration, row: Declaration) -> None:
    """What another declaration takes the place of no longer counts: bases, what was due, anomalies."""
    close_replacement(establishment=row.establishment_id, declaration=row.ref, replaces=old.ref)
    for fund, (agent, employer) in old.due.items():
        if agent or employer:
            counter(
                actor=SYSTEM,
                establishment=row.establishment_id,
                fund=fund,
                key=ledger_key(old, fund),
                why="DSN remplacée par une autre.",
            )
    Anomaly.objects.filter(declaration=old, state__in=["open", "payroll"]).update(
        state=Anomaly.State.CLOSED, settled_at=clock.now()
    )
    # What was begun on it can no longer be applied, and would stay « À faire ».
    Correction.objects.filter(individual__declaration=old, state=Correction.State.DRAFT).delete()
    old.state = Declaration.State.REPLACED
    old.save(update_fields=["state"])


def ledger_key(row: Declaration, fund: str) -> str:
    """The key of what a declaration makes due to a fund."""
    return f"declaration:{row.ref}:{fund}:{row.month:%Y-%m}"


def _record_due(row: Declaration, sums: Sums) -> None:
    entries = [
        Entry(
            row.establishment_id,
            fund,
            Kind.DUE,
            row.month,
            sides_due(agent, employer),
            ledger_key(row, fund),
            on=row.received_at.astimezone(clock.PARIS).date(),
            label="DSN",
            detail={"agents": sums.individuals},
        )
        for fund, (agent, employer) in sums.due.items()
        if agent or employer
    ]
    record_all(actor=SYSTEM, entries=[one for one in entries if len(one.sides) >= 2])


def _whole(row: Declaration) -> bool:
    """Whether all fractions of the month are in force."""
    if row.fractions == 1:
        return True
    count = Declaration.objects.filter(
        establishment_id=row.establishment_id,
        month=row.month,
        nature=row.nature,
        test=False,
        came_from="",
        state__in=IN_FORCE,
    ).count()
    return count >= row.fractions


def _of_the_month(work: Work) -> None:
    """What only a whole month shows: the month before is missing, somebody who was declared no longer is."""
    row, made = work.row, []
    before = add_months(row.month, -1)
    states = dict.fromkeys(
        Declaration.objects.filter(
            establishment_id=row.establishment_id,
            month__lt=row.month,
            nature=row.nature,
            test=False,
            came_from="",
            state__in=IN_FORCE,
        )
        .order_by("-month")
        .values_list("month", flat=True)[:20]
    )
    if states and before not in states:
        found = Found(f"Rien pour {before:%m/%Y}", "Une DSN chaque mois")
        made.append(anomaly_of(row, CHECKS["MoisPer01"], found, subject="month", person=None, at=work.at))
    if before in states:
        made += _absent(work, before)
    for one in made:
        work.sums.anomalies[one.code] += 1
    Anomaly.objects.bulk_create(made, batch_size=2_000)


_LEFT_SQL = """SELECT DISTINCT unnest(d."left") FROM service_declarations_declaration d
  WHERE d.establishment_id = %(place)s AND d.month = %(before)s AND d.state IN ('anomalies', 'processed') AND NOT d.test
UNION SELECT p.agent_id FROM service_declarations_individual p JOIN service_declarations_declaration d
    ON d.id = p.declaration_id
  WHERE d.establishment_id = %(place)s AND d.month = %(month)s AND d.state IN ('anomalies', 'processed') AND NOT d.test
    AND p.agent_id IS NOT NULL
UNION SELECT a.agent_id FROM agents_affiliation a WHERE a.establishment_id = %(place)s AND a.agent_id = ANY(%(agents)s)
  GROUP BY a.agent_id HAVING count(*) FILTER (WHERE a.left_on IS NULL OR a.left_on >= %(month)s) = 0"""


def _absent(work: Work, before: datetime.date) -> list[Anomaly]:
    row = work.row
    gone: set[int] = set()
    for fund in ("cnracl", "ircantec"):
        gone |= declared_in(row.establishment_id, before, fund)
    for fund in ("cnracl", "ircantec"):
        gone -= declared_in(row.establishment_id, row.month, fund)
    if not gone:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _LEFT_SQL,
            {"place": row.establishment_id, "before": before, "month": row.month, "agents": sorted(gone)},
        )
        gone -= {number for (number,) in cursor}
    made = []
    for agent in Agent.objects.filter(establishment_id=row.establishment_id, pk__in=gone).order_by("sort_key"):
        found = Found("Non déclaré", f"Déclaré en {before:%m/%Y}")
        one = anomaly_of(row, CHECKS["AbsPer01"], found, subject=f"agent:{agent.pk}", person=None, at=work.at)
        one.agent_id, one.who, one.sort_key = agent.pk, agent.name[:170], agent.sort_key
        made.append(one)
    return made


_TIMES_SQL = """UPDATE service_declarations_anomaly a SET times = b.times + 1
FROM service_declarations_anomaly b WHERE a.establishment_id = %(place)s AND a.month = %(month)s AND a.state = 'open'
  AND b.establishment_id = %(place)s AND b.month = %(before)s AND b.code = a.code AND b.subject = a.subject
  AND b.state <> 'told'"""
# What was left to payroll, and no longer comes back in the next whole month, is mended.
_MENDED_SQL = """UPDATE service_declarations_anomaly b SET state = 'closed', settled_at = %(now)s
WHERE b.establishment_id = %(place)s AND b.month = %(before)s AND b.state IN ('open', 'payroll')
  AND b.individual_id IS NOT NULL
  AND EXISTS (SELECT FROM service_declarations_individual p WHERE p.id = b.individual_id AND p.applied)
  AND EXISTS (SELECT FROM service_declarations_declaration d WHERE d.establishment_id = %(place)s
    AND d.month = %(month)s AND d.state IN ('anomalies', 'processed') AND NOT d.test)
  AND NOT EXISTS (SELECT FROM service_declarations_anomaly a WHERE a.establishment_id = %(place)s
    AND a.month = %(month)s AND a.code = b.code AND a.subject = b.subject AND a.state <> 'told')"""

# A month that was missing came after all.
_CAME_SQL = """UPDATE service_declarations_anomaly a SET state = 'corrected', settled_at = %(now)s
WHERE a.establishment_id = %(place)s AND a.month = %(after)s AND a.code = 'MoisPer01' AND a.state IN ('open', 'payroll')
  AND EXISTS (SELECT FROM service_declarations_declaration d WHERE d.establishment_id = %(place)s
    AND d.month = %(month)s AND d.state IN ('anomalies', 'processed') AND NOT d.test)"""


# Somebody who was absent had left, which has been declared since.
_GONE_SQL = """UPDATE service_declarations_anomaly a SET state = 'corrected', settled_at = %(now)s
WHERE a.establishment_id = %(place)s AND a.month < %(month)s AND a.code = 'AbsPer01' AND a.state IN ('open', 'payroll')
  AND NOT EXISTS (SELECT FROM agents_affiliation f WHERE f.agent_id = a.agent_id
    AND (f.left_on IS NULL OR f.left_on >= a.month))"""


def again(establishment: int, month: datetime.date, *, whole: bool) -> None:
    """Count what comes back from the month before; close what payroll has mended, where the month is whole."""
    rule: dict[str, Any] = {"place": establishment, "month": month, "before": add_months(month, -1), "now": clock.now()}
    rule["after"] = add_months(month, 1)
    with connection.cursor() as cursor:
        cursor.execute(_CAME_SQL, rule)
        cursor.execute(_TIMES_SQL, rule)
        if whole:
            cursor.execute(_MENDED_SQL, rule)
            cursor.execute(_GONE_SQL, rule)
