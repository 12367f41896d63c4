"""The pages of « Mon établissement »."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from parvis.access.levels import Level
from parvis.access.rules import BOTH, MemberRequest, service
from parvis.establishments.funds import FUNDS
from parvis.establishments.lineage import predecessors
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.services.conflict import Conflict, Difference
from parvis.services.establishment import actions, queries
from parvis.services.establishment.blocks import BLOCKS, Block, Values, shown
from parvis.services.establishment.forms import form_for
from parvis.services.establishment.models import BlockCode
from parvis.services.establishment.queries import Declared
from parvis.services.establishment.service import SERVICE
from parvis.services.pages import Row, page
from parvis.services.pages.forms import ServiceForm


@dataclass(frozen=True, slots=True)
class Year:
    """A year of a yearly block: a figure per fund, strings ready to show; `awaited`: the latest to declare."""

    term: str
    figures: tuple[tuple[str, str], ...]
    said: str
    awaited: bool
    href: str
    hidden_text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A block on the first page."""

    title: str
    slug: str
    said: str
    rows: tuple[Row, ...]
    years: tuple[Year, ...]
    action: str
    hidden_text: str
    href: str
    history_href: str


def _section(
    request: MemberRequest, block: Block, stands: dict[queries.Key, Declared], years: tuple[Year, ...]
) -> Section:
    siret = request.standing.siret
    now = stands.get((block.code, None), queries.UNDECLARED)
    names = [
        name for name in block.labels if block.code != BlockCode.PAYER or name == "siret" or now.values.get("name")
    ]
    return Section(
        title=block.title,
        slug=block.slug,
        said=now.said,
        rows=tuple(Row(block.label(name), shown(block, name, now.values[name])) for name in names)
        if now.version
        else (),
        years=years,
        action="Modifier" if now.version else "Déclarer",
        hidden_text=block.modify,
        href="" if block.yearly else reverse(f"service_establishment:{block.code}", args=[siret]),
        history_href=reverse(f"service_establishment:{block.code}-history", args=[siret]),
    )


def _years(request: MemberRequest, block: Block, stands: dict[queries.Key, Declared]) -> tuple[Year, ...]:
    """The years of a yearly block in which the establishment had a fund, or declared something."""
    who = request.standing
    years = block.years(who.today)
    asked = queries.funds_in(years, who.today) if years else {}
    lines = []
    for year in years:
        now = stands.get((block.code, year), queries.UNDECLARED)
        if asked[year] or now.version:
            held = [fund for fund in FUNDS if now.version and (fund in asked[year] or fund in now.values)]
            lines.append(
                Year(
                    term=str(year),
                    figures=tuple((FUNDS[fund].short, shown(block, fund, now.values.get(fund))) for fund in held),
                    said=now.said,
                    awaited=year == years[0],
                    href=reverse(f"service_establishment:{block.code}", args=[who.siret, year]) if asked[year] else "",
                    hidden_text=f"{block.modify} de {year}",
                )
            )
    return tuple(lines)


@service("mon-etablissement", Level.READ)
def index(request: MemberRequest, siret: str) -> HttpResponse:
    """The sheet: the directory's data, then every block as it stands."""
    stands = queries.declared()
    return page(
        request,
        SERVICE,
        "service_establishment/index.html",
        {
            "identity": queries.identity(),
            "predecessors": predecessors(),
            "sections": [_section(request, block, stands, _years(request, block, stands)) for block in BLOCKS.values()],
        },
    )


def _differences(block: Block, saved: Values, typed: Values) -> list[Difference]:
    return [
        Difference(
            block.label(name), shown(block, name, saved.get(name)), shown(block, name, typed.get(name)), f"id_{name}"
        )
        for name in queries.changed(block, saved, typed)
    ]


def _funds(request: MemberRequest, block: Block, year: int | None) -> frozenset[str]:
    """The funds asked for the year; a year that cannot be declared is no page."""
    if not block.yearly:
        return frozenset()
    today = request.standing.today
    funds = queries.funds_in([year], today)[year] if year in block.years(today) else frozenset()
    if not funds:
        raise Http404
    return funds


@service("mon-etablissement", Level.WRITE, methods=BOTH)
def modify(request: MemberRequest, siret: str, code: str, year: int | None = None) -> HttpResponse:
    """« Modifier » a block, or « Déclarer » a year."""
    block, who = BLOCKS[code], request.standing
    funds = _funds(request, block, year)
    stands = queries.in_force(block, year)
    form = form_for(
        block,
        request.POST if request.method == "POST" else kept(request),
        values=stands.values,
        version=stands.version,
        own_siret=who.siret,
        funds=funds,
    )
    conflict: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            written = actions.declare(who=who, block=block, year=year, values=form.values(), version=form.version)
            said = "est enregistré" if written else "n’a pas changé : rien n’est à enregistrer"
            messages.success(request, f"« {block.titled(year)} » {said}.")
            return redirect("service_establishment:index", siret=siret)
        except Conflict as found:
            form.version, stands = found.version, queries.in_force(block, year)
            typed = actions.whole(block, stands.values, form.values(), funds)
            conflict = {"said": stands.said, "differences": _differences(block, stands.values, typed)}
        except Refused as refusal:
            form.refuse(refusal.message, refusal.field)
    return _form_page(request, block, year, form, stands, conflict)


def _form_page(
    request: MemberRequest,
    block: Block,
    year: int | None,
    form: ServiceForm,
    stands: Declared,
    conflict: dict[str, Any],
) -> HttpResponse:
    problems = form.problems
    return page(
        request,
        SERVICE,
        "service_establishment/modify.html",
        {
            "block": block,
            "year": year,
            "form": form,
            "stands": stands,
            "conflict": conflict,
            "problems": problems,
            "page_error": bool(problems or conflict),
        },
    )


@service("mon-etablissement", Level.READ)
def history(request: MemberRequest, siret: str, code: str) -> HttpResponse:
    """Every declaration of a block, latest first."""
    block = BLOCKS[code]
    return page(
        request,
        SERVICE,
        "service_establishment/history.html",
        {"block": block, "changes": queries.history(block), "limit": queries.HISTORY_LENGTH},
    )
