"""« Délégations » of « Gestion des comptes », and the page of one delegation, the same for both sides."""

import uuid

from django.conf import settings
from django.http import Http404, HttpResponse

from parvis.access.delegation.forms import AttachForm
from parvis.access.delegation.queries import Shown, agreement, given, received_waiting, shown
from parvis.access.pages import page
from parvis.access.rules import MemberRequest, administrator
from parvis.ground.tables.downloads import download


@administrator()
def delegations(request: MemberRequest, siret: str) -> HttpResponse:
    """What the establishment gives, or is asked to give; for an organisation, what waits for its answer too."""
    who = request.standing
    received = received_waiting(who) if who.acts_for_others else []
    return page(request, "access/delegation/list.html", {"listed": given(who), "received": received})


def found(request: MemberRequest, ref: uuid.UUID) -> Shown:
    """The delegation, for one of its two sides; 404 for anybody else."""
    one = shown(request.standing, ref)
    if one is None:
        raise Http404
    return one


@administrator()
def delegation(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """One delegation: who can do what, on whose behalf, since when, last used; what was agreed; what can be done."""
    return one_page(request, found(request, ref), AttachForm())


def one_page(request: MemberRequest, one: Shown, form: AttachForm) -> HttpResponse:
    """The page of a delegation, with the form that adds its agreement."""
    limit = settings.PARVIS_DELEGATION_DOCUMENT // 1_000_000
    return page(request, "access/delegation/one.html", {"one": one, "form": form, "limit": limit})


@administrator()
def agreement_file(request: MemberRequest, siret: str, ref: uuid.UUID) -> HttpResponse:
    """The agreement, saved and never shown in the site's own pages."""
    kept = agreement(request.standing, ref)
    if kept is None:
        raise Http404
    return download(kept.content, kept.name, "application/pdf")
