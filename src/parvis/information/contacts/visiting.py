"""Where the visitor is: what is known of it without asking. A visitor who is not signed in says so themselves."""

from django.http import HttpRequest

from parvis.establishments.models import Establishment
from parvis.ground import tenancy
from parvis.ground.territories import HEXAGONE, Territory, of_postcode


def visited_siret(request: HttpRequest) -> str:
    """The establishment whose page was opened last in this session; "" for none, and for who did not sign in."""
    return request.session.get("visited", ("", False))[0] if request.user.is_authenticated else ""


def territory_of(request: HttpRequest) -> Territory:
    """That of the establishment visited last, by its postcode, if it may still be entered; otherwise the Hexagone."""
    siret = visited_siret(request)
    if not siret:
        return HEXAGONE
    person = request.user.pk or 0
    with tenancy.scope(
        person=person, establishment=tenancy.Lookup("access_enter", (person, siret)), read_only=True
    ) as here:
        found = Establishment.objects.filter(pk=here.establishment).values_list("postcode", flat=True).first()
    return of_postcode(found or "")
