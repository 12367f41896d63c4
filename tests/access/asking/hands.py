"""What the tests of this folder share: requests as their people make them, and what the worker would send."""

from collections.abc import Callable
from typing import Any

from parvis.access.asking import actions
from parvis.access.asking.actions import Asked
from parvis.access.levels import Level
from parvis.access.models import Membership, Right, RightRequest
from parvis.establishments.models import Establishment
from parvis.ground import tenancy
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.access.reading import acting
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]
REASON = "Je remplace une collègue en juillet."


def asks(who: Someone, code: str = "correspondants", level: Level = Level.READ, reason: str = REASON) -> Asked:
    with acting(who) as here:
        return actions.ask(who=here, code=code, level=level, reason=reason)


def own_page(world: World, code: str = "correspondants") -> str:
    return f"/etablissements/{world.here.siret}/demander/{code}/"


def listing(world: World) -> str:
    return f"/etablissements/{world.here.siret}/comptes/demandes/"


def answer_page(request: RightRequest, world: World) -> str:
    return f"{listing(world)}{request.ref}/"


def requests_of(who: Someone) -> list[RightRequest]:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return list(RightRequest.objects.filter(membership=who.membership).order_by("id"))


def fresh(request: RightRequest) -> RightRequest:
    with tenancy.scope(establishment=request.establishment_id):
        return RightRequest.objects.get(pk=request.pk)


def rights(who: Someone) -> dict[str, tuple[int, Any]]:
    with tenancy.scope(establishment=who.membership.establishment_id):
        found = Right.objects.filter(membership=who.membership)
        return {right.service: (right.level, right.ends_on) for right in found}


def alter(who: Someone, **fields: Any) -> None:
    with tenancy.scope(establishment=who.membership.establishment_id):
        Membership.objects.filter(pk=who.account_id).update(**fields)


def messages(where: Establishment, kind: str) -> list[Message]:
    with tenancy.scope(establishment=where.pk):
        return list(Message.objects.filter(kind=f"access.{kind}").order_by("id"))


def written(message: Message) -> Envelope | None:
    """The e-mail as the worker would write it now."""
    assert message.establishment_id is not None
    with tenancy.scope(establishment=message.establishment_id):
        found = LETTERS[message.kind].written(message)
    assert found is None or isinstance(found, Envelope)
    return found
