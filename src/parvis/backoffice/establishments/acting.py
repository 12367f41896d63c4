"""Which acts the page of an establishment offers, as it is today."""

from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.establishments.queries import Sheet
from parvis.backoffice.establishments.sensitive import why_not_acting
from parvis.ground.pages.addresses import address


def offered(who: AdviserStanding, found: Sheet) -> list[tuple[str, str]]:
    """(label, address) of each; what would be refused is not offered."""
    place = found.place

    def way(name: str) -> str:
        return address(f"backoffice:place-{name}", place.siret)

    acts = [("Domaines de courriel", way("domains"))]
    if place.acts_for_others:
        acts.append(("Ne peut plus agir pour d’autres", way("acting")))
    elif not why_not_acting(place, acts=True):
        acts.append(("Peut agir pour d’autres", way("acting")))
    if found.accounts and len(found.administrators) <= 1:
        acts.append(("Retrouver l’accès", way("recovery")))
    acts.append(("Rouvrir l’accès" if place.access_closed_at else "Fermer l’accès", way("closing")))
    return acts
