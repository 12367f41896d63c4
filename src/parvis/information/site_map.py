"""« Plan du site »: every page that needs no account, under its heading. A test holds that none is missing.

Pages of which there are many (articles, funds) come from the data that the pages themselves are made from.
"""

from dataclasses import dataclass

from parvis.establishments.funds import FUNDS
from parvis.ground.pages.addresses import address
from parvis.information.articles import by_theme


@dataclass(frozen=True, slots=True)
class Link:
    """A page: what it is called, where it is."""

    label: str
    href: str


# Heading, then pages: name of the address, label.
PAGES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "La plateforme",
        (
            ("information:presentation", "Présentation de la plateforme"),
            ("information:news", "Actualités"),
            ("information:search", "Rechercher"),
            ("information:contact", "Nous contacter"),
            ("information:site-map", "Plan du site"),
        ),
    ),
    (
        "Entrer dans Parvis",
        (
            ("identity:sign-in", "Me connecter"),
            ("identity:forgotten", "Mot de passe oublié"),
            ("identity:forgotten-identifier", "Identifiant oublié"),
            ("identity:unblock", "Débloquer ma connexion"),
            ("recovery:start", "Retrouver l’accès d’un établissement"),
            ("recovery:follow", "Suivre une demande pour retrouver l’accès"),
            ("recovery:lost", "Code de suivi perdu (retrouver l’accès)"),
        ),
    ),
    (
        "Inscrire un établissement",
        (
            ("registration:start", "Inscrire un établissement"),
            ("registration:follow-start", "Suivre une inscription"),
            ("registration:lost", "Code de suivi perdu (inscription)"),
            ("registration:report", "Signaler un courrier inattendu"),
        ),
    ),
    (
        "Informations légales",
        (
            ("information:terms", "Conditions générales d’utilisation"),
            ("information:privacy", "Données personnelles"),
            ("information:legal", "Mentions légales"),
            ("information:accessibility", "Accessibilité"),
        ),
    ),
)
HELP, FUNDS_HEADING = "Aide", "Les fonds"
# Open addresses without a place in the map, and why.
NOT_PAGES = {
    "health": "answered to machines",
    "information:start": "the presentation, or one's own place for who is signed in",
    "information:news-feed": "read by programs; the news lead to it",
} | dict.fromkeys(
    (
        *("identity:password-asked", "identity:identifier-asked", "identity:unblock-asked"),
        *("registration:answer", "registration:contest", "registration:belonging", "registration:belonging-code"),
        *("registration:pass-on", "registration:person", "registration:proof", "registration:lost-asked"),
        *("registration:reported", "recovery:received", "recovery:lost-asked"),
    ),
    "a step: it begins on a page of the map",
)


def site_map() -> list[tuple[str, list[Link]]]:
    """Headings with their pages, in order: the platform, the funds, getting in, registering, help, legal pages."""
    groups = [(heading, [Link(label, address(name)) for name, label in pages]) for heading, pages in PAGES]
    funds = [Link("Tous les fonds", address("information:funds"))] + [
        Link(f"{fund.short} – {fund.name}", address("information:fund", fund.code)) for fund in FUNDS.values()
    ]
    articles = [Link("Centre d’aide", address("information:help"))] + [
        Link(one.title, address("information:article", one.slug)) for _, listed in by_theme() for one in listed
    ]
    return [groups[0], (FUNDS_HEADING, funds), *groups[1:3], (HELP, articles), *groups[3:]]
