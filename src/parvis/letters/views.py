"""« Vos courriers »: the list, a letter, its file, several as a ZIP; marking and archiving."""

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.access.decision import decide, mandate_behind
from parvis.access.delegation.visits import note_delegate
from parvis.access.levels import Level
from parvis.access.pages import page
from parvis.access.paging import paging
from parvis.access.refusals import refuse
from parvis.access.registry import Service
from parvis.access.review.uses import note_use
from parvis.access.rules import BOTH, POST, MemberRequest, member
from parvis.advisers.seeing import begun
from parvis.ground import clock, files, tenancy
from parvis.ground.files.ranges import served
from parvis.ground.pages.filters import plural
from parvis.ground.rules import SAFE, View, after
from parvis.ground.tables import download
from parvis.ground.tenancy import Refused
from parvis.letters import actions, queries
from parvis.letters.filters import STATES, Filters
from parvis.letters.reading import Readable, own_service, readable, service_of
from parvis.letters.told import OF_LETTER
from parvis.notices.actions import read_about


class LettersRequest(MemberRequest):
    """A request of somebody who may read letters of at least one type."""

    readable: Readable


def reader(*, methods: tuple[str, ...] = SAFE) -> Callable[[View], View]:
    """Whoever may read letters of at least one type here; a 403 names whom to ask, as for any service."""

    def decorator(view: View) -> View:
        @functools.wraps(view)
        def inside(request: LettersRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            who = request.standing
            request.readable = readable(who)
            if not request.readable.types:
                what = "terms" if who.terms.closed else "service"
                return refuse(request, who, what=what, service=own_service(), level=Level.READ)
            return view(request, *args, **kwargs)

        return member(methods=methods, delegates=True)(inside)

    return decorator


def _used(request: LettersRequest, service: Service) -> None:
    """Note, once the page is made, that the right was used; nothing while an adviser looks on."""
    who = request.standing
    decision = decide(who, service)
    if begun(request) or decision.level < Level.READ:
        return

    def later() -> None:
        note_use(request.session, who, service.code)
        if who.delegate is None and (mandate := mandate_behind(decision)) is not None:
            note_delegate(request.session, who, mandate)

    after(request, later)


def _used_each(request: LettersRequest, types: set[int]) -> None:
    """The same, of each service by which letters of these types are read."""
    may, funds = request.readable, request.standing.funds
    services = [service_of(may.types[one].service, funds) for one in sorted(types)]
    for service in {one.code: one for one in services}.values():
        _used(request, service)


def _opened(request: LettersRequest, numbers: list[int]) -> None:
    """Note that they were opened, once the READ ONLY request is over; nothing while an adviser looks on."""
    who = request.standing
    if request.method != "GET" or begun(request) or not numbers:
        return

    def later() -> None:
        with tenancy.scope(person=who.person_id, establishment=who.establishment_id):
            actions.note_opened(who=who, letters=numbers)
            read_about(who=who, kinds=OF_LETTER, objects=numbers)

    after(request, later)


@reader()
def index(request: LettersRequest, siret: str) -> HttpResponse:
    """The list."""
    filters = Filters.of(request.GET)
    found = queries.listed(request.standing, request.readable, filters)
    _used(request, own_service())
    return page(
        request,
        "letters/index.html",
        {
            "listed": found,
            "filters": filters,
            "problems": filters.problems,
            "choices": queries.choices(request.standing, request.readable, found.funds),
            "states": list(STATES.items()),
            "may_archive": bool(request.readable.archives),
            "paging": paging(found.page, found.pages, found.total, lambda number: filters.query(page=number)),
            "base": reverse("letters:index", args=[siret]),
        },
    )


@reader()
def letter(request: LettersRequest, siret: str, letter_id: int) -> HttpResponse:
    """A letter: what it is, who opened it, what can be done."""
    who, may = request.standing, request.readable
    found = queries.letter(who, may, letter_id)
    if found is None:
        return _gone(request, letter_id)
    may_archive = found.line.type_id in may.archives
    return page(request, "letters/letter.html", {"letter": found, "may_archive": may_archive})


def _gone(request: LettersRequest, letter_id: int) -> HttpResponse:
    """Of a letter that its fund took back only that is said; of any other nothing."""
    withdrawn = queries.withdrawn(request.standing, request.readable, letter_id)
    if withdrawn is None:
        raise Http404
    return page(request, "letters/withdrawn.html", {"withdrawn": withdrawn}, status=410)


@reader()
def file(request: LettersRequest, siret: str, letter_id: int) -> HttpResponse:
    """The PDF, in the browser, or saved (`?enregistrer=1`); whole or in parts."""
    who = request.standing
    try:
        found = queries.file(who, request.readable, letter_id)
    except files.Missing:
        return page(request, "letters/missing.html", {"letter_id": letter_id}, status=503)
    if found is None:
        return _gone(request, letter_id)
    answer = served(
        request,
        found.content,
        filename=found.name,
        media_type="application/pdf",
        digest=found.digest,
        shown="enregistrer" not in request.GET,
    )
    if answer.status_code in (200, 206):
        _opened(request, [letter_id])
        _used(request, service_of(found.service, who.funds))
    return answer


def _chosen(values: list[str]) -> list[int]:
    """Their numbers; one more than a ZIP holds is enough to say that they are too many."""
    most = settings.PARVIS_LETTER_ZIP_LETTERS + 1
    return [int(one) for one in values[:most] if one.isascii() and one.isdecimal() and len(one) < 19]


@reader()
def archive_file(request: LettersRequest, siret: str) -> HttpResponse:
    """Several letters as one ZIP: those chosen, or all that the filters find."""
    who, may, filters = request.standing, request.readable, Filters.of(request.GET)
    if "tout" in request.GET:
        lines = queries.found(who, may, filters)
    else:
        lines = queries.chosen(who, may, _chosen(request.GET.getlist("courrier")))
    back = HttpResponseRedirect(reverse("letters:index", args=[siret]) + filters.query(page=filters.page))
    if not lines:
        messages.error(request, "Cochez au moins un courrier à télécharger.")
        return back
    try:
        content, held = queries.archive_of(lines)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return back
    _opened(request, held)
    _used_each(request, {one.type_id for one in lines if one.id in held})
    return download(content, f"courriers-{siret}-{clock.today():%Y-%m-%d}.zip", "application/zip")


@reader(methods=BOTH)
def archive(request: LettersRequest, siret: str) -> HttpResponse:
    """Archive for everybody, or bring back: a page that asks, then does."""
    given = request.POST if request.method == "POST" else request.GET
    who, wanted = request.standing, _chosen(given.getlist("courrier"))
    bringing_back = given.get("geste") == "sortir"
    lines = queries.chosen(who, request.readable, wanted)
    if not lines:
        messages.error(request, "Cochez au moins un courrier à archiver.")
        return HttpResponseRedirect(reverse("letters:index", args=[siret]))
    problems: list[tuple[str, str]] = []
    allowed = all(one.type_id in request.readable.archives for one in lines)
    if request.method == "POST":
        try:
            done = actions.archive(who=who, letters=[one.id for one in lines], archived=not bringing_back)
        except Refused as refusal:
            problems = [(refusal.message, "")]
        else:
            _say(request, done, bringing_back)
            return HttpResponseRedirect(reverse("letters:index", args=[siret]))
    return page(
        request,
        "letters/archive.html",
        {"lines": lines, "bringing_back": bringing_back, "problems": problems, "page_error": bool(problems)},
        status=403 if problems and not allowed else 200,
    )


def _say(request: LettersRequest, done: actions.Archived, bringing_back: bool) -> None:
    if done.count or not done.staying:
        messages.success(request, _said(done.count, bringing_back))
    if done.staying:
        messages.warning(request, done.why)


def _said(count: int, bringing_back: bool) -> str:
    if not count:
        return "Rien n’a changé : c’était déjà fait."
    many = "s" if count > 1 else ""
    done = f"sorti{many} des archives" if bringing_back else f"archivé{many} pour tout l’établissement"
    return f"{plural(count, 'courrier', 'courriers')} {done}."


@reader(methods=POST)
def mark_several(request: LettersRequest, siret: str) -> HttpResponse:
    """« Marquer comme lus », for oneself, those chosen in the list."""
    numbers, filters = _chosen(request.POST.getlist("courrier")), Filters.of(request.POST)
    if numbers:
        _mark(request, numbers)
    else:
        messages.error(request, "Cochez au moins un courrier à marquer comme lu.")
    return HttpResponseRedirect(reverse("letters:index", args=[siret]) + filters.query(page=filters.page))


@reader(methods=POST)
def mark_read(request: LettersRequest, siret: str, letter_id: int) -> HttpResponse:
    """« Marquer comme lu », for oneself."""
    if not queries.chosen(request.standing, request.readable, [letter_id]):
        raise Http404
    _mark(request, [letter_id])
    return HttpResponseRedirect(reverse("letters:index", args=[siret]))


def _mark(request: LettersRequest, numbers: list[int]) -> None:
    """Mark them and say so; what tells of their arrival is read with them, what recalls money is not."""
    who = request.standing
    done = actions.mark_read(who=who, letters=numbers)
    read_about(who=who, kinds=("letter",), objects=[one.id for one in queries.chosen(who, request.readable, numbers)])
    if not done.count:
        messages.success(request, "Rien n’a changé : c’était déjà fait.")
        return
    said = plural(done.count, "courrier marqué comme lu", "courriers marqués comme lus")
    messages.success(request, f"{said}, pour vous seulement.")
    if done.recalled:
        messages.info(
            request,
            "Un courrier à propos d’argent reste rappelé tant que personne ne l’a ouvert."
            if done.recalled == 1
            else "Les courriers à propos d’argent restent rappelés tant que personne ne les a ouverts.",
        )


@reader(methods=POST)
def mark_unread(request: LettersRequest, siret: str, letter_id: int) -> HttpResponse:
    """« Marquer comme non lu », for oneself."""
    if not queries.chosen(request.standing, request.readable, [letter_id]):
        raise Http404
    if actions.mark_unread(who=request.standing, letter=letter_id):
        messages.success(request, "Ce courrier est de nouveau parmi les non lus, pour vous seulement.")
    return HttpResponseRedirect(reverse("letters:index", args=[siret]))
