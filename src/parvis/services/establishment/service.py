"""« Mon établissement »: offered to every establishment, whatever its contracts."""

from parvis.access.levels import Level
from parvis.access.registry import Service, declare
from parvis.services.establishment import kinds  # noqa: F401  (registers the journal's event types)
from parvis.services.themes import ESTABLISHMENT

SERVICE = declare(
    Service(
        code="mon-etablissement",
        name="Mon établissement",
        theme=ESTABLISHMENT,
        sentence="Les coordonnées, le représentant légal, les effectifs et les cotisations de l’établissement.",
        helps={
            Level.READ: "Lit la fiche de l’établissement et l’historique de ses déclarations, sans rien changer.",
            Level.WRITE: "Lit la fiche, et déclare les coordonnées, le représentant légal, les effectifs et les "
            "cotisations.",
        },
        url_name="service_establishment:index",
        guide="service_establishment/guide.html",
        about_establishment=True,
        rank=10,
    )
)
