"""The pages of « Déclarations individuelles (DI) »."""

from django.http import HttpResponse

from parvis.access.levels import Level
from parvis.access.rules import MemberRequest, service
from parvis.services.declarations.service import CODE, SERVICE
from parvis.services.pages import page


@service(CODE, Level.READ)
def index(request: MemberRequest, siret: str) -> HttpResponse:
    """The declarations by month."""
    return page(request, SERVICE, "service_declarations/index.html", {})
