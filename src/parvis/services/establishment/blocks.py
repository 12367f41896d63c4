"""The blocks of « Mon établissement »: what each holds, how it is named, and how a value reads."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from parvis.access.models import Civility
from parvis.establishments.funds import FUNDS
from parvis.ground.pages.filters import NO_BREAK, date_long, number, phone, plural, siret
from parvis.services.establishment.models import (
    BlockCode,
    Contribution,
    Coordinates,
    Headcount,
    Part,
    Payer,
    Representative,
)

YEARS_OPEN = 5
NOTHING = "Non renseigné"
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its code, its address, its title, what « Modifier » is followed by, its table and its fields.

    The fields of a yearly block are the codes of funds; `column` is then the column that holds the figure, and
    `last_year_back` how many years before the present one the latest year to declare is.
    """

    code: str
    slug: str
    title: str
    modify: str
    table: type[Part]
    labels: Mapping[str, str] = field(default_factory=dict)
    column: str = ""
    last_year_back: int = 0

    @property
    def yearly(self) -> bool:
        return bool(self.column)

    @property
    def kind(self) -> str:
        """The type of its journal event."""
        return f"establishment.{self.code}_declared"

    def label(self, name: str) -> str:
        """A field's name in French."""
        return FUNDS[name].short if self.yearly else self.labels[name]

    def years(self, today: datetime.date) -> list[int]:
        """The years that can be declared, latest first."""
        latest = today.year - self.last_year_back
        return [latest - back for back in range(YEARS_OPEN)] if self.yearly else []

    def titled(self, year: int | None) -> str:
        """The title, with its year where there is one: « Effectifs au 1ᵉʳ janvier 2026 »."""
        return f"{self.title} {year}" if year else self.title


def _amount(value: Decimal) -> str:
    return f"{number(value.quantize(Decimal('0.01')))}{NO_BREAK}€"


def shown(block: Block, name: str, value: Any) -> str:
    """A value as a French reader sees it; « Non renseigné » where there is none."""
    if block.code == BlockCode.PAYER and name == "siret":
        return siret(value) if value else "L’établissement lui-même"
    if value in (None, ""):
        return NOTHING
    if block.code == BlockCode.CONTRIBUTIONS:
        return _amount(value)
    if block.code == BlockCode.HEADCOUNT:
        return plural(value, "agent", "agents")
    if isinstance(value, datetime.date):
        return date_long(value)
    if name == "civility":
        return str(Civility(value).label)
    return phone(value) if name == "phone" else str(value)


BLOCKS = {
    block.code: block
    for block in (
        Block(
            BlockCode.COORDINATES.value,
            "coordonnees",
            "Coordonnées",
            "les coordonnées",
            Coordinates,
            {
                "address": "Adresse",
                "complement": "Complément d’adresse",
                "postcode": "Code postal",
                "city": "Commune",
                "phone": "Téléphone",
                "email": "Adresse électronique",
                "website": "Site internet",
            },
        ),
        Block(
            BlockCode.REPRESENTATIVE.value,
            "representant",
            "Représentant légal",
            "le représentant légal",
            Representative,
            {
                "civility": "Civilité",
                "last_name": "Nom",
                "first_name": "Prénom",
                "function": "Fonction",
                "since": "En fonction depuis",
            },
        ),
        Block(
            BlockCode.PAYER.value,
            "paie",
            "Paie et déclarations",
            "qui paie et déclare",
            Payer,
            {"siret": "Établissement qui paie et déclare", "name": "Nom de cet établissement"},
        ),
        Block(
            BlockCode.HEADCOUNT.value,
            "effectifs",
            "Effectifs au 1ᵉʳ janvier",
            "les effectifs",
            Headcount,
            column="count",
        ),
        Block(
            BlockCode.CONTRIBUTIONS.value,
            "cotisations",
            "Cotisations de l’année",
            "les cotisations",
            Contribution,
            column="amount",
            last_year_back=1,
        ),
    )
}
