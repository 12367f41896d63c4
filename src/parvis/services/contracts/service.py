"""« Contrats avec les fonds »: read only, for the funds alone change their contracts."""

from parvis.access.levels import Level
from parvis.access.registry import Service, declare
from parvis.establishments.funds import ALL
from parvis.services.themes import ESTABLISHMENT

SERVICE = declare(
    Service(
        code="contrats",
        name="Contrats avec les fonds",
        theme=ESTABLISHMENT,
        sentence="Les contrats de l’établissement : leur fonds, leur numéro et leurs dates.",
        helps={
            Level.READ: "Lit les contrats, leurs numéros et leurs dates : les fonds seuls les changent.",
        },
        url_name="service_contracts:index",
        guide="service_contracts/guide.html",
        about_establishment=True,
        funds=ALL,
        rank=20,
    )
)
