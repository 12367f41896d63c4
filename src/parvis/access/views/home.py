"""Where one arrives after signing in; the establishment's sheet; a correction that waits for an answer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from parvis.access.actions.changes import answer_proposal
from parvis.access.decision import services_of
from parvis.access.models import Proposal
from parvis.access.pages import page
from parvis.access.places.queries import clients
from parvis.access.queries.mine import memberships
from parvis.access.rules import BOTH, MemberRequest, SignedInRequest, member, signed_in
from parvis.advisers.standing import adviser_of
from parvis.establishments.funds import ordered
from parvis.identity.entry import ask_again, is_fresh


@signed_in()
def start(request: SignedInRequest) -> HttpResponse:
    """After signing in: straight to the establishment when there is one, otherwise to all of them together."""
    found = memberships()
    if not found and adviser_of(request.user.pk) is not None:
        request.session["office"] = True
        return redirect("backoffice:home")
    request.session["several"] = len(found) + len(clients()) > 1
    open_ones = [membership for membership in found if membership.enters]
    if len(open_ones) == 1:
        return redirect("inbox:home", siret=open_ones[0].siret)
    return redirect("inbox:everywhere" if request.session["several"] else "access:mine")


@member()
def sheet(request: MemberRequest, siret: str) -> HttpResponse:
    """« Mon établissement »: what it is, its funds, its administrators."""
    who = request.standing
    services = [
        (service.name, service.address(siret), level.label)
        for service, level in services_of(who)
        if service.about_establishment
    ]
    return page(request, "access/sheet.html", {"funds": ordered(who.funds), "services": services})


@member(methods=BOTH)
def proposal(request: MemberRequest, siret: str) -> HttpResponse:
    """The correction that an administrator proposes: accept or refuse."""
    who = request.standing
    if request.method == "POST" and request.POST.get("answer") in ("accept", "refuse"):
        accepted = request.POST["answer"] == "accept"
        if accepted and not is_fresh(request):
            # Their own e-mail and telephone: a fresh second factor, as in « Mon compte ».
            return ask_again(request)
        seen = request.POST.get("proposal", "")
        seen_id = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 19 else 0
        if not answer_proposal(who=who, proposal_id=seen_id, accept=accepted):
            messages.info(request, "Cette correction a changé ou n’existe plus : rien n’est modifié.")
            return redirect("access:proposal", siret=siret)
        if accepted:
            messages.success(request, "Vos coordonnées sont corrigées.")
        else:
            messages.success(request, "La correction est refusée : vos coordonnées restent celles que vous aviez.")
        return redirect("inbox:home", siret=siret)
    found = Proposal.objects.select_related("membership").filter(membership_id=who.membership_id).first()
    if found is None:
        messages.info(request, "Il n’y a plus de correction à confirmer.")
        return redirect("inbox:home", siret=siret)
    return page(request, "access/proposal.html", {"proposal": found})
