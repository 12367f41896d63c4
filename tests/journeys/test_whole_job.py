"""The main job, from the administrator's sign-in to the colleague's refused POST; also without script, also by keys."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys.accounts import PASSWORD, Newcomer, choose_rights, fill_coordinates, read_identifier
from tests.journeys.conftest import Visitor
from tests.journeys.hands import Hands, Keys
from tests.journeys.running import Demo, Known
from tests.journeys.second_factor import enrol_app, pass_second_factor

RIGHTS = {"Mon établissement": "Modification", "Contrats avec les fonds": "Aucun", "Correspondants": "Lecture seule"}


@pytest.fixture(params=["pointer", "no script", "keyboard"])
def way(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_administrator_opens_an_access_and_the_colleague_has_just_that(
    demo: Demo, visitor: Visitor, way: str, tmp_path: Path
) -> None:
    hands_of: Callable[[Page], Hands] = Keys if way == "keyboard" else Hands
    scripted = way != "no script"
    administrator = demo.people["administrateur"]
    hands = hands_of(visitor(java_script_enabled=scripted))
    page = hands.page
    who = Newcomer(rights=RIGHTS)

    # --- The administrator signs in and finds the accounts under their name.
    page.goto("/")
    hands.activate(page.get_by_role("link", name="Me connecter", exact=True))
    hands.fill("Identifiant ou adresse électronique", administrator.identifier)
    hands.fill("Mot de passe", administrator.password)
    hands.activate(page.get_by_role("button", name="Se connecter", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirmer que c’est vous")
    pass_second_factor(hands, demo, administrator.identifier)
    expect(page).to_have_url(re.compile(f"{administrator.home}$"))
    hands.open_menu()
    menu = page.locator("[data-menu]")
    expect(menu).to_contain_text("Administrateur")
    assert menu.get_by_role("link").all_inner_texts() == ["Mon compte", "Mon établissement", "Gestion des comptes"]
    expect(menu.get_by_role("button", name="Se déconnecter")).to_be_visible()
    hands.activate(menu.get_by_role("link", name="Gestion des comptes"))

    # --- Three steps, with a way back that loses nothing.
    hands.follow("Créer un compte")
    expect(page.get_by_text("Étape 1 sur 3")).to_be_visible()
    fill_coordinates(hands, who)
    hands.press("Continuer")
    expect(page.get_by_text("Étape 2 sur 3")).to_be_visible()
    hands.follow("Étape précédente")
    expect(page.get_by_label("Nom", exact=True)).to_have_value(who.last_name)
    expect(page.get_by_label("Téléphone")).to_have_value(re.compile(r"^06\s39\s98\s01\s02$"))
    expect(page.get_by_role("radio", name="Madame")).to_be_checked()
    hands.press("Continuer")
    expect(page.get_by_text("Étape 2 sur 3")).to_be_visible()

    hands.pick("Copier les droits de…", demo.people["lecteur"].name)
    hands.press("Copier ses droits")
    expect(page.get_by_text("Les droits de Thomas Chappuis sont recopiés")).to_be_visible()
    for service in RIGHTS:
        group = page.get_by_role("group", name=f"Niveau sur « {service} »", exact=True)
        expect(group.get_by_role("radio", name="Lecture seule")).to_be_checked()
    choose_rights(hands, RIGHTS)
    hands.activate(page.locator(".actions").get_by_role("button", name="Continuer"))

    # --- What will be given, in words; « Étape précédente » keeps the choices.
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifier avant de créer le compte")
    given = page.locator("section", has=page.get_by_role("heading", name="Droits"))
    for service, level in RIGHTS.items():
        expect(given.locator(".summary-row", has_text=service).first).to_contain_text(level)
    hands.follow("Étape précédente")
    chosen = page.get_by_role("group", name="Niveau sur « Mon établissement »", exact=True)
    expect(chosen.get_by_role("radio", name="Modification")).to_be_checked()
    hands.activate(page.locator(".actions").get_by_role("button", name="Continuer"))
    assert not [mail for mail in demo.mails() if mail["to"] == [who.email]]
    hands.press(re.compile("^Créer"))

    # --- The identifier, to hand over.
    expect(page.get_by_text("Étape 3 sur 3")).to_be_visible()
    who.identifier = read_identifier(page)
    if scripted:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=demo.address)
        hands.press("Copier l’identifiant")
        expect(page.get_by_text("Copié", exact=True)).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == who.identifier
    else:
        expect(page.get_by_role("button", name="Copier l’identifiant")).to_be_hidden()
    with page.expect_download() as download:
        hands.follow(re.compile("^Télécharger la fiche"))
    check_sheet(download.value.path(), who, administrator)

    # --- The e-mail comes without the identifier; a scanner that opens the link does not use it up.
    mail = demo.mail(who.email)
    for text in (mail["text"], mail["html"], mail["subject"]):
        assert who.identifier not in text and who.identifier.replace("-", "") not in text
    link = demo.first_link(who.email)
    scanner = visitor()
    for _ in range(2):
        assert scanner.request.get(link).status == 200
        scanner.request.head(link)

    # --- The colleague, elsewhere.
    theirs = hands_of(visitor(java_script_enabled=scripted))
    colleague = theirs.page
    colleague.goto(link)
    open_with_password(theirs, who, scripted)
    enrol_app(theirs, demo, who.identifier)
    expect(colleague).to_have_url(re.compile(f"{administrator.home}$"))
    expect(colleague.get_by_text("Votre accès est ouvert")).to_be_visible()
    cards = {
        card.get_by_role("heading").inner_text(): card.locator(".badge").inner_text()
        for card in colleague.locator("article.service").all()
    }
    assert cards == {service: level for service, level in RIGHTS.items() if level != "Aucun"}

    check_read_only(theirs, administrator)
    check_refusals(colleague, demo, administrator)

    # --- The link says that it was used.
    again = visitor(java_script_enabled=scripted)
    answer = again.goto(link)
    assert answer is not None and answer.status == 410
    expect(again.get_by_role("heading", level=1)).to_have_text("Ce lien a déjà servi")

    hands.follow("Gestion des comptes")
    hands.fill("Nom, adresse électronique ou identifiant", who.identifier)
    hands.press("Filtrer")
    expect(page.get_by_role("row", name=re.compile(who.name))).to_contain_text("Actif")
    theirs.open_menu()
    theirs.press("Se déconnecter")
    expect(colleague.get_by_text("Vous êtes déconnecté")).to_be_visible()


def check_sheet(path: Path, who: Newcomer, administrator: Known) -> None:
    """The PDF to hand over: the identifier, who can help, and nothing that opens anything by itself."""
    assert path.read_bytes().startswith(b"%PDF")
    reader = PdfReader(path)
    text = " ".join("\n".join(sheet.extract_text() for sheet in reader.pages).split())
    assert who.identifier in text
    assert who.last_name in text
    assert administrator.name in text
    targets = [
        note.get_object().get("/A", {}).get("/URI", "") for sheet in reader.pages for note in sheet.annotations or ()
    ]
    assert "/premiere-connexion/" not in text + " ".join(targets)


def open_with_password(theirs: Hands, who: Newcomer, scripted: bool) -> None:
    """A password, shown and hidden again, pasted where the window can; errors come first."""
    colleague = theirs.page
    theirs.fill("Votre identifiant", who.identifier.lower().replace("-", " "))
    theirs.fill("Nouveau mot de passe", "trop court")
    theirs.press("Ouvrir mon accès")
    expect(colleague.get_by_role("alert")).to_contain_text("trop court")
    secret = colleague.get_by_label("Nouveau mot de passe", exact=True)
    expect(secret).to_have_value("")
    theirs.fill("Nouveau mot de passe", PASSWORD)
    if scripted:
        theirs.press("Afficher le mot de passe")
        expect(secret).to_have_attribute("type", "text")
        expect(secret).to_have_value(PASSWORD)
        theirs.press("Masquer le mot de passe")
        expect(secret).to_have_attribute("type", "password")
        colleague.context.grant_permissions(["clipboard-read", "clipboard-write"])
        colleague.evaluate("text => navigator.clipboard.writeText(text)", PASSWORD)
        theirs.fill("Nouveau mot de passe", "")
        secret.focus()
        colleague.keyboard.press("Control+v")
        expect(secret).to_have_value(PASSWORD)
    theirs.press("Ouvrir mon accès")


def check_read_only(theirs: Hands, administrator: Known) -> None:
    """« Lecture seule »: nothing to press, and what is sent by other means is refused."""
    colleague = theirs.page
    theirs.follow("Correspondants")
    expect(colleague.get_by_role("heading", level=1)).to_have_text("Correspondants")
    main = colleague.get_by_role("main")
    assert main.get_by_role("button").count() == 0
    assert main.get_by_role("textbox").count() == 0
    assert main.get_by_role("link", name=re.compile("Ajouter|Modifier|Retirer")).count() == 0
    service = f"{administrator.home}services/correspondants/"
    token = colleague.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value") or ""
    forged = colleague.request.post(
        f"{service}ajouter/", form={"csrfmiddlewaretoken": token, "last_name": "Faux", "first_name": "Courrier"}
    )
    assert forged.status == 403
    # Not for want of a token: the level refuses, and says so.
    assert "Il faut le niveau «\N{NO-BREAK SPACE}Modification\N{NO-BREAK SPACE}»" in forged.text()
    colleague.goto(service)
    expect(colleague.get_by_role("main")).not_to_contain_text("Faux")


def check_refusals(colleague: Page, demo: Demo, administrator: Known) -> None:
    """« Aucun » by its direct address: 403 that names who can help; another establishment: 404, as one that is none."""
    answer = colleague.goto(f"{administrator.home}services/contrats/")
    assert answer is not None and answer.status == 403
    for role in ("administrateur", "administrateur-2"):
        expect(colleague.get_by_role("main")).to_contain_text(demo.people[role].name)
    answer = colleague.goto(f"{administrator.home}comptes/")
    assert answer is not None and answer.status == 403
    for address in (demo.people["etranger"].home, "/etablissements/21740001900014/", "/etablissements/99999999900000/"):
        for path in ("", "comptes/", "services/correspondants/"):
            answer = colleague.goto(f"{address}{path}")
            assert answer is not None and answer.status == 404, f"{address}{path}: {answer.status if answer else ''}"
    colleague.goto(administrator.home)
