"""What the tests of this folder share."""

import uuid
from collections.abc import Callable
from typing import Any

from parvis.access.actions.creation import Grant
from parvis.access.levels import Level
from parvis.access.models import Right
from parvis.access.presets import actions
from parvis.ground import tenancy
from tests.access.reading import acting, tree, words
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]
FUNDS = frozenset({"cnracl", "ircantec", "rafp"})
RECEPTION = [Grant("mon-etablissement", Level.READ), Grant("correspondants", Level.WRITE)]


def base(world: World, tail: str = "") -> str:
    return f"/etablissements/{world.here.siret}/modeles/{tail}"


def text(answer: Any) -> str:
    return words(answer).replace("\u00a0", " ").replace("\u202f", " ")


def held(who: Someone) -> dict[str, tuple[int, str]]:
    """Level and origin of each right."""
    with tenancy.scope(establishment=who.membership.establishment_id):
        rows = Right.objects.filter(membership_id=who.account_id)
        return {one.service: (one.level, one.origin) for one in rows}


def hidden(answer: Any, name: str) -> str:
    return next((one.get("value", "") for one in tree(answer).iter("input") if one.get("name") == name), "")


def made(world: World, name: str = "Accueil", grants: list[Grant] = RECEPTION) -> str:
    """A model of the establishment's own; its key."""
    with acting(world.administrator) as who:
        return str(actions.create(who=who, ref=uuid.uuid4(), name=name, purpose="", grants=grants).ref)


def confirmed(browser: ReadingClient, world: World, **query: Any) -> Any:
    """Through the page that asks, as somebody would press its button."""
    page = browser.get(base(world, "appliquer/"), query)
    fields = ("comptes", "modele", "maniere", "etat")
    return browser.post(base(world, "appliquer/"), {name: hidden(page, name) for name in fields}, follow=True)
