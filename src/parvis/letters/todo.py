"""What letters put under « À faire »: those about money that nobody opened yet, for each who may read them."""

import datetime
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from parvis.access.decision import decide, shows
from parvis.access.levels import Level
from parvis.access.standing import Standing
from parvis.access.tasks import Source, Task, register
from parvis.ground import clock
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import plural
from parvis.letters.reading import service_of

UNOPENED_SQL = """SELECT json_agg(json_build_array(f.service, f.count, f.oldest, f.id, f.fund)) FROM (
  SELECT t.service, l.fund, count(*) AS count, min(l.deposited_at) AS oldest, min(l.id) AS id
  FROM letters_fundletter l JOIN letters_lettertype t ON t.id = l.type_id
  WHERE l.establishment_id = %(establishment)s AND t.about_money AND l.first_opened_at IS NULL
    AND l.withdrawn_at IS NULL AND l.archived_at IS NULL GROUP BY t.service, l.fund) f"""


def _tasks(who: Standing, value: Any) -> Iterable[Task]:
    groups = json.loads(value) if isinstance(value, str) else value
    mine = [
        one for one in groups if shows(who, one[4]) and decide(who, service_of(one[0], who.funds)).level >= Level.READ
    ]
    count = sum(one[1] for one in mine)
    if not count:
        return
    oldest = min(datetime.datetime.fromisoformat(one[2]) for one in mine)
    due = oldest + settings.PARVIS_LETTER_RECALL
    since = max(0, (who.today - oldest.astimezone(clock.PARIS).date()).days)
    where = (
        address("letters:letter", who.siret, mine[0][3])
        if count == 1
        else address("letters:index", who.siret) + "?etat=non-lus"
    )
    waiting = f"depuis {plural(since, 'jour', 'jours')}" if since else "depuis aujourd’hui"
    if count == 1:
        title, sentence = "Lire un courrier à propos d’argent", f"Personne ne l’a encore ouvert, {waiting}."
    else:
        title = f"Lire {plural(count, 'courrier', 'courriers')} à propos d’argent"
        sentence = f"Personne ne les a encore ouverts ; le plus ancien attend {waiting}."
    yield Task(title, sentence, where, due.astimezone(clock.PARIS).date())


register(Source("letters", UNOPENED_SQL, _tasks, audience=lambda who: who.enters))
