"""What the demo's first establishment has declared in the online services: through the services' own actions."""

import datetime
from decimal import Decimal
from typing import Any

from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.identifiers.numbers import parse_phone
from parvis.services.correspondents import actions as correspondents
from parvis.services.correspondents.actions import Entry
from parvis.services.correspondents.models import Function
from parvis.services.establishment.actions import declare
from parvis.services.establishment.blocks import BLOCKS
from parvis.services.establishment.models import BlockCode

# Fictitious, in the size of a town of 130,000: agents at 1 January, and euros due for a year.
AGENTS = {"cnracl": 2148, "ircantec": 612, "rafp": 2148, "atiacl": 2148, "fiphfp": 2760, "fnc": 2148, "faefm": 55}
EUROS = {
    "cnracl": "19482310.75",
    "ircantec": "2317045.20",
    "rafp": "684210.00",
    "atiacl": "248112.38",
    "fiphfp": "112480.00",
    "faefm": "31205.64",
}


def seed_services(*, administrator: Standing, user: Standing) -> None:
    """Declare the blocks of « Mon établissement » and a few correspondents, in the scope of the establishment."""
    today = clock.today()
    _declare(
        administrator,
        BlockCode.COORDINATES,
        {
            "address": "1 esplanade de la Fiction",
            "complement": "BP 2305",
            "postcode": "74000",
            "city": "Annecy",
            "phone": parse_phone("04 65 71 00 00"),
            "email": "mairie@annecy.example",
            "website": "https://www.annecy.example",
        },
    )
    _declare(
        administrator,
        BlockCode.REPRESENTATIVE,
        {
            "civility": "mme",
            "first_name": "Solange",
            "last_name": "Excoffier-Vial",
            "function": "Maire",
            "since": datetime.date(today.year - 1, 3, 22),
        },
    )
    _declare(administrator, BlockCode.PAYER, {"siret": "", "name": ""})
    for back in (1, 0):
        # Two years, so that a page can compare; the previous one a little smaller.
        agents = {fund: count - 17 * back for fund, count in AGENTS.items()}
        _declare(user, BlockCode.HEADCOUNT, agents, year=today.year - back)
        euros = {fund: Decimal(amount) - 12_500 * back for fund, amount in EUROS.items()}
        _declare(user, BlockCode.CONTRIBUTIONS, euros, year=today.year - 1 - back)
    for entry in _correspondents(today):
        correspondents.add(who=administrator, entry=entry)


def _declare(who: Standing, code: BlockCode, values: dict[str, Any], year: int | None = None) -> None:
    declare(who=who, block=BLOCKS[code.value], values=values, version=0, year=year)


def _correspondents(today: datetime.date) -> list[Entry]:
    """Most functions and funds have somebody; disability and accounting show what is missing."""

    def entry(
        civility: str,
        first: str,
        last: str,
        function: str,
        phone: str,
        functions: list[Function],
        funds: str,
        **more: Any,
    ) -> Entry:
        return Entry(
            civility=civility,
            first_name=first,
            last_name=last,
            function=function,
            phone=parse_phone(phone),
            email=f"{first}.{last}@annecy.example".lower().replace("é", "e"),
            functions=[one.value for one in functions],
            funds=funds.split(),
            starts_on=more.get("starts_on"),
            ends_on=more.get("ends_on"),
        )

    careers, retirement = Function.CAREERS, Function.RETIREMENT
    return [
        entry("m", "Karim", "Benhaddou", "Responsable paie et carrières", "04 65 71 10 01",
              [careers, Function.CONTRIBUTIONS], "cnracl ircantec rafp atiacl"),
        entry("mme", "Nadia", "Cottet-Puinel", "Gestionnaire retraites", "06 39 98 10 05",
              [retirement], "cnracl ircantec rafp"),
        entry("m", "Rachid", "Bouchet", "Référent handicap", "04 65 71 10 71", [Function.DISABILITY], "fiphfp"),
        entry("mme", "Delphine", "Morand", "Gestionnaire carrières", "04 65 71 10 72", [careers], "cnracl",
              starts_on=today + datetime.timedelta(days=20)),
        entry("m", "Gilles", "Tochon", "Gestionnaire retraites", "04 65 71 10 73", [retirement], "cnracl rafp",
              starts_on=today - datetime.timedelta(days=900), ends_on=today - datetime.timedelta(days=150)),
    ]  # fmt: skip
