"""Where an establishment is with the terms: accepted, to accept, or its services closed. Decided in memory.

**The rule.** The newest version published is to be accepted by an administrator of the establishment. The days of grace
(`PARVIS_TERMS_GRACE`) begin on the day from which a version applies, or on the day on which it was announced to the
establishment's administrators where that is later: so an establishment that joins later, or a site that is updated
late, has its whole time. Once they are over the services are closed, until the newest version is accepted. A version
that nobody answered keeps its own time when a newer one appears.
"""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from parvis.access.terms.versions import Version, published

# Two columns of a statement over establishments_establishment as e: what `read_terms` wants.
TERMS_COLUMNS = """(SELECT coalesce(max(t.version), 0) FROM access_termsacceptance t WHERE t.establishment_id = e.id),
  (SELECT json_object_agg(n.version, n.noticed_on) FROM access_termsnotice n
    WHERE n.establishment_id = e.id AND n.step = 'announced')"""

# The first day without services of the establishment {place}, NULL as long as none is set: `terms_on`, over many at
# once. `terms` is what `applied` gives, `grace` the days of grace.
CLOSES_ON_SQL = """(SELECT min(greatest((terms ->> n.version::text)::date, n.noticed_on)) + grace
  FROM access_termsnotice n WHERE n.establishment_id = {place} AND n.step = 'announced'
    AND jsonb_exists(terms, n.version::text) AND n.version > (SELECT coalesce(max(t.version), 0)
      FROM access_termsacceptance t WHERE t.establishment_id = {place}))"""
# Whether there is a version to accept there.
ASKED_SQL = """(SELECT coalesce(max(t.version), 0) FROM access_termsacceptance t WHERE t.establishment_id = {place})
  < (SELECT max(v::int) FROM jsonb_object_keys(terms) v)"""


def applied(today: datetime.date) -> str:
    """Of each version published on a day the day from which it applies, as JSON: for `CLOSES_ON_SQL`."""
    return json.dumps({version.number: version.applies.isoformat() for version in published(today)})


@dataclass(frozen=True, slots=True)
class Terms:
    """`asked`: the version to accept, None when there is none. `closes_on`: the first day without services, None as
    long as no day is set: the days of grace begin with the announcement."""

    accepted: int = 0
    asked: Version | None = None
    closes_on: datetime.date | None = None
    closed: bool = False
    last_days: bool = False

    @property
    def last_day(self) -> datetime.date | None:
        """The last day with services."""
        return None if self.closes_on is None else self.closes_on - datetime.timedelta(days=1)

    @property
    def grace_days(self) -> int:
        """The days of grace, to show."""
        return settings.PARVIS_TERMS_GRACE.days


def terms_on(today: datetime.date, *, accepted: int, announced: Mapping[int, datetime.date]) -> Terms:
    """The state on a day: `accepted` is the newest version accepted (0: none), `announced` the day of each notice."""
    pending = [version for version in published(today) if version.number > accepted]
    if not pending:
        return Terms(accepted=accepted)
    begins = [max(version.applies, announced[version.number]) for version in pending if version.number in announced]
    if not begins:
        return Terms(accepted=accepted, asked=pending[-1])
    closes_on = min(begins) + settings.PARVIS_TERMS_GRACE
    return Terms(
        accepted=accepted,
        asked=pending[-1],
        closes_on=closes_on,
        closed=closes_on <= today,
        last_days=closes_on - settings.PARVIS_TERMS_REMINDER <= today,
    )


def read_terms(today: datetime.date, accepted: int, announced: Any) -> Terms:
    """The state from the values of `TERMS_COLUMNS`."""
    told = json.loads(announced) if isinstance(announced, str) else announced or {}
    days = {int(number): datetime.date.fromisoformat(day) for number, day in told.items()}
    return terms_on(today, accepted=accepted, announced=days)
