from django.urls import path

from parvis.backoffice.people import account_views, views

urlpatterns = [
    path("personnes/<uuid:ref>/", views.person, name="person"),
    path("etablissements/<siret:siret>/comptes/<uuid:ref>/debloquer/", account_views.unblock, name="account-unblock"),
    path(
        "etablissements/<siret:siret>/comptes/<uuid:ref>/renvoyer/",
        account_views.send_again,
        name="account-send-again",
    ),
    path(
        "etablissements/<siret:siret>/comptes/<uuid:ref>/coordonnees/",
        account_views.coordinates,
        name="account-coordinates",
    ),
    path(
        "etablissements/<siret:siret>/comptes/<uuid:ref>/second-facteur/",
        account_views.factors,
        name="account-factors",
    ),
]
