"""Whether a person wants a kind of message: the one place that answers, asked where every message leaves."""

from parvis.ground import tenancy
from parvis.identity.models import NotificationChoice


def wants(person_id: int, kind: str) -> bool:
    """Whether the person wants messages of that kind. No row: they do."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        return not NotificationChoice.objects.filter(person_id=person_id, kind=kind).exists()


def declined(person_id: int) -> frozenset[str]:
    """The kinds that the person does not want."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        return frozenset(NotificationChoice.objects.filter(person_id=person_id).values_list("kind", flat=True))
