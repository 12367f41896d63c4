"""The situations of the tests of this folder."""

import pytest

from parvis.access.actions import links
from parvis.access.levels import Level
from parvis.access.models import Link, Membership, Right
from parvis.ground import clock, tenancy
from parvis.post.models import Message
from tests.access.reading import DAY
from tests.world import Someone, World, someone


@pytest.fixture
def staff(as_owner: object, world: World) -> dict[str, Someone]:
    """Colleagues of every kind beside the four fixed people."""
    today, now = clock.today(), clock.now()
    made = {
        "elder": someone(world.here, "Éléonore", "D’Œuvre-Lefèvre", rights={"contrats": Level.READ}),
        "waiting": someone(world.here, "Zoé", "Blanc", confirmed=False),
        "late": someone(world.here, "Noé", "Vidal", confirmed=False),
        "gone": someone(world.here, "Ada", "Noir", rights={"correspondants": Level.WRITE}),
        "over": someone(world.here, "Yves", "L’Hostis"),
        "soon": someone(world.here, "Maud", "Éon", rights={"correspondants": Level.READ}),
    }
    with tenancy.scope(establishment=world.here.pk):
        for name in ("waiting", "late"):
            links.issue(made[name].membership)
        Link.objects.filter(membership=made["late"].membership).update(expires_at=now - DAY)
        late = Link.objects.get(membership=made["late"].membership)
        Message.objects.filter(kind="access.first_link", object_id=late.pk).update(status="failed", failure="Refusé.")
        change = Membership.objects.filter
        change(pk=made["gone"].account_id).update(deactivated_at=now, last_visit_at=now - 40 * DAY)
        change(pk=made["over"].account_id).update(ends_on=today - DAY, last_visit_at=now - 2 * DAY)
        change(pk=made["soon"].account_id).update(ends_on=today)
        Right.objects.filter(membership=made["soon"].membership).update(starts_on=today + DAY)
    return made
