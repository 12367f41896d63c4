"""Which messages a person wants. Those about security always leave: only what a letter declares can be declined."""

from collections.abc import Iterable

from parvis.ground import tenancy
from parvis.identity.models import NotificationChoice
from parvis.journal.actions import Actor, record
from parvis.post.registry import choosable


def choose(*, person_id: int, offered: Iterable[str], wanted: Iterable[str]) -> None:
    """Of the kinds `offered` to the person, those that they want; what is not offered stays as it was.

    A kind that no letter lets one decline is ignored.
    """
    asked = {letter.kind for letter in choosable()} & set(offered)
    declined = asked - set(wanted)
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        held = set(NotificationChoice.objects.filter(kind__in=asked).values_list("kind", flat=True))
        if held == declined:
            return
        NotificationChoice.objects.filter(kind__in=asked - declined).delete()
        NotificationChoice.objects.bulk_create(
            [NotificationChoice(person_id=person_id, kind=kind) for kind in sorted(declined - held)],
            ignore_conflicts=True,
        )
        record(
            "identity.notifications_chosen",
            actor=Actor(ref=None, person_id=person_id),
            person=person_id,
            before={"declined": sorted(held)},
            after={"declined": sorted(declined)},
        )
