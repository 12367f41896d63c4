"""Every address. What is not here does not exist; what is here declares its rule (`ground/rules.py`)."""

from django.conf import settings
from django.urls import include, path, register_converter

from parvis.config.probe import health
from parvis.ground.converters import SiretConverter

register_converter(SiretConverter, "siret")

# An address is looked for in this order, one pattern after the other: what everybody opens stands first.
urlpatterns = [
    path("sante", health, name="health"),
    path("", include("parvis.inbox.urls")),
    path("", include("parvis.access.urls")),
    path("", include("parvis.ground.urls")),
    path("", include("parvis.identity.urls")),
    path("", include("parvis.information.urls")),
    path("inscrire-un-etablissement/", include("parvis.registration.urls")),
    path("retrouver-l-acces/", include("parvis.recovery.urls")),
    path("etablissements/<siret:siret>/premiers-pas/", include("parvis.registration.first_steps.urls")),
    path("conseiller/", include("parvis.backoffice.urls")),
    path("", include("parvis.notices.urls")),
    path("", include("parvis.letters.urls")),
    path("", include("parvis.exchanges.urls")),
    path("", include("parvis.obligations.urls")),
    path("", include("parvis.dossiers.urls")),
    path("etablissements/<siret:siret>/services/mon-etablissement/", include("parvis.services.establishment.urls")),
    path("etablissements/<siret:siret>/services/correspondants/", include("parvis.services.correspondents.urls")),
    path("etablissements/<siret:siret>/services/contrats/", include("parvis.services.contracts.urls")),
    path("etablissements/<siret:siret>/services/agents/", include("parvis.services.affiliations.urls")),
    path("etablissements/<siret:siret>/services/declarations/", include("parvis.services.declarations.urls")),
    path("etablissements/<siret:siret>/services/cotisations/", include("parvis.services.contributions.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("parvis.demo.urls")))

handler400 = "parvis.ground.pages.problems.bad_request"
handler403 = "parvis.ground.pages.problems.forbidden"
handler404 = "parvis.ground.pages.problems.not_found"
handler500 = "parvis.ground.pages.problems.server_error"
