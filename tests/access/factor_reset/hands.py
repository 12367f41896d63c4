"""What the tests of this folder share: asking, the letters that leave, what became of a reset and of factors."""

import re
from typing import Any

from parvis.access.models import FactorReset
from parvis.ground import tenancy
from parvis.identity.queries.factors import factors_of
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.world import Someone, World


def page_of(world: World, who: Someone | None = None) -> str:
    account = (who or world.user).account_id
    return f"/etablissements/{world.here.siret}/comptes/{account}/second-facteur-perdu/"


def ask(world: World, signed_in: Any, by: Someone | None = None) -> FactorReset:
    """An administrator asks for Léa's reset."""
    answer = signed_in(by or world.administrator).post(page_of(world))
    assert answer.status_code == 302, answer.content.decode()
    return latest(world)


def latest(world: World) -> FactorReset:
    with tenancy.scope(establishment=world.here.pk):
        return FactorReset.objects.latest("id")


def all_of(world: World) -> list[FactorReset]:
    with tenancy.scope(establishment=world.here.pk):
        return list(FactorReset.objects.order_by("id"))


def letters(world: World, kind: str) -> list[Envelope]:
    """The messages of a kind that leave for the establishment's people now, as written."""
    with tenancy.scope(establishment=world.here.pk):
        waiting = Message.objects.filter(kind=kind, status=Message.Status.QUEUED).order_by("id")
        made = [LETTERS[kind].written(message) for message in waiting]
    return [one for one in made if isinstance(one, Envelope)]


def refusal(world: World) -> str:
    """The address that the person's e-mail leads to."""
    (letter,) = letters(world, "access.factor_reset_asked")
    found = re.search(r"http://127\.0\.0\.1:8000(/second-facteur-perdu/[\w-]{43}/)\s", letter.text)
    assert found is not None
    return found[1]


def holds(who: Someone) -> bool:
    """Whether somebody has a second factor."""
    return factors_of(who.person.pk).any
