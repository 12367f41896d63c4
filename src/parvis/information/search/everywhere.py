"""Finding in all establishments of somebody at once: theirs by establishment, besides help and news.

One statement proposes establishments, the latest answer first; each of a page is then looked at in its own scope, by
the rights of the day, with what its own search asks. The cost is that of a page, however many they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parvis.access import registry
from parvis.access.finding import holding
from parvis.access.standing import standing
from parvis.establishments.funds import ALL
from parvis.ground import tenancy
from parvis.ground.pages.addresses import address
from parvis.information.search.queries import Findings, Group, Meant, answering, find_meant, own_groups

# Establishments of a page, and of each kind in one; its own search has the others.
PLACES, EACH = 5, 3


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """What was found in an establishment; `href`: its own search."""

    siret: str
    name: str
    href: str
    on_behalf: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Everywhere:
    """A page of establishments with what they hold; `findings`: help and news, on the first page alone.

    `further`: whether there are more, among those where the person's rights bear it."""

    findings: Findings
    places: tuple[PlaceFound, ...]
    page: int
    further: bool

    @property
    def total(self) -> int:
        """How many results the page shows."""
        return self.findings.total + sum(len(group.hits) for place in self.places for group in place.groups)


def find_everywhere(person: int, text: str, *, page: int = 1, only: str = "") -> Everywhere:
    """What answers in help, news and all establishments that the person enters; `only`: one kind of help and news."""
    findings, meant = find_meant(text, only=only)
    if meant is None or only:
        return Everywhere(findings, (), 1, False)
    with tenancy.scope(person=person, role=tenancy.PERSON, read_only=True):
        services = [one.code for one in answering(registry.catalogue(ALL), meant.words)]
        numbers, total = holding(meant.query, meant.words, services, PLACES, (page - 1) * PLACES)
        found = [_place(person, number, meant) for number in numbers]
    places = tuple(one for one in found if one is not None)
    if page > 1 or (places and findings.loose):
        # One's own things have every word: pages that have some only would hide them.
        findings = replace(findings, groups=(), loose=False)
    return Everywhere(findings, places, page, page * PLACES < total)


def _place(person: int, number: int, meant: Meant) -> PlaceFound | None:
    with tenancy.scope(person=person, establishment=number, read_only=True):
        who = standing(person, number)
        groups: Sequence[Group] = own_groups(meant, who, EACH) if who is not None and who.enters else ()
    if who is None or not groups:
        return None
    return PlaceFound(
        who.siret,
        who.establishment_name,
        address("information:search-here", who.siret),
        who.delegate.organisation if who.delegate else "",
        tuple(groups),
    )
