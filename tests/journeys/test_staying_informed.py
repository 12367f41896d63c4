"""What arrives and what must be done, from home to the last tick, without any script."""

import io
import re

from playwright.sync_api import expect
from pypdf import PdfWriter

from tests.journeys.conftest import Visitor
from tests.journeys.hands import Hands
from tests.journeys.running import Demo

ASKED = ("Établissement et contrats", "Fiche de l’établissement", "Coordonnées ou effectifs à corriger", "Ircantec")
SAID = "Le numéro de téléphone de la mairie a changé."
NOTE = "Mandat 2026-114"


def paper() -> bytes:
    """A PDF of one page."""
    held, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(held)
    return held.getvalue()


def test_letter_is_read_a_fund_is_written_to_and_an_obligation_ticked_without_script(
    demo: Demo, visitor: Visitor
) -> None:
    who = demo.people["administrateur-2"]
    page = visitor(who, java_script_enabled=False)
    hands, title = Hands(page), page.get_by_role("heading", level=1)

    # --- From home to what came, and from there to a letter: a notice leads to what it tells of.
    page.goto(who.home)
    hands.follow("Toutes les notifications")
    expect(title).to_have_text("Notifications")
    arrived = page.locator(".notice-unread", has_text=re.compile(r"Un courrier .* est arrivé\."))
    arrived.get_by_role("link").first.click()
    expect(page.get_by_role("link", name="Ouvrir le courrier")).to_be_visible()
    letter = page.url
    content = page.request.get(page.get_by_role("link", name="Ouvrir le courrier").get_attribute("href") or "")
    assert content.headers["content-type"] == "application/pdf"
    assert content.body().startswith(b"%PDF")
    page.goto(letter)
    expect(page.locator("main .badge").first).to_have_text("Lu")
    expect(page.get_by_role("region", name="Qui l’a lu")).to_contain_text(who.name)

    # --- « Nous contacter »: one question per page, with a document.
    page.goto(f"{who.home}echanges/")
    hands.activate(page.locator("main").get_by_role("link", name="Nous contacter", exact=True).first)
    for answer in (
        "Établissement et contrats",
        "Fiche de l’établissement",
        "Coordonnées ou effectifs à corriger",
        "Ircantec",
    ):
        page.get_by_role("main").get_by_text(answer, exact=True).click()
        hands.press("Continuer")
    hands.fill("Votre message", SAID)
    hands.press("Continuer")
    expect(title).to_have_text("Vos documents")
    sent = {"name": "délibération.pdf", "mimeType": "application/pdf", "buffer": paper()}
    page.locator("input[type=file]").first.set_input_files(sent)  # type: ignore[arg-type]
    hands.press("Continuer")
    expect(title).to_have_text("Vérifier et envoyer")
    expect(page.get_by_role("main")).to_contain_text("délibération.pdf")
    hands.press("Envoyer ma demande")
    hands.follow("Voir cet échange")
    expect(page.get_by_role("main")).to_contain_text(SAID)
    document = page.request.get(page.get_by_role("link", name="délibération.pdf").get_attribute("href") or "")
    assert document.body().startswith(b"%PDF")

    # --- An obligation, ticked with a note.
    page.goto(f"{who.home}echeancier/")
    act = page.locator(".agenda-acts").get_by_role("link", name="C’est fait").first
    key = (act.get_attribute("href") or "").split("/")[-3]
    act.click()
    hands.fill("Note (facultatif)", NOTE)
    hands.press("Cocher cette échéance")
    # It was late, or is yet to come.
    for period in ("passe", "12"):
        page.goto(f"{who.home}echeancier/?etat=toutes&periode={period}&suite=1")
        if page.locator(f"#{key}").count():
            break
    expect(page.locator(f"#{key}.agenda-done")).to_contain_text(NOTE)
