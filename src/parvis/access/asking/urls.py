from django.urls import URLPattern, URLResolver, path

from parvis.access.asking.views import openings, own, requests

# Under /etablissements/<siret>/, and under /.
establishment: list[URLPattern | URLResolver] = [
    path("demander/<slug:code>/", own.ask, name="ask-right"),
    path("comptes/demandes/", requests.listing, name="right-requests"),
    path("comptes/demandes/<uuid:ref>/", requests.request, name="right-request"),
    path("comptes/nouveaux-services/", openings.listing, name="openings"),
    path("comptes/nouveaux-services/<slug:code>/", openings.opening, name="opening"),
]
person: list[URLPattern | URLResolver] = []
