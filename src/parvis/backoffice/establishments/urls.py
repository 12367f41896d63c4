from django.urls import path

from parvis.backoffice.establishments import act_views, recovery_views, views

_PLACE = "etablissements/<siret:siret>/"

urlpatterns = [
    path(_PLACE, views.place, name="place"),
    path(f"{_PLACE}comptes/", views.place_accounts, name="place-accounts"),
    path(f"{_PLACE}historique/", views.place_history, name="place-history"),
    path(f"{_PLACE}agir-pour-d-autres/", act_views.acting, name="place-acting"),
    path(f"{_PLACE}fermer/", act_views.closing, name="place-closing"),
    path(f"{_PLACE}retrouver-l-acces/", recovery_views.begin, name="place-recovery"),
    path(f"{_PLACE}domaines/", act_views.domains, name="place-domains"),
]
