"""« Dossiers confiés »: what employers have delegated to an organisation, over all those for whom somebody works."""

from dataclasses import dataclass

from django.db import connection

from parvis.access.levels import Level
from parvis.access.standing import Standing
from parvis.access.status import values
from parvis.dossiers import registry
from parvis.dossiers.models import Dossier
from parvis.dossiers.references import grouped
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_short

_MOST = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A dossier of a client, strings ready to show."""

    href: str
    shown: str
    kind: str
    title: str
    employer: str
    siret: str
    worker: str
    mine: bool
    since: str
    due: str
    late: bool


def entrusted(who: Standing) -> list[Line]:
    """Those on which the person may work today, the longest waiting first; three statements."""
    with tenancy.scope(
        person=who.person_id, establishment=who.establishment_id, role=tenancy.PORTFOLIO, read_only=True
    ):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT client_id, service FROM access_organisation_mandates(%(today)s, %(months)s, %(only)s) "
                "WHERE level >= %(write)s",
                {**values(), "only": who.membership_id, "write": int(Level.WRITE)},
            )
            mine = set(cursor.fetchall())
        rows = [
            one
            for one in Dossier.objects.filter(organisation_id=who.establishment_id).order_by("delegated_at", "id")[
                :_MOST
            ]
            if (one.establishment_id, one.service) in mine
        ]
        places = Establishment.objects.in_bulk({one.establishment_id for one in rows})
    return [_line(one, places[one.establishment_id], who) for one in rows if one.establishment_id in places]


def _line(one: Dossier, place: Establishment, who: Standing) -> Line:
    return Line(
        href=address("dossiers:one", place.siret, one.reference),
        shown=grouped(one.reference),
        kind=registry.label_of(one.kind),
        title=one.title,
        employer=place.name,
        siret=place.siret,
        worker=one.worked_by_name.split(" (")[0],
        mine=one.worked_by == who.person_id,
        since=date_short(one.delegated_at) if one.delegated_at else "",
        due=date_short(one.due_on) if one.due_on else "",
        late=one.due_on is not None and one.due_on < clock.today(),
    )
