"""« Demander cet accès »: a person asks for a right, sees what waits and what was answered, and may withdraw."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from parvis.access import registry
from parvis.access.asking import actions
from parvis.access.asking.forms import AskForm
from parvis.access.asking.queries import latest
from parvis.access.asking.state import levels_above, may_ask
from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.pages import page
from parvis.access.registry import Service
from parvis.access.rules import BOTH, MemberRequest, member
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused


def _service(request: MemberRequest, code: str) -> Service:
    service = registry.get(code)
    if service is None or not service.offered_to(request.standing.funds):
        raise Http404
    return service


def to_whom(people: list[str]) -> str:
    """« Claire Dubois, Paul Girard et Léa Martin »; many are counted."""
    if len(people) > 4:
        return f"{', '.join(people[:3])} et {len(people) - 3} autres personnes qui administrent"
    return " et ".join(filter(None, [", ".join(people[:-1]), people[-1]])) if people else ""


@member(methods=BOTH)
def ask(request: MemberRequest, siret: str, code: str) -> HttpResponse:
    """The page of a service that one asks for; POST `geste`: `retirer` (withdraw), `lu` (read), otherwise ask."""
    service, gesture = _service(request, code), request.POST.get("geste", "")
    if request.method == "POST" and gesture in ("retirer", "lu"):
        return _withdraw(request, service) if gesture == "retirer" else _read(request, service)
    who, held = request.standing, decide(request.standing, service).level
    levels = levels_above(service, held)
    last, people = latest(who, code), [one.name for one in who.others_who_administer]
    waiting = last if last is not None and last.waiting else None
    typed = request.POST if request.method == "POST" else kept(request)
    form = AskForm(typed, levels=levels, initial=_initial(request, levels, waiting))
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        if form.is_valid():
            try:
                return _asked(request, service, form, people)
            except Refused as refusal:
                problems = [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
        problems = problems or form.problems
    return page(
        request,
        "access/asking/ask.html",
        {
            "service": service,
            "held": held,
            "form": form,
            "hints": {level.slug: service.help(level) for level in levels},
            "problems": problems,
            "waiting": waiting,
            "answer": last if last is not None and not last.waiting else None,
            "may": bool(levels) and may_ask(who, service, others=len(people)),
            "people": to_whom(people),
            "kept": request.method == "GET" and typed is not None,
        },
    )


def _initial(request: MemberRequest, levels: list[Level], waiting: object) -> dict[str, object]:
    if waiting is not None:
        return {"level": next((one.slug for one in Level if one.label == waiting.level), ""), "reason": waiting.reason}  # type: ignore[attr-defined]
    wanted = request.GET.get("niveau", "")
    slugs = [level.slug for level in levels]
    return {"level": wanted if wanted in slugs else slugs[0] if len(slugs) == 1 else ""}


def _asked(request: MemberRequest, service: Service, form: AskForm, people: list[str]) -> HttpResponse:
    done = actions.ask(who=request.standing, code=service.code, level=form.wanted, reason=form.cleaned_data["reason"])
    if done.now:
        messages.success(request, f"Votre demande est envoyée à {to_whom(people)}.")
    else:
        messages.success(request, "Votre demande attendait déjà : elle dit maintenant ce que vous venez d’écrire.")
    return redirect("access:ask-right", siret=request.standing.siret, code=service.code)


def _withdraw(request: MemberRequest, service: Service) -> HttpResponse:
    try:
        actions.withdraw(who=request.standing, code=service.code)
        messages.success(request, f"Votre demande d’accès à « {service.name} » est retirée.")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("access:ask-right", siret=request.standing.siret, code=service.code)


def _read(request: MemberRequest, service: Service) -> HttpResponse:
    actions.note_read(who=request.standing, code=service.code)
    return redirect("inbox:home", siret=request.standing.siret)
