"""« Dossiers confiés »: what employers have delegated to an organisation, over all those for whom somebody works."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Q

from parvis.access.levels import Level
from parvis.access.paging import Paging, paging
from parvis.access.standing import Standing
from parvis.access.status import values
from parvis.dossiers import registry
from parvis.dossiers.models import Dossier
from parvis.dossiers.references import grouped
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_short
from parvis.ground.pages.numbering import page_count, page_within


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


@dataclass(frozen=True, slots=True)
class Entrusted:
    """A page of them; `paging.total`: of all."""

    lines: list[Line]
    paging: Paging


def entrusted(who: Standing, page: int = 1) -> Entrusted:
    """Those on which the person may work today, the longest waiting first, by pages; four statements."""
    with tenancy.scope(
        person=who.person_id, establishment=who.establishment_id, role=tenancy.PORTFOLIO, read_only=True
    ):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT client_id, service FROM access_organisation_mandates(%(today)s, %(months)s, %(only)s) "
                "WHERE level >= %(write)s",
                {**values(), "only": who.membership_id, "write": int(Level.WRITE)},
            )
            mine: dict[str, list[int]] = {}
            for place, service in cursor.fetchall():
                mine.setdefault(service, []).append(place)
        wanted = Q(pk__in=[])
        for service, places in mine.items():
            wanted |= Q(service=service, establishment_id__in=places)
        found = Dossier.objects.filter(wanted, organisation_id=who.establishment_id)
        total, size = found.count(), settings.PARVIS_DOSSIERS_PAGE
        number = page_within(page, total, size)
        rows = list(found.order_by("delegated_at", "id")[(number - 1) * size : number * size])
        names = Establishment.objects.in_bulk({one.establishment_id for one in rows})
    return Entrusted(
        [_line(one, names[one.establishment_id], who) for one in rows if one.establishment_id in names],
        paging(number, page_count(total, size), total, lambda n: f"?page={n}"),
    )


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
