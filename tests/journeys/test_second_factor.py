"""The second factor in a browser: a passkey, a code by SMS, one click on « Créer » after a long break."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect

from tests.journeys.accounts import PASSWORD, Newcomer, create_account, fill_coordinates, open_access, read_identifier
from tests.journeys.conftest import Visitor
from tests.journeys.hands import Hands
from tests.journeys.looking import LOOKING, seen_everywhere
from tests.journeys.running import MAIL, Demo
from tests.journeys.second_factor import confirm_again, enrol_app

MINE = "/mon-compte/second-facteur/"


@contextmanager
def device(page: Page) -> Iterator[None]:
    """A computer that makes and shows passkeys, unlocked by its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": made["authenticatorId"]})


def newcomer(demo: Demo, visitor: Visitor, name: str) -> Newcomer:
    administrator = demo.people["administrateur"]
    return create_account(visitor(administrator), demo, administrator, Newcomer(last_name=name))


def sms(demo: Demo, count: int) -> str:
    """The code of the newest SMS, once there are so many."""
    limit = time.monotonic() + MAIL
    while True:
        found = [one for one in demo.mails() if one["kind"] == "sms"]
        if len(found) >= count:
            code = re.match(r"\d{6}", found[0]["text"])
            assert code is not None
            return code[0]
        assert time.monotonic() < limit, "no SMS"
        time.sleep(0.2)


def leave(page: Page) -> None:
    """The same computer, and nobody in it any more: no session, no trust."""
    page.context.clear_cookies()


def test_a_newcomer_takes_a_passkey_and_needs_nothing_else(demo: Demo, visitor: Visitor) -> None:
    who = newcomer(demo, visitor, "Clé-Daccès")
    page = visitor()
    hands = Hands(page)
    with device(page):
        page.goto(demo.first_link(who.email))
        hands.fill("Votre identifiant", who.identifier)
        hands.fill("Nouveau mot de passe", PASSWORD)
        hands.press("Ouvrir mon accès")
        hands.follow("Une clé d’accès")
        hands.fill("Nom de cette clé", "Ordinateur du bureau")
        hands.press("Créer la clé")
        expect(page.get_by_role("heading", level=1)).to_have_text("Garder des codes de secours")
        hands.follow("Plus tard")
        expect(page.get_by_text("Votre accès est ouvert")).to_be_visible()

        # From the sign-in page, alone.
        leave(page)
        page.goto("/connexion/")
        hands.press("Se connecter avec une clé d’accès")
        expect(page).to_have_url(re.compile("/etablissements/"))

        # After the password; an error of the device is told, and the page goes on.
        leave(page)
        page.goto("/connexion/")
        hands.fill("Identifiant ou adresse électronique", who.identifier)
        hands.fill("Mot de passe", PASSWORD)
        page.get_by_role("button", name="Se connecter", exact=True).click()
        expect(page.get_by_role("button", name="Utiliser ma clé d’accès")).to_be_visible()
    hands.press("Utiliser ma clé d’accès")
    with device(page):
        expect(page.get_by_role("alert")).to_contain_text("Recommencez", timeout=90_000)


def test_nothing_moves_when_the_passkeys_button_appears(demo: Demo, visitor: Visitor) -> None:
    page = visitor()
    held: list[Route] = []
    page.route(re.compile(r"/passkeys[^/]*\.js"), lambda route: held.append(route))
    page.goto("/connexion/", wait_until="commit")
    button, below = page.locator("[data-passkey-only] button"), page.get_by_role("heading", name="Première connexion")
    expect(below).to_be_visible()
    expect(button).not_to_be_visible()
    before = below.bounding_box()
    held[0].continue_()
    expect(button).to_be_visible()
    assert before is not None and below.bounding_box() == before


def test_without_script_no_passkey_is_offered_and_an_app_is(demo: Demo, visitor: Visitor) -> None:
    who = newcomer(demo, visitor, "Sans-Script")
    page = visitor(java_script_enabled=False)
    hands = Hands(page)
    page.goto("/connexion/")
    expect(page.get_by_role("button", name="Se connecter avec une clé d’accès")).to_be_hidden()
    page.goto(demo.first_link(who.email))
    hands.fill("Votre identifiant", who.identifier)
    hands.fill("Nouveau mot de passe", PASSWORD)
    hands.press("Ouvrir mon accès")
    expect(page.get_by_role("link", name="Une clé d’accès")).to_be_hidden()
    enrol_app(hands, demo, who.identifier)
    expect(page.get_by_text("Votre accès est ouvert")).to_be_visible()


def test_a_code_by_sms_then_by_recovery_code(demo: Demo, visitor: Visitor) -> None:
    who = newcomer(demo, visitor, "Par-Téléphone")
    before = len([one for one in demo.mails() if one["kind"] == "sms"])
    page = visitor()
    hands = Hands(page)
    page.goto(demo.first_link(who.email))
    hands.fill("Votre identifiant", who.identifier)
    hands.fill("Nouveau mot de passe", PASSWORD)
    hands.press("Ouvrir mon accès")
    hands.follow("Un code par SMS ou par appel")
    page.get_by_text("Un autre numéro", exact=True).click()
    hands.fill("Autre numéro (facultatif)", "06 39 98 01 77")
    hands.press("Continuer")
    hands.press("Recevoir un SMS")
    hands.fill("Code reçu", sms(demo, before + 1))
    hands.press("Enregistrer ce téléphone")
    hands.press("Afficher mes codes")
    recovery = page.locator(".recovery-list code").first.inner_text()
    hands.follow("Continuer")
    expect(page.get_by_text("Votre accès est ouvert")).to_be_visible()

    leave(page)
    page.goto("/connexion/")
    hands.fill("Identifiant ou adresse électronique", who.identifier)
    hands.fill("Mot de passe", PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.get_by_text("numéro qui finit par 77")).to_be_attached()
    hands.follow("J’ai perdu l’accès à mes autres moyens")
    hands.fill("Code de secours", recovery.lower())
    hands.press("Continuer")
    expect(page.get_by_text("Il vous reste 9")).to_be_visible()
    hands.follow("Continuer")
    expect(page).to_have_url(re.compile("/etablissements/"))


def test_every_page_between_password_and_home_can_be_read_by_everybody(demo: Demo, visitor: Visitor) -> None:
    who = newcomer(demo, visitor, "Toutes-Les-Pages")
    page = visitor(**LOOKING)
    hands = Hands(page)
    faults: list[str] = []

    def look(name: str) -> None:
        faults.extend(f"{name}: {fault}" for fault in seen_everywhere(page))

    with device(page):
        page.goto(demo.first_link(who.email))
        hands.fill("Votre identifiant", who.identifier)
        hands.fill("Nouveau mot de passe", PASSWORD)
        hands.press("Ouvrir mon accès")
        page.wait_for_url("**/ajouter/")
        for path in ("ajouter", "application", "cle", "telephone"):
            page.goto(f"{MINE}{path}/")
            look(path)
        page.locator("main form[method=post] .actions button").first.click()
        expect(page.get_by_role("alert")).to_be_visible()
        look("telephone sent empty")
        hands.fill("Autre numéro (facultatif)", "04 65 71 00 99")
        hands.press("Continuer")
        look("how, landline")
        page.goto(f"{MINE}telephone/")
        hands.fill("Autre numéro (facultatif)", "06 39 98 01 66")
        hands.press("Continuer")
        look("how, mobile")
        hands.press("Recevoir un SMS")
        page.wait_for_url("**/telephone/code/")
        look("code")
        page.goto(f"{MINE}application/")
        page.get_by_text("Je ne peux pas le photographier").click()
        look("app, its key")
        page.goto(f"{MINE}ajouter/")
        enrol_app(hands, demo, who.identifier)

        page.goto(f"{MINE}codes/")
        look("codes again")
        hands.press("Afficher mes codes")
        look("codes")
        page.goto(f"{MINE}cle/")
        hands.press("Créer la clé")
        page.wait_for_url(f"**{MINE}")
        look("list")
        for link in ("Renommer", "Retirer"):
            page.goto(MINE)
            page.get_by_role("link", name=re.compile(f"^{link} la clé")).click()
            look(link)
        with demo.later("+20m"):
            page.goto(f"{MINE}ajouter/")
            look("confirm")

        leave(page)
        page.goto("/connexion/")
        look("sign in")
        hands.fill("Identifiant ou adresse électronique", who.identifier)
        hands.fill("Mot de passe", PASSWORD)
        page.get_by_role("button", name="Se connecter", exact=True).click()
        page.wait_for_url("**/second-facteur/")
        for way in ("cle", "application", "secours"):
            page.goto(f"/second-facteur/?par={way}")
            look(f"challenge, {way}")
            if way != "cle":
                page.locator("main form[method=post] .actions button").first.click()
                expect(page.get_by_role("alert").first).to_be_visible()
                look(f"challenge, {way}, sent empty")
    assert not faults, "\n".join(faults)


def test_create_after_a_long_break_takes_one_click_and_a_code(demo: Demo, visitor: Visitor) -> None:
    administrator = demo.people["administrateur"]
    page = visitor(administrator)
    hands = Hands(page)
    who = Newcomer(last_name="Longue-Pause")
    page.goto(f"{administrator.home}comptes/creer/")
    fill_coordinates(hands, who)
    hands.press("Continuer")
    page.locator(".actions").get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifier avant de créer le compte")
    with demo.later("+20m"):
        hands.press(re.compile("^Créer"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Confirmer que c’est vous")
        expect(page.get_by_role("main")).to_contain_text("Ce que vous avez saisi est gardé")
        confirm_again(hands, demo, administrator.identifier)
        expect(page.get_by_text("Étape 3 sur 3")).to_be_visible()
        who.identifier = read_identifier(page)
    page.goto(f"{administrator.home}comptes/?q={who.identifier}")
    expect(page.get_by_role("row", name=re.compile(who.name))).to_have_count(1)


def test_a_second_click_does_not_spend_the_code_twice(demo: Demo, visitor: Visitor) -> None:
    who = newcomer(demo, visitor, "Deux-Clics")
    open_access(visitor(), demo, who)
    page = visitor()
    hands = Hands(page)
    page.goto("/connexion/")
    hands.fill("Identifiant ou adresse électronique", who.identifier)
    hands.fill("Mot de passe", PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    hands.fill("Code à 6 chiffres", demo.apps.code(demo, who.identifier))
    page.get_by_role("button", name="Continuer").dblclick()
    expect(page).to_have_url(re.compile("/etablissements/"))
