"""« Mes sessions »: what is open, on which browsers, and ending it; staying when nothing was pressed for a while."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect

from parvis.ground.pages.filters import duration, plural
from parvis.identity import browsers
from parvis.identity.actions.sessions import end_other_sessions, end_session, untrust
from parvis.identity.entry import BOTH, HalfwayRequest, ask_again, holder, is_fresh
from parvis.identity.queries.sessions import known_browsers, number_of, open_sessions
from parvis.identity.sessions import time_left
from parvis.identity.views.mine import mine


@holder(methods=BOTH)
def sessions(request: HalfwayRequest) -> HttpResponse:
    """POST: `fermer` (a session's number), `fermer-les-autres`, `ne-plus-faire-confiance` (a browser's id)."""
    if request.method == "POST":
        return _done(request) if is_fresh(request) else ask_again(request)
    key = request.session.session_key or ""
    return mine(
        request,
        "sessions.html",
        {
            "sessions": open_sessions(request.person_id, key),
            "browsers": known_browsers(request.person_id, browsers.known(request, request.person_id)),
            "idle": duration(settings.PARVIS_IDLE_LIMIT),
            "absolute": duration(settings.PARVIS_SESSION_LIMIT),
            "trust": duration(settings.PARVIS_BROWSER_TRUST),
        },
    )


def _done(request: HalfwayRequest) -> HttpResponse:
    key = request.session.session_key or ""
    person, asked = request.person_id, request.POST
    if "fermer-les-autres" in asked:
        ended = end_other_sessions(person_id=person, but=key)
        messages.success(
            request,
            f"{plural(ended, 'session est fermée', 'sessions sont fermées')}. Celle-ci reste ouverte."
            if ended
            else "Aucune autre session n’était ouverte.",
        )
    elif "fermer" in asked:
        if asked["fermer"] != number_of(key) and end_session(person_id=person, number=asked["fermer"]):
            messages.success(request, "La session est fermée : sa prochaine page demandera de se connecter.")
        else:
            messages.info(request, "Cette session était déjà fermée.")
    elif "ne-plus-faire-confiance" in asked:
        typed = asked["ne-plus-faire-confiance"]
        known = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else 0
        if untrust(person_id=person, browser_id=known):
            messages.success(request, "Un second facteur sera redemandé dans ce navigateur à la prochaine connexion.")
        else:
            messages.info(request, "Ce navigateur demandait déjà un second facteur.")
    return redirect("identity:sessions")


@holder(methods=("POST",))
def stay(request: HalfwayRequest) -> HttpResponse:
    """« Rester connecté »: the visit itself moves the idle limit; says how many seconds are left from now on."""
    left = time_left(request)
    return JsonResponse({"left": left.seconds, "final": left.final})
