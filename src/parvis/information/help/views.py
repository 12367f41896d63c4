"""The help centre: open to everybody, the same text for everybody; « Nous contacter » knows where one comes from."""

import uuid
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse

from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.registry import Service
from parvis.access.rules import visitor
from parvis.access.standing import standing
from parvis.ground import tenancy
from parvis.ground.pages import render
from parvis.ground.pages.addresses import address
from parvis.information import articles
from parvis.information.contacts.visiting import visited_siret
from parvis.information.help import clarifications, pages, questions
from parvis.information.help.facts import facts


@visitor()
def help_centre(request: HttpRequest) -> HttpResponse:
    """« Aide »: every article by theme, every service, the questions about the platform itself."""
    return render(
        request,
        "information/help.html",
        {
            "groups": articles.by_theme(),
            "services": pages.by_theme(),
            "questions": questions.of_platform(),
            "contact_href": _contact(request),
        },
    )


@visitor()
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """An article; 404 where there is none of that name."""
    found = articles.BY_SLUG.get(slug)
    if found is None:
        raise Http404
    told = {
        "article": found,
        "around": clarifications.around(clarifications.article_key(slug)),
        "others": articles.beside(found),
        "contact_href": _contact(request, article=slug, theme=found.about),
    }
    return render(request, found.template, told | facts())


@visitor()
def service(request: HttpRequest, code: str) -> HttpResponse:
    """What a service is for, who has it, what each level allows, how to use it step by step, what is often asked."""
    page = pages.service_page(code)
    if page is None:
        raise Http404
    siret = visited_siret(request)
    return render(
        request,
        pages.template_of(page.service),
        {
            "page": page,
            "service": page.service,
            "around": clarifications.around(clarifications.service_key(code)),
            "questions": questions.of_service(code),
            "open_href": page.service.address(siret) if siret and _holds(request, siret, page.service) else "",
            "contact_href": _contact(request, service=code),
            **facts(),
        },
    )


def _holds(request: HttpRequest, siret: str, service: Service) -> bool:
    """Whether the reader has the service in the establishment visited last: a link that refuses helps nobody."""
    person = request.user.pk or 0
    where = tenancy.Lookup("access_enter", (person, siret))
    with tenancy.scope(person=person, establishment=where, read_only=True) as here:
        who = standing(person, here.establishment) if here.establishment else None
        return who is not None and decide(who, service).level > Level.NONE


@visitor()
def theme(request: HttpRequest, code: str) -> HttpResponse:
    """A theme: its services, what is often asked about it."""
    found = pages.theme_of(code)
    if found is None:
        raise Http404
    services = next(services for one, services in pages.by_theme() if one == found)
    return render(
        request,
        "information/help/theme.html",
        {
            "theme": found,
            "services": services,
            "around": clarifications.around(clarifications.theme_key(code)),
            "questions": questions.of_theme(code),
            "contact_href": _contact(request, theme=code),
        },
    )


@visitor()
def question(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """One question and its answer: what the search and links lead to."""
    found = questions.one(ref)
    if found is None:
        raise Http404
    page = pages.service_page(found.service) if found.service else None
    about = {"service": found.service} if page else {"theme": found.theme}
    where = pages.theme_of(found.theme) if found.theme else None
    return render(
        request,
        "information/help/question.html",
        {
            "one": found,
            "page": page,
            "theme": page.service.theme if page else where,
            "contact_href": _contact(request, **about),
        },
    )


def _contact(request: HttpRequest, **where: str) -> str:
    """« Nous contacter », with what one was reading: in the establishment visited last, for who is signed in."""
    siret = visited_siret(request)
    if not siret:
        return address("information:contact")
    known = {name: value for name, value in where.items() if value}
    return address("exchanges:new", siret) + (f"?{urlencode(known)}" if known else "")
