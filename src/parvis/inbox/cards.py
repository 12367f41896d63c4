"""« Mes services »: the cards of the services that a person holds, by theme or by fund."""

from dataclasses import dataclass

from parvis.access.decision import services_of
from parvis.access.levels import Level
from parvis.access.registry import Service, by_theme
from parvis.access.rights_form import TONES
from parvis.access.standing import Standing
from parvis.establishments.funds import ordered

BY_FUND, BY_THEME = "fonds", "theme"
ALL_FUNDS = "Tous les fonds"


@dataclass(frozen=True, slots=True)
class Card:
    """A service: strings ready to show."""

    name: str
    href: str
    level: str
    tone: str
    funds: str
    sentence: str


def groups(who: Standing, by: str = BY_THEME) -> list[tuple[str, list[Card]]]:
    """The services that the person holds today, grouped; one that deals with several funds stands under each of them.

    Those that are of no fund in particular come first, under « Tous les fonds ».
    """
    held = services_of(who)
    levels = {service.code: level for service, level in held}
    if by != BY_FUND:
        return [
            (theme.name, [_card(service, levels[service.code], who) for service in services])
            for theme, services in by_theme(service for service, _ in held)
        ]
    found: dict[str, list[Card]] = {ALL_FUNDS: [], **{fund.short: [] for fund in ordered(who.funds)}}
    for service, level in held:
        for heading in [fund.short for fund in service.shown_funds(who.funds)] if service.funds else [ALL_FUNDS]:
            found[heading].append(_card(service, level, who))
    return [(heading, cards) for heading, cards in found.items() if cards]


def _card(service: Service, level: Level, who: Standing) -> Card:
    return Card(
        service.name,
        service.address(who.siret),
        level.label,
        TONES[level],
        ", ".join(fund.short for fund in service.shown_funds(who.funds)) if service.funds else "",
        service.sentence,
    )
