"""The file as it is downloaded, a preview page by page, and what an import made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from parvis.access.bulk.actions import Difference
from parvis.access.bulk.columns import FIELDS, identifier_shown, right_key
from parvis.access.bulk.known import Known, everybody
from parvis.access.bulk.planning import CHANGED, CREATED, REFUSED, UNCHANGED, Line
from parvis.access.models import Import, Link, Membership
from parvis.access.paging import Paging, paging
from parvis.access.registry import catalogue
from parvis.access.sheets import Handed
from parvis.access.standing import Standing
from parvis.ground.pages.filters import time
from parvis.ground.pages.numbering import page_asked, page_count
from parvis.ground.tables import Column
from parvis.ground.tables.reading import undefused
from parvis.journal.kinds import KINDS
from parvis.journal.models import Event
from parvis.journal.queries import names

PER_PAGE = 50
# In the order in which they are looked at: kind, as in addresses, one, many, tone, sign.
KIND_WORDS: tuple[tuple[str, str, str, str, str], ...] = (
    (REFUSED, "refusees", "Ligne refusée", "Lignes refusées", "wrong"),
    (CREATED, "creees", "Compte à créer", "Comptes à créer", "well"),
    (CHANGED, "modifiees", "Compte à modifier", "Comptes à modifier", "act"),
    (UNCHANGED, "inchangees", "Sans changement", "Sans changement", "neutral"),
)


# --- The file --------------------------------------------------------------------------------------------------------
def download_columns(who: Standing, *, typed_cells: bool) -> list[Column]:
    """The columns of the file; `typed_cells`: of a workbook, whose texts need no apostrophe.

    There a text gets one only where reading it back would take one away.
    """

    def of(key: str) -> Callable[[Known], Any]:
        def value(known: Known) -> Any:
            text = known.values[key]
            return f"'{text}" if typed_cells and undefused(text) != text else text

        return value

    def day(key: str) -> Callable[[Known], Any]:
        return lambda known: getattr(known.account, key)

    return [
        Column("SIRET", lambda known: who.siret, "code"),
        Column("Identifiant", lambda known: identifier_shown(known.account.identifier), "code"),
        *(Column(title, day(key) if kind == "date" else of(key), kind) for key, title, kind in FIELDS),  # type: ignore[arg-type]
        *(Column(service.name, of(right_key(service.code))) for service in catalogue(who.funds)),
        Column("Version", lambda known: known.version),
    ]


def download_rows(who: Standing) -> list[Known]:
    """Every account of the establishment, in the order of the list."""
    return list(everybody(who.funds).by_identifier.values())


# --- A preview -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Tab:
    """A kind of lines: how many, and whether they are those shown."""

    slug: str
    label: str
    tone: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the lines of one kind."""

    tabs: list[Tab]
    kind: str
    lines: list[Line]
    paging: Paging

    @property
    def refused(self) -> int:
        """How many lines are refused: as long as one is, nothing is imported."""
        return next(tab.count for tab in self.tabs if tab.slug == "refusees")


def shown_lines(lines: Sequence[Line], *, wanted: str, page: str) -> Shown:
    """The lines of the kind that the address names, or of the first that has any."""
    counts = {kind: sum(line.kind == kind for line in lines) for kind, *_ in KIND_WORDS}
    slugs = {slug: kind for kind, slug, *_ in KIND_WORDS}
    first = next((kind for kind, *_ in KIND_WORDS if counts[kind]), UNCHANGED)
    kind = slugs.get(wanted, first)
    kind = kind if counts[kind] else first
    slug = next(slug for one, slug, *_ in KIND_WORDS if one == kind)
    found = [line for line in lines if line.kind == kind]
    pages = page_count(len(found), PER_PAGE)
    number = min(page_asked(page), pages)
    tabs = [
        Tab(of_kind, one if counts[each] < 2 else many, tone, counts[each], each == kind)
        for each, of_kind, one, many, tone in KIND_WORDS
    ]
    return Shown(
        tabs,
        kind,
        found[(number - 1) * PER_PAGE : number * PER_PAGE],
        paging(number, pages, len(found), lambda n: f"?voir={slug}&page={n}"),
    )


@dataclass(frozen=True, slots=True)
class Clash:
    """A line that would do something else than what was shown: who, what happened meanwhile, what it would do now."""

    number: int
    name: str
    identifier: str
    happened: list[str]
    now: str


def clashes(one: Import, differences: Sequence[Difference]) -> list[Clash]:
    """What to say of each line; the journal says who did what since the preview, in two statements."""
    accounts = [each.now.account_id or each.shown.account_id for each in differences]
    refs = dict(Membership.objects.filter(pk__in=accounts).values_list("pk", "ref"))
    events: dict[Any, list[Event]] = {}
    for event in Event.objects.filter(object__in=refs.values(), at__gte=one.created_at).order_by("id"):
        events.setdefault(event.object, []).append(event)
    known = names([event.actor for found in events.values() for event in found])
    said = []
    for each, account in zip(differences, accounts, strict=True):
        happened = [
            f"{KINDS[event.kind].label}{_by(known.get(event.actor))}, à {time(event.at)}"
            for event in events.get(refs.get(account), [])
        ]
        line = each.now if each.now.name else each.shown
        said.append(Clash(each.now.number, line.name, line.identifier, happened, _now(each)))
    return said


def _by(name: str | None) -> str:
    return f" par {name}" if name else ""


def _now(each: Difference) -> str:
    if each.now.kind == REFUSED:
        return " ".join(each.now.reasons)
    if each.now.kind == UNCHANGED:
        return "Cette ligne ne changerait plus rien."
    changes = "\u202f; ".join(
        f"{what}\u00a0: {before or 'rien'} → {after or 'rien'}" for what, before, after in each.now.changes
    )
    return f"Cette ligne ferait maintenant\u00a0: {changes}."


# --- What an import made ---------------------------------------------------------------------------------------------
def created_accounts(one: Import) -> list[Membership]:
    """The accounts that it made and that are still there, in the file's order."""
    found = Membership.objects.in_bulk(one.created)
    return [found[number] for number in one.created if number in found]


def handed(accounts: Sequence[Membership]) -> list[Handed]:
    """Their sheets."""
    until = dict(
        Link.objects.filter(membership__in=accounts, superseded_at=None).values_list("membership_id", "expires_at")
    )
    return [Handed(account.name, account.identifier, until.get(account.pk)) for account in accounts]
