"""Who may open a page of the advisers' office. One decorator, as `access/rules.py` has for establishments."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from parvis.advisers.frame import adviser_frame
from parvis.advisers.models import Adviser
from parvis.advisers.standing import AdviserStanding, adviser_of
from parvis.ground import tenancy
from parvis.ground.pages import Frame, render
from parvis.ground.rules import SAFE, Rule, View, ruled
from parvis.identity.entry import ask_again, stronger_first, to_sign_in
from parvis.identity.models import Person
from parvis.identity.queries.factors import factors_of

BOTH = ("GET", "HEAD", "POST")
POST = ("POST",)


class AdviserRequest(HttpRequest):
    """A request that passed `adviser`. `establishment_id`: that of the address, 0 where it names none."""

    user: Person
    frame: Frame | None
    adviser: AdviserStanding
    establishment_id: int


def adviser(*, role: Adviser.Role = Adviser.Role.FIRST, methods: tuple[str, ...] = SAFE) -> Callable[[View], View]:
    """Advisers of that role or above, with a passkey or an authenticator app given here; everybody else: 404.

    One who can also answer by telephone is first asked to take that away: the weakest factor is the one that counts.

    The request's scope is that of their funds. Where the address names a `siret`, it is that establishment's too: 404
    for one that never had a contract with a fund of theirs.
    """

    def around(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        person = request.user.pk
        who = adviser_of(person)
        if who is None:
            raise Http404
        if not request.session.get("office"):
            # Their own pages keep the office's frame: they have no establishment.
            request.session["office"] = True
        request.adviser = who  # type: ignore[attr-defined]
        request.frame = adviser_frame(request, who)  # type: ignore[attr-defined]
        held = factors_of(person)
        if not (held.totp_since or held.passkeys):
            return stronger_first(request)
        if held.phones:
            # Whoever has the telephone answers for them: an adviser holds nothing weaker than the rule asks for.
            return render(request, "advisers/telephone.html", {}, status=403)
        if request.session.get("factor_elsewhere"):
            return ask_again(request)
        if not who.at_least(role):
            return render(request, "advisers/refused.html", {"role": role}, status=403)
        siret = kwargs.get("siret")
        where: int | tenancy.Lookup = tenancy.Lookup("advisers_enter", (siret, list(who.funds))) if siret else 0
        with tenancy.scope(
            person=person,
            establishment=where,
            role=tenancy.ADVISER,
            read_only=request.method in SAFE,
            funds=who.funds,
        ) as here:
            if siret and not here.establishment:
                raise Http404
            request.establishment_id = here.establishment  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

    return ruled(Rule("adviser", service=str(role), methods=methods), around)
