"""Who a person is to themselves: their identifiers, and the words that their password may not be made of."""

from parvis.ground import tenancy
from parvis.identity.models import Credential, Email, Person


def identifiers_of(person_id: int) -> list[str]:
    """The identifiers under which the person signs in, the oldest first."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        return list(Credential.objects.filter(person_id=person_id).order_by("id").values_list("code", flat=True))


def own_words(person_id: int) -> tuple[str, ...]:
    """The person's names and addresses."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        person = Person.objects.filter(pk=person_id).only("first_name", "last_name").first()
        names = (person.first_name, person.last_name) if person else ()
        return (*names, *Email.objects.filter(person_id=person_id).values_list("address", flat=True))
