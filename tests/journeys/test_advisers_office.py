"""An adviser's call: found by name with a mistake, known by a code, unblocked; and « Voir comme », ended."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor
from tests.journeys.hands import Hands
from tests.journeys.running import Demo
from tests.journeys.second_factor import confirm_again

pytestmark = pytest.mark.xdist_group("journeys")


def test_a_caller_is_found_known_by_a_code_and_seen_as(demo: Demo, visitor: Visitor) -> None:
    caller, adviser = demo.people["utilisateur"], demo.people["conseiller-1"]
    theirs = visitor(caller)
    theirs.goto("/mon-compte/code-d-appel/")
    theirs.get_by_role("main").get_by_role("button").first.click()
    found = re.search(r"\b(\d{3})\s?(\d{3})\b", theirs.get_by_role("main").inner_text())
    assert found is not None
    code = found[1] + found[2]

    page = visitor(adviser)
    hands = Hands(page)
    page.goto("/conseiller/")
    hands.fill("Établissement ou personne", "metrall ines")
    hands.press("Rechercher")
    expect(page.get_by_role("row", name=re.compile(caller.name))).to_be_visible()

    page.goto("/conseiller/appels/")
    hands.fill("Code d’appel", code)
    hands.press("Ouvrir sa fiche")
    expect(page.get_by_role("heading", level=1)).to_have_text(caller.name)
    hands.follow("Noter la réponse et terminer l’appel")
    hands.pick("Motif", "Comptes et droits de l’établissement")
    page.get_by_text("Répondu", exact=True).click()
    hands.press("Terminer l’appel")
    expect(page.get_by_text("L’appel est noté")).to_be_visible()

    hands.follow("Voir sa fiche")
    hands.follow("Voir comme cette personne")
    page.get_by_text("Aider cette personne au téléphone").click()
    hands.press("Voir comme cette personne")
    # Who signed in a while ago (another journey moves the demo's clock) is asked for their factor again.
    seen = page.get_by_text(f"Vous voyez comme {caller.name}")
    expect(seen.or_(page.get_by_role("heading", name="Confirmer que c’est vous"))).to_be_visible()
    confirm_again(hands, demo, adviser.identifier)
    expect(seen).to_be_visible()
    page.get_by_role("button", name=re.compile("^Terminer")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(caller.name)
