"""« Inscrire un établissement », whole: with a code by post, and with a document that two advisers accept."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys.accounts import Newcomer, open_access, read_identifier
from tests.journeys.conftest import Visitor
from tests.journeys.hands import Hands
from tests.journeys.running import Demo
from tests.journeys.second_factor import confirm_again

pytestmark = pytest.mark.xdist_group("journeys")

ALEX, ALLINGES = ("21740003500010", "CNRA-003500-01"), ("21740005000019", "cnra 005000 01")


def begin(page: Page, town: tuple[str, str], who: Newcomer) -> Hands:
    """From the sign-in page to the choice of a proof."""
    siret, contract = town
    hands = Hands(page)
    page.goto("/connexion/")
    page.get_by_role("main").get_by_role("link", name="Inscrire un établissement").click()
    hands.fill("SIRET de l’établissement", siret)
    hands.press("Continuer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous pouvez inscrire cet établissement")
    hands.follow("Avec un numéro de contrat")
    hands.fill("Numéro de contrat", contract)
    hands.choose("Civilité", "Madame")
    hands.fill("Nom", who.last_name)
    hands.fill("Prénom", who.first_name)
    hands.fill("Fonction", who.function)
    hands.fill("Adresse électronique", who.email)
    hands.fill("Téléphone", "06 39 98 01 02")
    hands.press("Continuer")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Prouvez que vous pouvez inscrire")
    return hands


def opened(page: Page, demo: Demo, who: Newcomer) -> None:
    """The identifier on the follow-up page, the link in the e-mail, then home with its first steps."""
    who.identifier = read_identifier(page)
    open_access(page, demo, who)
    expect(page.get_by_role("link", name="Nommer une seconde personne qui administre")).to_be_visible()


def test_a_code_by_post_opens_the_access(demo: Demo, visitor: Visitor) -> None:
    who = Newcomer(last_name="Vautrin-Courrier", email="solene.vautrin@alex.example")
    page = visitor()
    hands = begin(page, ALEX, who)
    hands.press("Demander le courrier")
    expect(page.get_by_role("main")).to_contain_text("Un courrier va partir")
    follow = page.url
    adviser = demo.people["conseiller-1"]
    office = visitor(adviser)
    office.goto("/conseiller/courriers/")
    confirm_again(Hands(office), demo, adviser.identifier)
    with office.expect_download() as saved:
        office.get_by_role("button", name=re.compile("^Ouvrir le PDF")).click()
    pages = PdfReader(io.BytesIO(saved.value.path().read_bytes())).pages
    (sheet,) = [text for text in (one.extract_text() for one in pages) if "Alex" in text]
    found = re.search(r"\b([0-9A-Z]{4} [0-9A-Z]{4})\s+sur ", sheet)
    assert found is not None, sheet
    # At once, on the same page: another button than the one pressed before is no double click.
    office.get_by_role("button", name="Marquer comme imprimés").click()
    expect(office.get_by_text(re.compile("à mettre sous pli"))).to_be_visible(timeout=20_000)
    page.goto(follow)
    expect(page.get_by_role("main")).to_contain_text("Le courrier est parti")
    hands.fill("Code reçu par courrier", "AAAA AAAA")
    hands.press("Ouvrir mon accès")
    expect(page.get_by_role("main")).to_contain_text("Il vous reste 4")
    hands.fill("Code reçu par courrier", found[1])
    hands.press("Ouvrir mon accès")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre établissement est inscrit")
    opened(page, demo, who)


def test_a_document_opens_it_once_two_advisers_agree(demo: Demo, visitor: Visitor) -> None:
    who = Newcomer(last_name="Jacquard-Arrêté", email="m.jacquard@allinges.example")
    page = visitor()
    hands = begin(page, ALLINGES, who)
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(picture, "PNG")
    page.get_by_label("Vos documents").set_input_files(
        {"name": "arrete.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    hands.press("Envoyer les documents")
    expect(page.get_by_role("main")).to_contain_text("Des conseillers vérifient vos documents")
    follow = page.url
    first, second = demo.people["conseiller-1"], demo.people["conseiller-2"]
    office = visitor(first)
    office.goto("/conseiller/inscriptions/")
    office.get_by_role("link", name="Allinges").click()
    office.get_by_label("Ce que vous avez vérifié").fill("Arrêté signé, adresse de la mairie.")
    office.get_by_role("button", name="Demander à un second conseiller").click()
    confirm_again(Hands(office), demo, first.identifier)
    expect(office.get_by_role("main")).to_contain_text("un second conseiller en décide")
    office = visitor(second)
    office.goto("/conseiller/quatre-yeux/")
    office.get_by_role("link", name=re.compile("^Accepter une inscription")).first.click()
    expect(office.get_by_role("main")).to_contain_text("Jacquard-Arrêté")
    office.get_by_role("button", name="Approuver").click()
    confirm_again(Hands(office), demo, second.identifier)
    expect(office.get_by_text("L’acte est approuvé.")).to_be_visible()
    page.goto(follow)
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre établissement est inscrit")
    opened(page, demo, who)
