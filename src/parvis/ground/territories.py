"""The parts of France by their time and their own holidays: what opening hours are told in, and closed on.

Own holidays: Code du travail, article L3134-13 (Moselle, Bas-Rhin, Haut-Rhin; Good Friday in communes with a Protestant
temple or a mixed church, which is nearly everywhere there are offices) and article L3422-2 (abolition of slavery).
"""

import datetime
from dataclasses import dataclass
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from parvis.ground.working_days import easter, named_holidays

ABOLITION = "abolition de l’esclavage"


@dataclass(frozen=True)
class Territory:
    """A territory: its code, its name, « heure de … », its time zone, the day of its own holiday, its postcodes."""

    code: str
    name: str
    hour: str
    timezone: str
    abolition: tuple[int, int] | None = None
    alsace_moselle: bool = False
    postcodes: tuple[str, ...] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


HEXAGONE = Territory("hexagone", "Hexagone et Corse", "heure de Paris", "Europe/Paris")
TERRITORIES = {
    one.code: one
    for one in (
        HEXAGONE,
        Territory("alsace-moselle", "Alsace et Moselle", "heure de Paris", "Europe/Paris", alsace_moselle=True,
                  postcodes=("57", "67", "68")),
        Territory("guadeloupe", "Guadeloupe", "heure de la Guadeloupe", "America/Guadeloupe", (5, 27),
                  postcodes=("971",)),
        Territory("martinique", "Martinique", "heure de la Martinique", "America/Martinique", (5, 22),
                  postcodes=("972",)),
        Territory("guyane", "Guyane", "heure de la Guyane", "America/Cayenne", (6, 10), postcodes=("973",)),
        Territory("reunion", "La Réunion", "heure de La Réunion", "Indian/Reunion", (12, 20), postcodes=("974",)),
        Territory("mayotte", "Mayotte", "heure de Mayotte", "Indian/Mayotte", (4, 27), postcodes=("976",)),
        Territory("saint-pierre-et-miquelon", "Saint-Pierre-et-Miquelon", "heure de Saint-Pierre-et-Miquelon",
                  "America/Miquelon", postcodes=("975",)),
        # Their postcodes begin as Guadeloupe's: the longest that fits counts (`of_postcode`).
        Territory("saint-barthelemy", "Saint-Barthélemy", "heure de Saint-Barthélemy", "America/St_Barthelemy",
                  (10, 9), postcodes=("97133", "97701")),
        Territory("saint-martin", "Saint-Martin", "heure de Saint-Martin", "America/Marigot", (5, 28),
                  postcodes=("97150", "97801")),
    )
}  # fmt: skip


def of_postcode(postcode: str) -> Territory:
    """The territory of a postcode; the Hexagone for one that is of no other, or none at all."""
    found = [(len(start), one) for one in TERRITORIES.values() for start in one.postcodes if postcode.startswith(start)]
    return max(found, key=lambda pair: pair[0])[1] if found else HEXAGONE


@lru_cache(maxsize=256)
def _holidays(code: str, year: int) -> dict[datetime.date, str]:
    where, held = TERRITORIES[code], named_holidays(year)
    if where.abolition:
        held.setdefault(datetime.date(year, *where.abolition), ABOLITION)
    if where.alsace_moselle:
        held[easter(year) - datetime.timedelta(days=2)] = "Vendredi saint"
        held[datetime.date(year, 12, 26)] = "lendemain de Noël"
    return held


def holiday(where: Territory, day: datetime.date) -> str:
    """What holiday that day is there; "" for none."""
    return _holidays(where.code, day.year).get(day, "")
