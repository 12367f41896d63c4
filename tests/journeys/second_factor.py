"""The second factor in the journeys: everybody's authenticator app, and the sessions that one window leaves another."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyotp
from playwright.sync_api import Page, expect

from tests.journeys.hands import Hands

if TYPE_CHECKING:
    from tests.journeys.running import Demo

STEP = 30
CHALLENGE, ENROL, CONFIRM = "/second-facteur/", "/mon-compte/second-facteur/ajouter/", "/confirmer/"


@dataclass
class Apps:
    """The apps of everybody, by identifier: the secret, the step of the last code given, the cookies of a window."""

    secrets: dict[str, str] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    cookies: dict[str, Any] = field(default_factory=dict)

    def code(self, demo: "Demo", identifier: str) -> str:
        """A code that was never given: each serves once, and the next one may be given half a minute early.

        Whoever would have to wait for the next one finds the demo's clock moved on by that half minute.
        """
        identifier = identifier.replace("-", "")
        present, last = int(demo.now()) // STEP, self.used.get(identifier, 0)
        # A clock that was put back begins anew.
        step = last + 1 if present <= last <= present + 1 else present
        if step > present + 1:
            demo.move(STEP)
        self.used[identifier] = step
        return pyotp.TOTP(self.secrets[identifier]).generate_otp(step)


def enrol_app(hands: Hands, demo: "Demo", identifier: str) -> None:
    """Between the password and home: an authenticator app, then the recovery codes."""
    page = hands.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Choisir un second facteur")
    hands.follow("Une application de codes")
    expect(page.get_by_role("img", name="Code QR")).to_be_visible()
    secret = (page.locator(".key").text_content() or "").replace(" ", "")
    demo.apps.secrets[identifier.replace("-", "")] = secret
    hands.fill("Code affiché par l’application", demo.apps.code(demo, identifier))
    hands.press("Enregistrer l’application")
    expect(page.get_by_role("heading", level=1)).to_have_text("Garder des codes de secours")
    hands.press("Afficher mes codes")
    expect(page.locator(".recovery-list li")).to_have_count(10)
    hands.follow("Continuer")


def pass_second_factor(hands: Hands, demo: "Demo", identifier: str) -> None:
    """After the password: nothing where the browser is trusted, a code of the app, or a first app."""
    page = hands.page
    page.wait_for_url(lambda url: "/connexion/" not in url and "/premiere-connexion/" not in url)
    if page.url.endswith(ENROL):
        enrol_app(hands, demo, identifier)
    elif CHALLENGE in page.url and "/mon-compte/" not in page.url:
        hands.fill("Code à 6 chiffres", demo.apps.code(demo, identifier))
        hands.press("Continuer")
        page.wait_for_url(lambda url: CHALLENGE not in url)


def confirm_again(hands: Hands, demo: "Demo", identifier: str) -> None:
    """Where a fresh factor is asked for: give it."""
    if CONFIRM in hands.page.url:
        hands.fill("Code à 6 chiffres", demo.apps.code(demo, identifier))
        hands.press("Continuer")
        hands.page.wait_for_url(lambda url: CONFIRM not in url)


def sign_in(page: Page, demo: "Demo", identifier: str, password: str) -> None:
    """By identifier, from the sign-in page, past the second factor."""
    page.goto("/connexion/")
    hands = Hands(page)
    hands.fill("Identifiant ou adresse électronique", identifier)
    hands.fill("Mot de passe", password)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    pass_second_factor(hands, demo, identifier)
