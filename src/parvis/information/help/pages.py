"""The pages of the help centre beside its articles: one per theme and one per online service of the registry."""

from dataclasses import dataclass

from parvis.access import registry
from parvis.access.levels import Level
from parvis.access.registry import Service, Theme
from parvis.establishments.funds import ALL, ordered
from parvis.ground.pages.addresses import address


@dataclass(frozen=True, slots=True)
class ServicePage:
    """What the help says of a service: from its own declaration, so that nothing is to be kept up."""

    service: Service
    href: str
    funds: str
    levels: tuple[tuple[str, str], ...]


def every_service() -> list[Service]:
    """All services of the registry, by theme and rank, whatever the contracts."""
    return registry.catalogue(ALL)


def service_page(code: str) -> ServicePage | None:
    """The page of the service of that code."""
    service = registry.get(code)
    if service is None:
        return None
    funds = (
        "Tout établissement, quels que soient ses contrats"
        if not service.funds
        else "Les établissements qui ont un contrat avec un fonds"
        if service.funds == ALL
        else "Les établissements qui ont un contrat avec : " + ", ".join(one.short for one in ordered(service.funds))
    )
    levels = tuple((level.label, service.help(level)) for level in service.levels if level is not Level.NONE)
    return ServicePage(service, address("information:help-service", code), funds, levels)


def theme_of(code: str) -> Theme | None:
    """The theme of that code."""
    return next((service.theme for service in every_service() if service.theme.code == code), None)


def by_theme() -> list[tuple[Theme, list[Service]]]:
    """The services under their themes, in order."""
    return registry.by_theme(every_service())


def template_of(service: Service) -> str:
    """The template of its page: its own guide, or what the declaration says alone."""
    return service.guide or "information/help/service.html"
