"""Giving a model of rights to one account or several: chosen, shown person by person, then confirmed once."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict

from parvis.access.pages import page
from parvis.access.presets.actions import Plan, give, plan, too_many
from parvis.access.presets.queries import holders, presets
from parvis.access.presets.state import Way
from parvis.access.queries.accounts import Filters
from parvis.access.rules import BOTH, MemberRequest, administrator
from parvis.access.views.renewal import account_numbers, chosen_accounts
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import plural
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.identity.entry import ask_again, is_fresh

WAYS = {way.value: way for way in Way}


def _back(request: MemberRequest, typed: QueryDict, filters: Filters) -> str:
    """Where the page came from: the model that is aligned, or the list of accounts."""
    siret = request.standing.siret
    if WAYS.get(typed.get("maniere", "")) is Way.ALIGN:
        # Only an address of ours: the key is looked up there.
        key = "".join(sign for sign in typed.get("modele", "") if sign.isalnum() or sign == "-")[:40]
        return address("access:preset", siret, key) if key else address("access:presets", siret)
    return (address("access:accounts", siret) + filters.query(page=filters.page)).rstrip("?")


def _told(done: Plan) -> str:
    count = len(done.changed)
    if not count:
        return f"Tout était déjà conforme au modèle « {done.preset.name} » : aucun droit ne change."
    verb = "a" if count == 1 else "ont"
    return (
        f"{plural(count, 'compte', 'comptes')} {verb} de nouveaux droits d’après le modèle « {done.preset.name} » : "
        "ils s’appliquent dès maintenant."
    )


def _confirmed(request: MemberRequest, typed: QueryDict, way: Way, back: str) -> HttpResponse | str:
    """Do it; the answer, or what is wrong."""
    who, key = request.standing, typed.get("modele", "")
    numbers = account_numbers(typed.get("comptes", "").split(","))
    try:
        if plan(who=who, key=key, way=way, numbers=numbers).asks_fresh_factor and not is_fresh(request):
            return ask_again(request)
        done = give(who=who, key=key, way=way, numbers=numbers, seal=typed.get("etat", ""))
    except Refused as refusal:
        return refusal.message
    messages.success(request, _told(done))
    return HttpResponseRedirect(back)


@administrator(methods=BOTH)
def give_preset(request: MemberRequest, siret: str) -> HttpResponse:
    """« Appliquer un modèle »: to whom, which one and how; then before → after for each person, to be confirmed."""
    who = request.standing
    typed = request.POST if request.method == "POST" else kept(request) or request.GET
    filters = Filters.parse(request.GET, who.funds)
    back, way = _back(request, typed, filters), WAYS.get(typed.get("maniere", ""), Way.COMPLETE)
    problem = ""
    if request.method == "POST":
        answer = _confirmed(request, typed, way, back)
        if isinstance(answer, HttpResponse):
            return answer
        problem = answer
    numbers = [row.id for row in chosen_accounts(typed, filters, who.membership_id)]
    if not numbers:
        messages.error(request, "Aucun compte n’est choisi : cochez-en au moins un, puis « Appliquer un modèle ».")
        return HttpResponseRedirect(back)
    problem = problem or too_many(len(numbers))
    common = {"back": back, "way": way, "problems": [(problem, "")] if problem else [], "filters": filters}
    if typed.get("modele") and not too_many(len(numbers)):
        try:
            planned = plan(who=who, key=str(typed["modele"]), way=way, numbers=numbers)
            return page(request, "access/presets/confirm.html", {**common, "plan": planned})
        except Refused as refusal:
            common["problems"] = [(refusal.message, "")]
    return page(
        request,
        "access/presets/choose.html",
        {**common, "presets": presets(who.funds), "people": holders(numbers), "oneself": who.membership_id},
    )
