"""Making an account through the three steps, for journeys that begin after that."""

import itertools
import re
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from tests.journeys.hands import Hands
from tests.journeys.running import Demo, Known
from tests.journeys.second_factor import confirm_again, pass_second_factor

PASSWORD = "une mouette au bord du lac"
_numbers = itertools.count(1)


@dataclass
class Newcomer:
    """Somebody for whom an account is created."""

    first_name: str = "Élodie"
    last_name: str = "Gaillard-Vuadens"
    function: str = "Gestionnaire paie"
    rights: dict[str, str] = field(default_factory=lambda: {"Correspondants": "Lecture seule"})
    ends_on: str = ""
    email: str = ""
    identifier: str = ""
    account: str = ""

    def __post_init__(self) -> None:
        self.email = self.email or f"journee.{next(_numbers)}@annecy.example"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def fill_coordinates(hands: Hands, who: Newcomer) -> None:
    """Step 1, without its button."""
    hands.choose("Civilité", "Madame")
    hands.fill("Nom", who.last_name)
    hands.fill("Prénom", who.first_name)
    hands.fill("Fonction", who.function)
    hands.fill("Adresse électronique", who.email)
    hands.fill("Téléphone", "06 39 98 01 02")
    if who.ends_on:
        hands.fill("Fin de l’accès (facultatif)", who.ends_on)


def choose_rights(hands: Hands, rights: dict[str, str]) -> None:
    """Step 2, without its button."""
    for service, level in rights.items():
        hands.choose(f"Niveau sur « {service} »", level)


def read_identifier(page: Page) -> str:
    """The identifier on the page of step 3, as it is shown."""
    shown = page.locator(".identifier code").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", shown), shown
    return shown


def create_account(page: Page, demo: Demo, administrator: Known, who: Newcomer) -> Newcomer:
    """The three steps by pointer, a fresh second factor if asked; fills in identifier and the account's address."""
    hands = Hands(page)
    page.goto(f"{administrator.home}comptes/creer/")
    fill_coordinates(hands, who)
    hands.press("Continuer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Attribuer les droits")
    choose_rights(hands, who.rights)
    page.locator(".actions").get_by_role("button", name="Continuer").click()
    hands.press(re.compile("^Créer"))
    page.wait_for_url(lambda url: "/verification/" not in url)
    confirm_again(hands, demo, administrator.identifier)
    who.identifier = read_identifier(page)
    who.account = page.get_by_role("link", name=re.compile("^Voir le compte")).get_attribute("href") or ""
    return who


def open_access(page: Page, demo: Demo, who: Newcomer) -> None:
    """The colleague, in a window of their own: the link, the identifier, a password."""
    page.goto(demo.first_link(who.email))
    page.get_by_label("Votre identifiant").fill(who.identifier)
    page.get_by_label("Nouveau mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Ouvrir mon accès").click()
    pass_second_factor(Hands(page), demo, who.identifier)
    expect(page.get_by_text("Votre accès est ouvert")).to_be_visible()
