"""« Nouveau service : droits à attribuer »: one page per service that opened, with a level proposed for each person."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from parvis.access.asking import settling
from parvis.access.asking.openings import NewService, neighbours, opening_of, openings
from parvis.access.asking.settling import Candidate, candidates, proposed
from parvis.access.levels import Level
from parvis.access.pages import page
from parvis.access.rights_form import Option
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.ground.pages.filters import plural
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh


@dataclass(frozen=True, slots=True)
class Line:
    """A person, the level shown for them, and, of who holds a neighbour, its level in words."""

    account: int
    name: str
    function: str
    held: str
    level: str


def _line(one: Candidate, new: NewService, typed: Mapping[str, str]) -> Line:
    level = typed.get(f"niveau-{one.account}", proposed(one.held, new).slug)
    return Line(one.account, one.name, one.function, Level(one.held).label if one.held else "", level)


@administrator()
def listing(request: MemberRequest, siret: str) -> HttpResponse:
    """The services that opened: straight to the only one."""
    new = openings(request.standing.funds)
    if len(new) == 1:
        return redirect("access:opening", siret=siret, code=new[0].service.code)
    return page(request, "access/asking/openings.html", {"new": new})


@administrator(methods=BOTH)
def opening(request: MemberRequest, siret: str, code: str) -> HttpResponse:
    """One new service; POST gives the levels, or, with `personne`, settles that nobody gets it yet."""
    who, problems = request.standing, []
    if request.method == "POST":
        try:
            return _settle(request, code)
        except Refused as refusal:
            problems = [(refusal.message, "")]
    new = opening_of(code, who.funds)
    if new is None:
        if not problems:
            messages.info(
                request, "Il n’y a rien à régler pour ce service : des droits y sont attribués, ou c’est réglé."
            )
        else:
            messages.error(request, problems[0][0])
        return redirect("access:accounts", siret=siret)
    typed: Mapping[str, str] = request.POST if request.method == "POST" else kept(request) or {}
    found = candidates(who, new)
    lines = [_line(one, new, typed) for one in found[: settings.PARVIS_OPENING_PEOPLE]]
    return page(
        request,
        "access/asking/opening.html",
        {
            "new": new,
            "near": neighbours(new.service, who.funds),
            "holders": [line for line in lines if line.held],
            "rest": [line for line in lines if not line.held],
            "more": len(found) > len(lines),
            "options": [Option(level.slug, level.label, "") for level in new.service.levels],
            "problems": problems,
            "kept": request.method == "GET" and bool(typed),
        },
    )


def _settle(request: MemberRequest, code: str) -> HttpResponse:
    who, new = request.standing, opening_of(code, request.standing.funds)
    name = f"« {new.service.name} »" if new else "Ce service"
    if "personne" in request.POST:
        settling.give_nobody(who=who, code=code)
        messages.success(request, f"{name} : personne pour l’instant. Les droits se règlent ensuite compte par compte.")
    else:
        levels = _levels(request.POST)
        given = any(level > Level.NONE for level in levels.values())
        if new is not None and given and new.service.asks_fresh_factor and not is_fresh(request):
            return ask_again(request)
        count = settling.give(who=who, code=code, levels=levels)
        has = "l’a" if count == 1 else "l’ont"
        messages.success(request, f"{name} : {plural(count, 'personne', 'personnes')} {has} dès maintenant.")
    return redirect("access:openings" if openings(who.funds) else "inbox:home", siret=who.siret)


def _levels(typed: Mapping[str, str]) -> dict[int, Level]:
    """The level chosen for each account. Raises Refused for what no page of ours sends."""
    levels = {}
    for name, slug in typed.items():
        number = name.removeprefix("niveau-")
        if name.startswith("niveau-"):
            try:
                levels[int(number) if number.isascii() and len(number) < 19 else -1] = Level.of(slug)
            except ValueError:
                raise Refused(settling.FOREIGN) from None
    return levels
