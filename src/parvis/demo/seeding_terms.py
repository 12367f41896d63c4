"""What the demo's establishments did with the « Conditions générales »: all accepted the last version, but two.

Saint-Jorioz has not answered yet: its days of grace run, and moving the clock closes its services. Nobody has come to
Duingt for long.
"""

import datetime
from collections.abc import Mapping

from parvis.access.models import TermsAcceptance, TermsNotice
from parvis.access.terms.versions import newest
from parvis.demo import people
from parvis.demo.invented import ref_of
from parvis.establishments.models import Establishment
from parvis.ground import clock
from parvis.journal.models import Event

TOLD_DAYS_AGO = 16
# Who accepted, and how many days ago.
ACCEPTED = {
    people.ANNECY: ("administrateur", 15),
    people.GRAND_ANNECY: ("grand-annecy-1", 12),
    people.ENTREVERNES: ("entrevernes-1", 9),
    people.CENTRE: ("centre-1", 14),
    people.LESCHAUX: ("nouvel-employeur", 13),
}


def seed_terms(establishments: Mapping[str, Establishment], names: Mapping[str, str]) -> list[Event]:
    """Write the announcement and the acceptances; returns their events, to be written in their order."""
    version = newest(clock.today())
    if version is None:
        return []
    after = {"version": version.number}
    events = []
    for siret, establishment in establishments.items():
        told = _at(TOLD_DAYS_AGO, hour=3)
        TermsNotice.objects.create(
            establishment=establishment,
            version=version.number,
            step=TermsNotice.Step.ANNOUNCED,
            noticed_on=told.astimezone(clock.PARIS).date(),
        )
        where = {"establishment_id": establishment.pk, "after": after}
        events.append(Event(kind="terms.announced", at=told, origin="système", **where))
        if siret in ACCEPTED:
            key, days_ago = ACCEPTED[siret]
            accepted = _at(days_ago, hour=9)
            # The directory may have been there before the demo's people: what was accepted stays as it is.
            TermsAcceptance.objects.get_or_create(
                establishment=establishment,
                version=version.number,
                defaults={
                    "digest": version.digest,
                    "accepted_at": accepted,
                    "accepted_by": ref_of(key),
                    "name": names[key],
                },
            )
            events.append(Event(kind="terms.accepted", at=accepted, actor=ref_of(key), origin="web", **where))
    return events


def _at(days_ago: int, *, hour: int) -> datetime.datetime:
    day = clock.today() - datetime.timedelta(days=days_ago)
    return datetime.datetime.combine(day, datetime.time(hour, 20, tzinfo=clock.PARIS))
