"""What this part puts under « À faire »: requests to answer, new services to settle; for who asked, their answers."""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from parvis.access import registry
from parvis.access.asking.openings import FACTS_SQL, found_in, recent
from parvis.access.asking.state import Outcome
from parvis.access.levels import Level
from parvis.access.standing import Standing, read_list
from parvis.access.tasks import Source, Task, register
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_long, plural

# How many there are, and of the oldest: reference, name, service, level, since when.
REQUESTS_SQL = """SELECT json_build_array(count(*), (array_agg(json_build_array(q.ref,
    p.first_name || ' ' || p.last_name, q.service, q.level, q.asked_at) ORDER BY q.asked_at, q.id))[1])
  FROM access_rightrequest q JOIN access_membership p ON p.id = q.membership_id
  WHERE q.establishment_id = %(establishment)s AND q.outcome = '' AND q.membership_id <> %(membership)s
  HAVING count(*) > 0"""


def _name(code: str) -> str:
    service = registry.get(code)
    return service.name if service else code


def _requests(who: Standing, found: Any) -> Iterable[Task]:
    count, (ref, name, code, level, asked_at) = read_list(found)
    since = date_long(datetime.datetime.fromisoformat(asked_at))
    if count == 1:
        wanted = f"« {Level(level).label} » sur « {_name(code)} », depuis le {since}."
        yield Task(f"{name} demande un accès", wanted, address("access:right-request", who.siret, uuid.UUID(ref)))
        return
    title = f"{plural(count, 'demande', 'demandes')} d’accès attendent votre réponse"
    yield Task(
        title, f"La plus ancienne, de {name}, attend depuis le {since}.", address("access:right-requests", who.siret)
    )


def _openings_sql() -> str:
    """NULL at once where nothing can have opened: no contract that began within the window, no service put online."""
    if recent():
        return f"SELECT {FACTS_SQL}"
    days = settings.PARVIS_OPENING_WINDOW.days
    return f"""SELECT CASE WHEN EXISTS (SELECT FROM establishments_contract c
      WHERE c.establishment_id = %(establishment)s AND c.starts_on <= %(today)s
        AND c.starts_on > %(today)s::date - {days}) THEN {FACTS_SQL} END"""


def _openings(who: Standing, found: Any) -> Iterable[Task]:
    new = found_in(found, who.funds, who.today)
    if not new:
        return
    first = new[0]
    if len(new) == 1:
        sentence = f"« {first.service.name} » est ouvert à votre établissement depuis le {date_long(first.since)}."
        href = address("access:opening", who.siret, first.service.code)
        yield Task("Nouveau service : droits à attribuer", sentence, href)
        return
    sentence = (
        f"« {first.service.name} » et {plural(len(new) - 1, 'autre', 'autres')} sont ouverts à votre établissement."
    )
    yield Task("Nouveaux services : droits à attribuer", sentence, address("access:openings", who.siret))


# The answers that the person has not read; after some time they are on their page alone.
def _answers_sql() -> str:
    days = settings.PARVIS_REQUEST_ANSWER_SHOWN.days
    return f"""SELECT json_agg(json_build_array(q.service, q.outcome, q.given_level, q.closed_at) ORDER BY q.closed_at)
      FROM access_rightrequest q WHERE q.membership_id = %(membership)s AND q.read_at IS NULL AND q.outcome <> ''
        AND (q.closed_at AT TIME ZONE 'Europe/Paris')::date > %(today)s::date - {days}"""


_SAID = {
    Outcome.ACCEPTED: "est acceptée",
    Outcome.REFUSED: "est refusée",
    Outcome.LAPSED: "est restée sans réponse",
}


def _answers(who: Standing, found: Any) -> Iterable[Task]:
    # The last answer about a service is the one that counts.
    last = {code: (outcome, given, closed_at) for code, outcome, given, closed_at in read_list(found)}
    for code, (outcome, given, closed_at) in last.items():
        day = date_long(datetime.datetime.fromisoformat(closed_at))
        said = f"Vous avez « {Level(given).label} » depuis le {day}." if given else f"Réponse du {day}."
        said = f"Elle n’attend plus depuis le {day}." if outcome == Outcome.LAPSED else said
        yield Task(
            f"Votre demande d’accès à « {_name(code)} » {_SAID[Outcome(outcome)]}",
            said,
            address("access:ask-right", who.siret, code),
            state="À lire",
        )


register(
    Source("requests", REQUESTS_SQL, _requests),
    Source("openings", _openings_sql, _openings),
    Source("request-answers", _answers_sql, _answers, audience=lambda who: who.account_opens),
)
