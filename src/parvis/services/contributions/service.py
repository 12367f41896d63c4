"""« Cotisations »: offered to whoever holds a contract with a fund that contributions are paid to."""

from parvis.access.levels import Level
from parvis.access.registry import Service, declare
from parvis.establishments.funds import ALL
from parvis.services.themes import CONTRIBUTIONS

CODE = "cotisations"
SERVICE = declare(
    Service(
        code=CODE,
        name="Cotisations",
        theme=CONTRIBUTIONS,
        sentence="Ce que l’établissement doit à chaque fonds, ce qu’il a versé, et comment payer.",
        helps={
            Level.READ: "Lit les comptes, les majorations et les références de paiement, et les télécharge.",
            Level.WRITE: "Déclare aussi à l’ATIACL et au FEH, et demande remboursements, transferts et remises.",
        },
        url_name="service_contributions:index",
        guide="service_contributions/guide.html",
        funds=ALL,
        rank=20,
    )
)
