"""What the tests of this folder share: people, requests, and how their answers are read."""

import uuid
from collections.abc import Callable
from typing import Any

from parvis.access.models import Draft, Membership
from parvis.ground import tenancy
from parvis.post.models import Message
from tests.access.reading import (
    summary,
)
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]


GOOD = {
    "civility": "mme",
    "last_name": "D’Aubigné-Lefèvre",
    "first_name": "Zoé-Anaïs",
    "function": "Gestionnaire paie",
    "unit": "Ressources humaines",
    "email": "zoe.daubigne@annecy.example",
    "phone": "04 50 33 88 88",
    "profile": "utilisateur",
    "starts_on": "",
    "ends_on": "",
}


RIGHTS = {"niveau-mon-etablissement": "modification", "niveau-contrats": "lecture", "niveau-correspondants": "aucun"}


def accounts_and_drafts(world: World) -> tuple[int, int, int]:
    with tenancy.scope(establishment=world.here.pk):
        return Membership.objects.count(), Draft.objects.count(), Message.objects.count()


def drafted(browser: ReadingClient, base: str, **changes: Any) -> str:
    """Step 1 done; the address of the draft."""
    answer = browser.post(base, {**GOOD, "draft": str(uuid.uuid4()), **changes})
    assert answer.status_code == 302, summary(answer)
    return answer.headers["Location"].removesuffix("droits/")


def created(browser: ReadingClient, base: str, **changes: Any) -> str:
    """All three steps; the address of the draft."""
    where = drafted(browser, base, **changes)
    assert browser.post(where + "droits/", RIGHTS).headers["Location"] == where + "verification/"
    assert browser.post(where + "verification/").headers["Location"] == where + "identifiant/"
    return where


def draft_of(world: World, where: str) -> Draft:
    with tenancy.scope(establishment=world.here.pk):
        return Draft.objects.get(pk=where.rstrip("/").rsplit("/", 1)[1])


def account_of(world: World, where: str) -> Membership:
    with tenancy.scope(establishment=world.here.pk):
        return Membership.objects.get(draft__pk=where.rstrip("/").rsplit("/", 1)[1])


LONG = "é" * 10_000


BAD = [
    ("last_name", "", "Saisissez le nom de famille."),
    ("last_name", "   \t ", "Saisissez le nom de famille."),
    ("last_name", LONG, "abrégez-le à 100 caractères au plus"),
    ("first_name", LONG, "abrégez-le à 100 caractères au plus"),
    ("first_name", "Zoé 🙂", "Retirez « 🙂 »"),
    ("last_name", "<b>Martin</b>", "Retirez « < »"),
    ("last_name", "Martin2", "Retirez « 2 »"),
    ("last_name", "Martin\ufffd", "Retirez « \ufffd »"),
    ("function", LONG, "abrégez-le à 120 caractères au plus"),
    ("function", "", "Saisissez la fonction"),
    ("unit", LONG, "abrégez-le à 120 caractères au plus"),
    ("email", "zoe", "n’est pas complète"),
    ("email", "zoe@@annecy.example", "n’est pas complète"),
    ("email", "zoé@annecy.example", "n’est pas complète"),
    ("email", "zoe@annecy.example, paul@annecy.example", "n’est pas complète"),
    ("email", "a@" + "b" * 10_000 + ".example", "abrégez-le à 254 caractères au plus"),
    ("phone", "12", "n’existe pas"),
    ("phone", "5" * 10_000, "abrégez-le à 40 caractères au plus"),
    ("phone", "zéro quatre", "n’existe pas"),
    ("starts_on", "31/02/2026", "Cette date n’existe pas"),
    ("starts_on", "24/11/1826", "comprise entre 2000 et 2100"),
    ("ends_on", "demain", "Cette date n’existe pas"),
    ("ends_on", "01/01/2020", "déjà passée"),
    ("ends_on", "9" * 10_000, "Cette date n’existe pas"),
]
