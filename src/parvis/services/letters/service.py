"""« Vos courriers »: offered to every establishment, for a fund may write to it whatever its contracts have become."""

from parvis.access.levels import Level
from parvis.access.registry import Service, declare
from parvis.letters.reading import LETTERS
from parvis.services.themes import RELATIONS

SERVICE = declare(
    Service(
        code=LETTERS,
        name="Vos courriers",
        theme=RELATIONS,
        sentence="Les relevés, factures, décisions et autres courriers que les fonds adressent à l’établissement.",
        helps={
            Level.READ: "Lit les courriers des fonds et les télécharge.",
            Level.WRITE: "Lit les courriers, les télécharge, et les archive pour tout l’établissement.",
        },
        url_name="letters:index",
        rank=5,
        guide="service_letters/guide.html",
    )
)
