"""What advisers edit for the site (news, help): for whom they may write, and what the journal keeps of it.

For their own funds. What names no fund is for every employer, those of other operators' funds too: who supervises
writes it, nobody else.
"""

import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.advisers.rules import AdviserRequest
from parvis.advisers.standing import AdviserStanding
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh
from parvis.journal.actions import record
from parvis.journal.kinds import Kind, register

# Of a form sent again without its file: what is kept meanwhile holds no file.
WITHOUT_FILE = "sans_fichier"

register(
    Kind("news.created", "Brouillon d’actualité créé"),
    Kind("news.changed", "Actualité modifiée"),
    Kind("news.published", "Actualité publiée"),
    Kind("news.withdrawn", "Actualité retirée"),
    Kind("news.pinned", "Actualité mise à la une"),
    Kind("news.unpinned", "Actualité retirée de la une"),
    Kind("question.created", "Brouillon de question de l’aide créé"),
    Kind("question.changed", "Question de l’aide modifiée"),
    Kind("question.published", "Question de l’aide publiée"),
    Kind("question.withdrawn", "Question de l’aide retirée"),
    Kind("clarification.created", "Brouillon de précision de l’aide créé"),
    Kind("clarification.changed", "Précision de l’aide modifiée"),
    Kind("clarification.published", "Précision de l’aide publiée"),
    Kind("clarification.withdrawn", "Précision de l’aide retirée"),
)


def check_funds(who: AdviserStanding, funds: Collection[str], *, field: str = "funds") -> None:
    """Raises Refused where the adviser may not write for these funds (none: for every employer)."""
    if not funds and not who.supervises:
        raise Refused(
            "Seule la supervision écrit à tous les employeurs : choisissez un ou plusieurs de vos fonds.", field=field
        )
    if not set(funds) <= set(who.funds):
        raise Refused("Choisissez parmi vos fonds.", field=field)


def factor_for(request: AdviserRequest, *, online: bool) -> HttpResponse | None:
    """What is online changes as it was put online: to the page that asks for a fresh second factor; None to go on.

    Asked when the form is opened too, so that nothing is written first. A file that was chosen does not go along: what
    is sent again says so under `WITHOUT_FILE`.
    """
    if not online or is_fresh(request):
        return None
    if request.FILES:
        typed = request.POST.copy()
        typed[WITHOUT_FILE] = "1"
        request.POST = typed  # type: ignore[assignment]
    return ask_again(request, whole=True)


def saved(
    request: AdviserRequest, form: forms.Form, write: Callable[[], uuid.UUID], *, said: str, page: str
) -> HttpResponse | None:
    """Write what a form that was sent holds, say so, and go to how it looks (`page`); None where it is to be shown.

    `write` answers with the reference of what it wrote; what it refuses stands at its field.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        ref = write()
    except Refused as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return None
    messages.success(request, said)
    return HttpResponseRedirect(reverse(page, args=[ref]))


def carried_out(
    request: AdviserRequest, ref: uuid.UUID, act: Callable[[], str], *, page: str
) -> tuple[HttpResponse | None, list[tuple[str, str]]]:
    """Carry a gesture out with a fresh second factor; where to go then, or the problems to show on the page.

    `act` answers with what was done, "" where its form is to be corrected.
    """
    if request.method != "POST":
        return None, []
    if not is_fresh(request):
        return ask_again(request), []
    try:
        said = act()
    except Refused as refusal:
        return None, [(refusal.message, f"id_{refusal.field}" if refusal.field else "")]
    if not said:
        return None, []
    messages.success(request, said)
    return HttpResponseRedirect(reverse(page, args=[ref])), []


def note(
    kind: str,
    who: AdviserStanding,
    object: uuid.UUID,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """One event, of no establishment: it stands in the adviser's own history."""
    with tenancy.scope(person=who.person_id, role=tenancy.PERSON):
        record(kind, actor=who.actor, object=object, before=before, after=after, person=who.person_id)
