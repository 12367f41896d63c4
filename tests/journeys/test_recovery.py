"""« Retrouver l’accès », whole: the request, the code by post, two advisers, and an administrator who only reads."""

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader, PdfWriter

from tests.journeys.accounts import Newcomer, open_access, read_identifier
from tests.journeys.conftest import Visitor
from tests.journeys.hands import Hands
from tests.journeys.running import Demo
from tests.journeys.second_factor import confirm_again

pytestmark = pytest.mark.xdist_group("journeys")

SAINT_JORIOZ = "21740242900013"


def order() -> bytes:
    """A PDF of one page."""
    written, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(written)
    return written.getvalue()


def test_from_the_request_to_an_administrator_who_only_reads(demo: Demo, visitor: Visitor) -> None:
    who = Newcomer(last_name="Berthier-Retour", email="c.berthier@saint-jorioz.example")
    page = visitor()
    hands = Hands(page)
    page.goto("/connexion/")
    hands.follow("retrouver l’accès")
    hands.fill("SIRET de l’établissement", SAINT_JORIOZ)
    hands.choose("Que s’est-il passé ?", "La personne qui administrait est partie")
    hands.fill("En quelques phrases", "Partie en retraite, son adresse n’existe plus.")
    hands.choose("Civilité", "Madame")
    hands.fill("Nom", who.last_name)
    hands.fill("Prénom", who.first_name)
    hands.fill("Fonction dans l’établissement", who.function)
    hands.fill("Adresse électronique professionnelle", who.email)
    hands.fill("Téléphone", "06 39 98 01 02")
    page.get_by_label("Pièces (facultatif)").set_input_files(
        {"name": "arrete.pdf", "mimeType": "application/pdf", "buffer": order()}
    )
    hands.press("Envoyer la demande")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Votre demande est reçue")
    reference = page.locator(".identifier code").first.inner_text()
    hands.follow("J’ai noté le code : suivre ma demande")
    expect(page.get_by_role("main")).to_contain_text("part dans les prochains jours")

    first, second = demo.people["conseiller-1"], demo.people["conseiller-2"]
    office = visitor(first)
    office.goto("/conseiller/courriers/")
    with office.expect_download() as saved:
        office.get_by_role("button", name=re.compile("^Ouvrir le PDF")).click()
    pages = [one.extract_text() for one in PdfReader(io.BytesIO(saved.value.path().read_bytes())).pages]
    (sheet,) = [text for text in pages if reference in text]
    found = re.search(r"\b([0-9A-Z]{4} [0-9A-Z]{4})\s+sur ", sheet)
    assert found is not None, sheet
    hands.fill("Code du courrier", found[1])
    hands.press("Valider le code")
    expect(page.get_by_role("main")).to_contain_text("Des conseillers examinent votre demande")

    office.goto("/conseiller/retrouver-l-acces/")
    office.get_by_role("row", name=re.compile(reference)).get_by_role("link").click()
    office.get_by_label("Ce que vous avez vérifié").fill("Mairie appelée, arrêté lu.")
    office.get_by_role("button", name="Demander l’accord d’un second conseiller").click()
    confirm_again(Hands(office), demo, first.identifier)
    expect(office.get_by_role("main")).to_contain_text("voir l’acte dans « Quatre yeux »")
    deciding = visitor(second)
    deciding.goto("/conseiller/quatre-yeux/")
    deciding.get_by_role("link", name=re.compile("^Rétablir l’accès")).first.click()
    expect(deciding.get_by_role("main")).to_contain_text(who.last_name)
    deciding.get_by_role("button", name="Approuver").click()
    confirm_again(Hands(deciding), demo, second.identifier)
    expect(deciding.get_by_text("L’acte est approuvé.")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Votre accès est rétabli").first).to_be_visible()
    who.identifier = read_identifier(page)
    open_access(page, demo, who)
    expect(page.get_by_text(re.compile("^Consultation seule jusqu’au"))).to_be_visible()
    page.goto(f"/etablissements/{SAINT_JORIOZ}/comptes/creer/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vous pourrez le faire à partir du")
    page.goto(f"/etablissements/{SAINT_JORIOZ}/comptes/")
    expect(page.get_by_role("main")).to_contain_text(who.last_name)
