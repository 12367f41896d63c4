"""What the establishments declared whose place this one has taken: read, never changed."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse

from parvis.access.levels import Level
from parvis.access.rules import MemberRequest, service
from parvis.establishments import lineage
from parvis.services.establishment import queries
from parvis.services.establishment.blocks import BLOCKS, shown
from parvis.services.establishment.service import SERVICE
from parvis.services.pages import Row, page


@dataclass(frozen=True, slots=True)
class Part:
    """A block, or a year of one, as it was declared last."""

    title: str
    slug: str
    said: str
    rows: tuple[Row, ...]


def _of(old: str) -> lineage.Predecessor:
    found = lineage.predecessor(old)
    if found is None:
        raise Http404
    return found


def _parts() -> list[Part]:
    parts = []
    for (code, year), stands in sorted(
        queries.declared().items(), key=lambda item: (list(BLOCKS).index(item[0][0]), -(item[0][1] or 0))
    ):
        block = BLOCKS[code]
        names = queries.changed(block, {}, stands.values)
        rows = tuple(Row(block.label(name), shown(block, name, stands.values[name])) for name in names)
        parts.append(Part(block.titled(year), f"{block.slug}-{year}" if year else block.slug, stands.said, rows))
    return parts


@service("mon-etablissement", Level.READ)
def index(request: MemberRequest, siret: str, old: str) -> HttpResponse:
    """As it stood on the last day."""
    found = _of(old)
    with lineage.within(found):
        parts = _parts()
    return page(request, SERVICE, "service_establishment/inherited.html", {"old": found, "parts": parts})


@service("mon-etablissement", Level.READ)
def history(request: MemberRequest, siret: str, old: str) -> HttpResponse:
    """Every declaration, block by block, latest first."""
    found = _of(old)
    with lineage.within(found):
        blocks = [(block, queries.history(block)) for block in BLOCKS.values()]
    return page(
        request,
        SERVICE,
        "service_establishment/inherited_history.html",
        {"old": found, "blocks": [pair for pair in blocks if pair[1]], "limit": queries.HISTORY_LENGTH},
    )
