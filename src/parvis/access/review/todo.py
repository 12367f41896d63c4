"""What a review puts under « À faire »: for each administrator, until it is signed."""

import json
from collections.abc import Iterable
from typing import Any

from parvis.access.standing import Standing, read_day
from parvis.access.tasks import Source, Task, register
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import plural

# Lines that nobody decided, of accounts that are still there and not deactivated, or of delegations that hold.
OPEN_SQL = """SELECT json_build_object('due_on', v.due_on, 'pending', (SELECT count(*) FROM access_reviewline l
    WHERE l.review_id = v.id AND NOT EXISTS (SELECT FROM access_reviewdecision d WHERE d.line_id = l.id)
      AND (EXISTS (SELECT FROM access_membership m WHERE m.establishment_id = v.establishment_id AND m.ref = l.ref
          AND m.deactivated_at IS NULL)
        OR EXISTS (SELECT FROM access_delegation g WHERE g.establishment_id = v.establishment_id AND g.ref = l.ref
          AND g.replaced_at IS NULL AND g.ended_at IS NULL AND g.ends_on >= %(today)s))))
  FROM access_review v WHERE v.establishment_id = %(establishment)s AND v.closed_at IS NULL"""


def _tasks(who: Standing, value: Any) -> Iterable[Task]:
    found = json.loads(value) if isinstance(value, str) else value
    pending = found["pending"]
    sentence = (
        f"Conserver, modifier ou retirer : il reste {plural(pending, 'ligne', 'lignes')} à décider."
        if pending
        else "Tout est décidé : il reste à signer la revue."
    )
    yield Task("Revue des droits", sentence, address("access:review", who.siret), read_day(found["due_on"]))


SUSPENDED_SQL = """SELECT nullif(count(DISTINCT s.membership_id), 0) FROM access_suspendedright s
  WHERE s.establishment_id = %(establishment)s"""


def _suspended(who: Standing, value: Any) -> Iterable[Task]:
    yield Task(
        "Droits suspendus après une revue",
        f"{plural(value, 'personne', 'personnes')} : à rétablir, ou à retirer pour de bon.",
        address("access:review", who.siret) + "#suspendus",
    )


register(Source("review", OPEN_SQL, _tasks), Source("review.suspended", SUSPENDED_SQL, _suspended))
