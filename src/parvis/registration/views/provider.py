"""To an identity provider and back, to register an establishment or to prove to belong to it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parvis.access.rules import visitor
from parvis.ground.pages.filters import siret as grouped
from parvis.identity.providers import states
from parvis.identity.providers.catalogue import name_of, provider
from parvis.identity.providers.identify import Identified
from parvis.identity.providers.states import Started
from parvis.identity.providers.views import leave_for
from parvis.registration.looking import Answer
from parvis.registration.views.pages import looked, to_answer, to_start
from parvis.registration.visitors import Stated, let_know, remember

PURPOSE = "registration"
INSTEAD = (
    "Rien de ce que vous avez saisi n’est perdu. Vous pouvez aussi continuer sans ce compte, avec un numéro de contrat "
    "puis un courrier ou un document."
)


@visitor()
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """To the provider: it is asked who this is, and for which establishment they work."""
    there = provider(slug)
    if there is None or not there.siret_claims:
        raise Http404
    if looked(request) is None:
        return to_start()
    return leave_for(request, there, states.new(slug, next=reverse("registration:answer"), purpose=PURPOSE))


def take(request: HttpRequest, found: Identified, started: Started) -> HttpResponse:
    """Back from it: what it states counts for the SIRET of this browser alone."""
    seen = looked(request)
    if seen is None:
        return to_start()
    held, answer = seen
    name = name_of(found.provider.slug)
    if found.siret != held.siret:
        messages.error(
            request,
            f"« {name} » vous présente pour l’établissement {grouped(found.siret)}, et non pour celui-ci."
            if found.siret
            else f"« {name} » ne dit pas pour quel établissement vous travaillez : continuez autrement.",
        )
        return to_answer()
    if answer.answer is Answer.REGISTERED:
        let_know(request, held.siret)
        return to_answer()
    held.stated = Stated(
        slug=found.provider.slug,
        name=found.name,
        siret=found.siret,
        authority=found.authority,
        given_name=found.given_name,
        family_name=found.family_name,
        email=found.email,
    )
    remember(request, held)
    return HttpResponseRedirect(reverse("registration:person"))
