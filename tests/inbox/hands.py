"""What the tests of this folder share."""

import uuid
from collections.abc import Callable

from parvis.access.models import Absence, AbsenceRight, Membership, Right
from parvis.establishments.models import Establishment
from parvis.exchanges.models import Exchange, Motif
from parvis.ground import clock
from tests.plugins.html import ReadingClient
from tests.world import Someone

SignedIn = Callable[[Someone], ReadingClient]
PATH = "/accueil/"


def absence(mine: Membership, service: str) -> Absence:
    """A colleague is away, and somebody holds the service meanwhile."""
    made = Absence.objects.create(
        establishment_id=mine.establishment_id, absent=None, absent_name="Zoé Blanc", receiver=mine,
        starts_on=clock.today(), ends_on=clock.today(), created_at=clock.now(), created_by=uuid.uuid4(),
    )  # fmt: skip
    AbsenceRight.objects.create(establishment_id=mine.establishment_id, absence=made, service=service, level=1)
    return made


def reads(who: Someone, place: Establishment) -> None:
    mine = Membership.objects.get(person=who.person, establishment=place)
    Right.objects.create(
        establishment=place, membership=mine, service="courriers", level=1, granted_at=clock.now(),
        granted_by=uuid.uuid4(),
    )  # fmt: skip


def wrote(place: Establishment, text: str, number: int) -> Exchange:
    now, motif = clock.now(), Motif.objects.order_by("pk")[0]
    return Exchange.objects.create(
        reference=f"7HK4PX92{number}", draft=uuid.uuid4(), establishment=place, fund="cnracl", addressee="cnracl",
        motif=motif, title="Question", author=uuid.uuid4(), author_name="Zoé Blanc", sent_at=now, moved_at=now,
        target_on=clock.today(), promised_on=clock.today(), search=text, service="courriers",
    )  # fmt: skip
