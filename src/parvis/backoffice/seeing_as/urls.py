from django.urls import path

from parvis.backoffice.seeing_as import views

urlpatterns = [
    path(
        "etablissements/<siret:siret>/comptes/<uuid:ref>/voir-comme/",
        views.begin,
        name="account-see-as",
    ),
    path("voir-comme/terminer/", views.end, name="seeing-end"),
]
