"""The frame of the advisers' pages."""

from django.conf import settings
from django.http import HttpRequest

from parvis.advisers.standing import AdviserStanding
from parvis.ground.pages import Frame, Idle, MenuItem
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import duration
from parvis.identity.sessions import time_left

# Name of the address, label; for which role in `backoffice` decides each page.
WAYS: list[tuple[str, str]] = [
    ("backoffice:home", "Accueil"),
    ("backoffice:search", "Rechercher"),
    ("backoffice:registrations", "Inscriptions"),
    ("backoffice:recoveries", "Retrouver l’accès"),
    ("backoffice:exchanges", "Échanges"),
    ("backoffice:dossiers", "Demandes"),
    ("backoffice:payments", "Virements"),
    ("backoffice:letters", "Courriers à imprimer"),
    ("backoffice:acts", "Quatre yeux"),
    ("backoffice:calls", "Appels"),
    ("backoffice:sirene", "Changements Sirene"),
]
# For who supervises, besides.
SUPERVISING: list[tuple[str, str]] = [("backoffice:figures", "Chiffres")]


def adviser_frame(request: HttpRequest, who: AdviserStanding) -> Frame:
    """The adviser's name and ways; no establishment: the page says which one it is about."""
    left = time_left(request)
    return Frame(
        person_name=who.name,
        is_administrator=False,
        menu=(
            MenuItem("Mon compte", address("access:me"), request.path == address("access:me")),
            MenuItem("Ma connexion", address("identity:factors")),
        ),
        navigation=tuple(
            _way(request, name, label) for name, label in (*WAYS, *(SUPERVISING if who.supervises else ()))
        ),
        idle=Idle(
            left=left.seconds,
            warning=int(settings.PARVIS_IDLE_WARNING.total_seconds()),
            final=left.final,
            longest=duration(settings.PARVIS_SESSION_LIMIT),
        ),
        searched=False,  # theirs is « Rechercher »
    )


def _way(request: HttpRequest, name: str, label: str) -> MenuItem:
    href = address(name)
    here = request.path == href if name == "backoffice:home" else request.path.startswith(href)
    return MenuItem(label, href, here)
