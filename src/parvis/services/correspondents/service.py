"""« Correspondants »: offered to whoever holds a contract with a fund."""

from parvis.access.levels import Level
from parvis.access.registry import Service, declare
from parvis.establishments.funds import ALL
from parvis.services.correspondents import kinds  # noqa: F401  (registers the journal's event types)
from parvis.services.themes import RELATIONS

SERVICE = declare(
    Service(
        code="correspondants",
        name="Correspondants",
        theme=RELATIONS,
        sentence="Les personnes que les fonds peuvent joindre, domaine par domaine.",
        helps={
            Level.READ: "Lit la liste des correspondants et leurs coordonnées, sans rien changer.",
            Level.WRITE: "Lit la liste, et ajoute, modifie ou retire des correspondants.",
        },
        url_name="service_correspondents:index",
        guide="service_correspondents/guide.html",
        funds=ALL,
        rank=10,
    )
)
