"""The registry of online services: each package under `services/` declares one `Service`, and nothing else changes.

From a declaration come the service's line in the rights step, its card on the home page, its help, its column in
exports, its addresses' rule and its permission tests.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from parvis.access.levels import Level
from parvis.establishments.funds import ALL, Fund, ordered
from parvis.ground.pages.addresses import address


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme (« thématique ») that groups services."""

    code: str
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class Service:
    """An online service. `funds` empty: offered whatever the contracts; otherwise to who holds one of them.

    `helps` gives for each level above « Aucun » one sentence on what it allows here; its keys are the levels offered.
    `about_establishment`: « Mon établissement », in the person's menu, leads to it. `opens_on`: the day on which it was
    put online, of a service younger than the site; its administrators are then told (`access/asking/openings.py`).
    `guide`: the template whose block `text` says step by step how to use it, shown by the help centre.
    """

    code: str
    name: str
    theme: Theme
    sentence: str
    helps: dict[Level, str]
    url_name: str
    funds: frozenset[str] = field(default_factory=frozenset)
    asks_fresh_factor: bool = False
    about_establishment: bool = False
    rank: int = 100
    opens_on: datetime.date | None = None
    guide: str = ""

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that can be given, highest first, « Aucun » last."""
        return (*sorted(self.helps, reverse=True), Level.NONE)

    def help(self, level: Level) -> str:
        """One sentence on what the level allows on this service."""
        return self.helps.get(level, "N’apparaît pas dans son espace.")

    def offered_to(self, held: frozenset[str]) -> bool:
        """Whether an establishment that holds contracts with these funds has the service in its catalogue."""
        return not self.funds or not self.funds.isdisjoint(held)

    def shown_funds(self, held: frozenset[str]) -> list[Fund]:
        """The funds to mark the service with, for an establishment that holds these."""
        return ordered((self.funds or ALL) & held)

    def address(self, siret: str) -> str:
        """The service's first page for an establishment."""
        return address(self.url_name, siret)


_services: dict[str, Service] = {}


def declare(service: Service) -> Service:
    """Enter a service in the registry (from `service.py`, loaded by the package's AppConfig)."""
    if service.code in _services and _services[service.code] is not service:
        raise ValueError(f"Service declared twice: {service.code}")
    _services[service.code] = service
    _offered.cache_clear()
    return service


def get(code: str) -> Service | None:
    """The service of that code, or None."""
    return _services.get(code)


def catalogue(held: Iterable[str]) -> list[Service]:
    """The services offered to who holds contracts with these funds, by theme, then rank."""
    return list(_offered(frozenset(held)))


@lru_cache(maxsize=512)
def _offered(funds: frozenset[str]) -> tuple[Service, ...]:
    return tuple(
        sorted(
            (service for service in _services.values() if service.offered_to(funds)),
            key=lambda service: (service.theme.rank, service.rank, service.name),
        )
    )


def by_theme(services: Iterable[Service]) -> list[tuple[Theme, list[Service]]]:
    """Services grouped by theme, in order."""
    groups: dict[Theme, list[Service]] = {}
    for service in services:
        groups.setdefault(service.theme, []).append(service)
    return list(groups.items())
