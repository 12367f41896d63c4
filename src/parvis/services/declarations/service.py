"""« Déclarations individuelles (DI) »: offered to whoever holds a contract with a fund that the DSN declares to."""

from parvis.access.levels import Level
from parvis.access.registry import Service, declare
from parvis.services.themes import CONTRIBUTIONS

CODE = "declarations"
SERVICE = declare(
    Service(
        code=CODE,
        name="Déclarations individuelles (DI)",
        theme=CONTRIBUTIONS,
        sentence="Les DSN reçues mois par mois, ce qui n’y va pas, et comment le corriger.",
        helps={
            Level.READ: "Lit les DSN reçues, leurs comptes rendus et leurs anomalies, et contrôle une DSN avant envoi.",
            Level.WRITE: "Fait la même chose, corrige les anomalies et affilie les agents qui ne le sont pas.",
        },
        url_name="service_declarations:index",
        guide="service_declarations/guide.html",
        funds=frozenset({"cnracl", "rafp", "ircantec"}),
        rank=10,
    )
)
