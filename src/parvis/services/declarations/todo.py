"""« À faire »: anomalies to correct, corrections begun and forgotten, the month that was not declared in time."""

import datetime
import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.conf import settings

from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.standing import Standing
from parvis.access.tasks import Source, Task, register
from parvis.ground import clock
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import de, plural
from parvis.ledger.words import month_in_words
from parvis.obligations.todo import late_sql, stands_alone
from parvis.regulations.due_dates.calendar import Fund, Payer, due
from parvis.regulations.parameters import NotKnown
from parvis.regulations.periods import add_months
from parvis.services.declarations.queries import Row
from parvis.services.declarations.service import SERVICE


def _sql() -> str:
    return f"""SELECT json_build_object('late', ({late_sql()}),
  'anomalies', (SELECT json_build_array(count(*), count(*) FILTER (WHERE a.blocking), count(DISTINCT a.subject),
      min(a.at), min(a.taken_name) FILTER (WHERE a.taken_by IS NOT NULL), count(*) FILTER (WHERE a.taken_by IS NULL))
    FROM service_declarations_anomaly a WHERE a.establishment_id = %(establishment)s AND a.state = 'open'),
  'drafts', (SELECT json_build_array(count(*), min(c.begun_at)) FROM service_declarations_correction c
    WHERE c.establishment_id = %(establishment)s AND c.state = 'draft'),
  'last', (SELECT json_build_array(d.month, d.individuals) FROM service_declarations_declaration d
    WHERE d.establishment_id = %(establishment)s AND NOT d.test AND d.state IN ('anomalies', 'processed')
    ORDER BY d.month DESC LIMIT 1),
  'coming', (SELECT json_agg(DISTINCT d.month) FROM service_declarations_declaration d
    WHERE d.establishment_id = %(establishment)s AND NOT d.test AND d.state IN ('received', 'checking')))"""


def missing_month(
    today: datetime.date, last: datetime.date, headcount: int, coming: Collection[datetime.date] = ()
) -> tuple[datetime.date, datetime.date] | None:
    """The first month after the last one declared whose deadline has passed, and that deadline; None while there is
    none. `coming`: the months that are here, and not checked yet."""
    month = add_months(last, 1)
    if month in coming:
        return None
    try:
        deadline = due(Fund.DSN, Payer(headcount=headcount), period=month).value.on
    except (NotKnown, ValueError):
        return None
    return (month, deadline) if today > deadline else None


def lacking_month(today: datetime.date, rows: Sequence[Row]) -> tuple[str, datetime.date] | None:
    """The month that was not declared in time, in words, and its deadline; `rows`: the latest month first."""
    last = next((one for one in rows if not one.test and one.tone in ("attention", "well")), None)
    coming = {one.month for one in rows if one.coming and not one.test}
    found = missing_month(today, last.month, last.individuals, coming) if last is not None else None
    return (month_in_words(found[0]), found[1]) if found is not None else None


def _tasks(who: Standing, value: Any) -> Iterable[Task]:
    level = decide(who, SERVICE).level
    if level < Level.READ:
        return
    found = json.loads(value) if isinstance(value, str) else value
    if found["last"]:
        month, headcount = datetime.date.fromisoformat(found["last"][0]), found["last"][1]
        coming = {datetime.date.fromisoformat(one) for one in found["coming"] or ()}
        lacking = missing_month(who.today, month, headcount, coming)
        # One line for one thing: who follows the obligations may be told there.
        if lacking is not None and not stands_alone(who, found["late"], "dsn", "declare", lacking[0]):
            yield Task(
                f"Déposer la DSN {de(month_in_words(lacking[0]))}",
                "Aucune DSN de ce mois n’est reçue, et l’échéance est passée.",
                address("service_declarations:index", who.siret),
                lacking[1],
            )
    count, blocking, people, oldest, taker, free = found["anomalies"]
    if count:
        about = f"{plural(blocking, 'bloquante', 'bloquantes')}, " if blocking else ""
        yield Task(
            f"Corriger {plural(count, 'anomalie', 'anomalies')} de DSN",
            f"{about.capitalize()}{plural(people, 'agent concerné', 'agents concernés')}.",
            address("service_declarations:anomalies", who.siret),
            taken_by="" if free else taker,
        )
    drafts, begun = found["drafts"]
    if drafts and level >= Level.WRITE:
        since = datetime.datetime.fromisoformat(begun)
        if since <= clock.now() - settings.PARVIS_CORRECTION_TASK:
            yield Task(
                f"Terminer {plural(drafts, 'correction commencée', 'corrections commencées')}",
                "Une correction en brouillon ne corrige rien tant qu’elle n’est pas appliquée.",
                address("service_declarations:anomalies", who.siret) + "?etat=brouillon",
                state="Brouillon",
            )


register(Source("declarations", _sql, _tasks, audience=lambda who: who.enters))
