"""The page of « Contrats avec les fonds »."""

from django.http import HttpResponse

from parvis.access.levels import Level
from parvis.access.rules import MemberRequest, service
from parvis.services.contracts import queries
from parvis.services.contracts.service import SERVICE
from parvis.services.pages import page


@service("contrats", Level.READ)
def index(request: MemberRequest, siret: str) -> HttpResponse:
    """Every contract, and what to do when one is wrong."""
    contracts = queries.contracts()
    return page(
        request, SERVICE, "service_contracts/index.html", {"contracts": contracts, "sites": queries.sites(contracts)}
    )
