"""What advisers say on a page of the help centre, beside its own text: as the page shows it today."""

import uuid
from dataclasses import dataclass, field

from django.db.models import Case, Q, QuerySet, When

from parvis.access.terms.text import Block, blocks
from parvis.ground import clock, tenancy
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import PARIS, date_long
from parvis.ground.pages.typography import spaced
from parvis.information.articles import ARTICLES
from parvis.information.help.pages import by_theme
from parvis.information.models import Clarification
from parvis.information.news.audience import fund_names

MOST = 20


@dataclass(frozen=True, slots=True)
class Page:
    """A page that can be clarified. `whole`: its text may be replaced, which a list of services is not."""

    key: str
    kind: str
    title: str
    href: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Clarified:
    """A clarification, ready to show. `day`: since when it says so; `anchor`: its place in the page."""

    ref: uuid.UUID
    title: str
    text: tuple[Block, ...]
    funds: tuple[str, ...]
    day: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Around:
    """What a page shows beside its text, or instead of it."""

    before: list[Clarified] = field(default_factory=list)
    after: list[Clarified] = field(default_factory=list)
    instead: list[Clarified] = field(default_factory=list)


def article_key(slug: str) -> str:
    """The key of an article's page."""
    return f"article:{slug}"


def service_key(code: str) -> str:
    """The key of the page of a service."""
    return f"service:{code}"


def theme_key(code: str) -> str:
    """The key of the page of a theme."""
    return f"theme:{code}"


def pages() -> dict[str, Page]:
    """Every page that can be clarified, by key, in the order of the help centre."""
    found = [
        Page(article_key(one.slug), "Article", one.title, address("information:article", one.slug)) for one in ARTICLES
    ]
    for theme, services in by_theme():
        where = address("information:help-theme", theme.code)
        found.append(Page(theme_key(theme.code), "Thème", theme.name, where, whole=False))
        for one in services:
            found.append(
                Page(service_key(one.code), "Service", one.name, address("information:help-service", one.code))
            )
    return {page.key: page for page in found}


def around(key: str) -> Around:
    """What the page of that key shows today, the latest first; of its own text too where nothing replaces it."""
    # What stands instead first, however many there are: the search believes the page's own text hidden.
    first = Case(When(place="instead", then=0), default=1)
    with tenancy.scope(read_only=True):
        rows = list(shown().filter(page=key).order_by(first, "-changed_at", "-id")[:MOST])
    found = Around()
    for one in rows:
        getattr(found, one.place).append(clarified(one))
    return found


def shown() -> QuerySet[Clarification]:
    """What is published and valid today."""
    today = clock.today()
    return Clarification.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=today), Q(ends_on=None) | Q(ends_on__gte=today), state="published"
    )


def clarified(one: Clarification) -> Clarified:
    """As it reads."""
    changed = one.changed_at.astimezone(PARIS).date()
    return Clarified(
        one.ref,
        spaced(one.title),
        blocks(one.body),
        fund_names(one.funds),
        date_long(max(changed, one.starts_on or changed)),
        f"precision-{one.ref}",
    )
