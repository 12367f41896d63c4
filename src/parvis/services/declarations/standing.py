"""Which declarations are in force, and which anomalies wait."""

from django.db.models import QuerySet

from parvis.services.declarations.models import Anomaly, Declaration

IN_FORCE = (Declaration.State.ANOMALIES, Declaration.State.PROCESSED)
# Here, and not checked to the end.
COMING = (Declaration.State.RECEIVED, Declaration.State.CHECKING)
WAITING = (Anomaly.State.OPEN, Anomaly.State.PAYROLL)


def in_force(row: Declaration) -> QuerySet[Declaration]:
    """The declarations of the same employer and nature that are in force, of whatever month; no test, none that came
    from an establishment that it took over."""
    return Declaration.objects.filter(
        establishment_id=row.establishment_id, nature=row.nature, test=False, came_from="", state__in=IN_FORCE
    )
