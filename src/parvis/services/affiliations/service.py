"""« Agents et affiliations »: offered to whoever holds a contract with the CNRACL, the RAFP or the Ircantec."""

from parvis.access.levels import Level
from parvis.access.registry import Service, declare
from parvis.agents.actions.declaring import SERVICE as _CODE
from parvis.services.themes import AGENTS

CODE = _CODE
SERVICE = declare(
    Service(
        code=CODE,
        name="Agents et affiliations",
        theme=AGENTS,
        sentence="Les agents de l’établissement, leur affiliation aux régimes, leurs postes et leurs départs.",
        helps={
            Level.READ: "Lit la liste et les fiches des agents, les imprime et les télécharge, sans rien changer.",
            Level.WRITE: "Lit tout, et déclare les affiliations, les changements d’heures et les départs.",
        },
        url_name="service_affiliations:index",
        guide="service_affiliations/guide.html",
        funds=frozenset({"cnracl", "rafp", "ircantec"}),
        rank=10,
    )
)
